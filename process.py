"""Ending a process that has used Temporal's client."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn


def run_and_leave(command: Callable[[], object]) -> NoReturn:
    """Run a command line as a process of its own and leave with its exit status.

    Threads of Temporal's client may still be busy when all is done; Python, ending step by step under them, would now
    and then abort with a status of its own. Nothing is open then that would have to be written.
    """
    status = 0
    try:
        command()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    with suppress(OSError):  # the reader had read enough
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)
