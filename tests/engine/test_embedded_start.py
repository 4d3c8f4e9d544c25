"""What is needed is checked before anything is started; what cannot be started is told in one line."""

import asyncio
import os
import socket
import subprocess
import sysconfig
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest
from own_copy import PORTS, ROOT, own_settings, refuses_connections
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client

from embedded import Embedded
from sealing import KeyringFault, create_keyring, load_keyring
from settings import Settings
from temporal_server import EmbeddedFault
from workflows.search_attributes import ALL_KEYS

pytestmark = pytest.mark.engine


async def refusal(settings: Settings) -> str:
    """The one line with which it does not start."""
    with pytest.raises((EmbeddedFault, KeyringFault)) as refused:
        async with Embedded(settings):
            raise AssertionError("it started")
    [line] = str(refused.value).splitlines()
    return line


@pytest.mark.parametrize("taken", PORTS)
async def test_a_taken_port_is_named_with_its_setting_and_nothing_is_started(settings: Settings, taken: str) -> None:
    port = getattr(settings, taken)
    with socket.create_server(("127.0.0.1", port)):
        assert await refusal(settings) == f"port {port} is taken: set SCR_{taken.upper()} to another"
    assert all(refuses_connections(getattr(settings, other)) for other in PORTS)
    assert sorted(path.name for path in settings.var_dir.iterdir()) == ["lock"]


async def test_a_second_copy_in_the_same_folder_is_refused(machine: Embedded, machine_settings: Settings) -> None:
    second = own_settings(machine_settings.var_dir)
    assert await refusal(second) == f"another copy is already running here (pid {os.getpid()})"


async def test_the_key_ring_is_made_on_first_use_for_its_owner_only(
    machine: Embedded, machine_settings: Settings
) -> None:
    assert machine_settings.key_file.stat().st_mode & 0o777 == 0o600
    assert load_keyring(machine_settings.key_file) == machine.keyring


@pytest.mark.parametrize("kept", ["record.db", "temporal.db", "keyring.check"])
async def test_a_lost_key_file_is_told_and_never_replaced(settings: Settings, kept: str) -> None:
    settings.var_dir.mkdir()
    (settings.var_dir / kept).touch()
    assert "there is no key file" in await refusal(settings)
    assert not settings.key_file.exists()


async def test_another_key_ring_than_the_one_that_sealed_is_told(settings: Settings) -> None:
    async with Embedded(settings):
        pass
    settings.key_file.unlink()
    create_keyring(settings.key_file)
    assert "is not the one that" in await refusal(settings)


async def test_a_key_file_that_others_can_read_is_refused(settings: Settings) -> None:
    create_keyring(settings.key_file)
    settings.key_file.chmod(0o644)
    assert "chmod 600" in await refusal(settings)


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be made: Not a directory" in await refusal(own_settings(tmp_path / "file" / "var"))


async def test_a_program_that_is_none_is_told(tmp_path: Path) -> None:
    settings = own_settings(tmp_path / "var", temporal_binary=tmp_path / "nothing")
    assert await refusal(settings) == f"SCR_TEMPORAL_BINARY: {tmp_path / 'nothing'} is not a program"
    assert all(refuses_connections(getattr(settings, port)) for port in PORTS)


async def test_a_server_that_ends_at_once_is_told_with_its_log(tmp_path: Path) -> None:
    failing = tmp_path / "temporal"
    failing.write_text("#!/bin/sh\necho no luck today\nexit 3\n")
    failing.chmod(0o755)
    settings = own_settings(tmp_path / "var", temporal_binary=failing)
    log = settings.var_dir / "temporal.log"
    assert await refusal(settings) == f"the Temporal server ended by itself (exit status 3); see {log}"
    assert "no luck today" in log.read_text()
    assert all(refuses_connections(getattr(settings, port)) for port in PORTS)


async def test_the_set_up_script_of_production_makes_what_the_workflows_use_and_can_run_again(
    machine: Embedded, machine_settings: Settings
) -> None:
    script = ROOT / "deploy" / "temporal" / "namespace.sh"
    address = f"127.0.0.1:{machine_settings.temporal_port}"
    programs = f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}"
    more = {"PATH": programs, "TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": "scr", "RETENTION": "3650d"}
    for _ in range(2):
        done = await asyncio.create_subprocess_exec(
            "sh", str(script), env=os.environ | more, stdout=PIPE, stderr=STDOUT
        )
        told, _error = await done.communicate()
        assert done.returncode == 0, told.decode()
    client = await Client.connect(address, namespace="scr")
    listing = ListSearchAttributesRequest(namespace="scr")
    made = (await client.operator_service.list_search_attributes(listing)).custom_attributes
    assert dict(made) == {key.name: int(key.indexed_value_type) for key in ALL_KEYS}


def test_the_script_that_makes_a_key_ring_makes_one_that_can_be_used_and_never_overwrites(tmp_path: Path) -> None:
    made = tmp_path / "secrets" / "keyring.json"
    command = ["sh", str(ROOT / "deploy" / "new-keyring.sh"), str(made)]
    assert subprocess.run(command, check=False).returncode == 0
    keyring = load_keyring(made)
    assert keyring.open(*keyring.seal(b"something")) == b"something"
    assert subprocess.run(command, check=False, capture_output=True).returncode != 0
    assert load_keyring(made) == keyring
