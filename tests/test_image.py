"""The production image holds every module that the service's processes are made of."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
LEFT_OUT = {"rehearse.py", "rehearsal"}
"""Need the time-skipping test server, which production leaves out."""


def test_every_module_of_the_service_is_copied_into_the_image() -> None:
    copied = {
        word
        for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines()
        if line.startswith("COPY ")
        for word in line.split()
    }
    modules = {file.name for file in ROOT.glob("*.py")} - LEFT_OUT
    rooms = {file.parent.name for file in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"} - LEFT_OUT
    assert modules | rooms <= copied, sorted((modules | rooms) - copied)
