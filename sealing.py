"""The key ring, and sealing with it: AES-256-GCM, key id beside the sealed bytes, old keys kept for reading."""

import base64
import json
import os
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel, ConfigDict, SecretBytes, ValidationError, field_validator, model_validator

NONCE = 12


class KeyringFault(Exception):
    """The key ring is missing, unreadable, or lacks the key that something was sealed with."""


class Keyring(BaseModel):
    """Keys by id; ``current`` seals, all of them open."""

    model_config = ConfigDict(frozen=True)

    current: str
    keys: dict[str, SecretBytes]

    @field_validator("keys", mode="before")
    @classmethod
    def _from_base64(cls, keys: dict[str, str | bytes]) -> dict[str, bytes]:
        return {i: base64.b64decode(k) if isinstance(k, str) else k for i, k in keys.items()}

    @model_validator(mode="after")
    def _usable(self) -> "Keyring":
        if self.current not in self.keys:
            raise ValueError(f"the current key {self.current!r} is not among the keys")
        if short := [i for i, k in self.keys.items() if len(k.get_secret_value()) != 32]:
            raise ValueError(f"keys are 32 bytes; {', '.join(short)} is not")
        return self

    def _aead(self, key_id: str) -> AESGCM:
        try:
            return AESGCM(self.keys[key_id].get_secret_value())
        except KeyError:
            raise KeyringFault(f"sealed with key {key_id!r}, which the key ring does not hold") from None

    def derived(self, purpose: bytes) -> bytes:
        """A key of 32 bytes for something else than sealing, always the same for the same current key."""
        secret = self.keys[self.current].get_secret_value()
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)

    def seal(self, plain: bytes, context: bytes = b"") -> tuple[str, bytes]:
        """Seal with the current key; ``context`` must be given again to open. Returns key id and sealed bytes."""
        nonce = os.urandom(NONCE)
        return self.current, nonce + self._aead(self.current).encrypt(nonce, plain, self.current.encode() + context)

    def open(self, key_id: str, sealed: bytes, context: bytes = b"") -> bytes:
        """Open what ``seal`` made. Raises ``KeyringFault`` for an unknown key, or bytes that were changed."""
        try:
            return self._aead(key_id).decrypt(sealed[:NONCE], sealed[NONCE:], key_id.encode() + context)
        except InvalidTag:
            raise KeyringFault(f"what was sealed with key {key_id!r} does not open: wrong key, or altered") from None


def load_keyring(path: Path) -> Keyring:
    """Read the key ring from its file. Raises ``KeyringFault`` with one clear line."""
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyringFault(f"{path} can be read by others: chmod 600 {path}")
        return Keyring.model_validate_json(path.read_text("utf-8"))
    except FileNotFoundError:
        raise KeyringFault(f"there is no key file {path}: without it nothing that was stored can be read") from None
    except (OSError, UnicodeDecodeError) as error:
        raise KeyringFault(f"the key file {path} cannot be read: {error}") from None
    except ValidationError as error:
        raise KeyringFault(f"the key file {path} is not a key ring: {error.errors()[0]['msg']}") from None


def create_keyring(path: Path) -> Keyring:
    """Make a key ring with one new key, in a file that only its owner can read. Never overwrites."""
    ring = {"current": "k1", "keys": {"k1": base64.b64encode(os.urandom(32)).decode()}}
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        json.dump(ring, file)
    return load_keyring(path)
