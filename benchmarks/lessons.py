"""How quickly lessons are read from the facts, and found, at 10,000 of them.

``python -m benchmarks.lessons`` makes 200 reviews of 10 findings, 30 actions and 10 changes each, in an SQLite file;
``--reviews`` makes another number, ``--database postgresql://…`` writes into an empty database there.
"""

import argparse
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

from activities.directory import read_directory
from domain.directory import Board
from domain.record import CaseRef, Fact, Recording
from records import lessons
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring

FINDINGS, ACTIONS, CHANGES = 10, 30, 10
AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
SENTENCES = (
    "The health visitor and the school each held part of the picture, and nobody put the parts together.",
    "The father lived in the home for months before anybody asked who he was.",
    "Appointments were missed one after the other, and each was recorded as a fault of the mother.",
    "Bruises of a baby who could not move were taken for an accident.",
    "Practitioners disagreed about the threshold and did not know how to take that further.",
    "Supervision was about the number of visits, not about what the child's days were like.",
    "The family moved between two areas, and the records followed after a year.",
    "Meetings were well attended, yet the minutes did not say who would do what by when.",
    "The parents agreed to every plan, and nothing at home became different.",
    "Workloads were high and the allocated worker changed four times.",
)
ASKED = (
    "information sharing",
    "father",
    '"nobody asked" -school',
    "bruises baby",
    "threshold disagreed",
    "supervision",
)


def main() -> None:
    """Time each step and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviews", type=int, default=200, help="reviews of 50 lessons each (default: 200)")
    parser.add_argument("--database", default="", help="an empty database (default: an SQLite file)")
    given = parser.parse_args()
    board = read_directory(Path(__file__).parents[1] / "directory.toml").board("northbridge")
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(given.database or f"sqlite:///{folder}/record.db")
        upgrade(engine)
        record = Record(engine, create_keyring(Path(folder) / "keyring.json"), lambda board, at, urgent: at)
        chance = Random(1)
        for number in range(given.reviews):
            _write(record, number, chance)
        count = given.reviews * (FINDINGS + ACTIONS + CHANGES)
        print(f"{count:,} lessons of {given.reviews:,} reviews, {engine.dialect.name}")
        _timed("read all facts", lambda: lessons.refresh(record, board))
        _timed("nothing new", lambda: lessons.refresh(record, board), times=20)
        _searches(record, board, chance)
        _write(record, given.reviews, chance)
        _timed("read one new review", lambda: lessons.refresh(record, board))
        _keep(record, given.reviews, 2, [_fact("action-started", "A1")])
        _timed("read that one of its actions began", lambda: lessons.refresh(record, board))
        engine.dispose()


def _searches(record: Record, board: Board, chance: Random) -> None:
    for asked in ASKED:
        _timed(f"search {asked}", partial(lessons.search, record, board, asked), times=10)
    one = tuple(theme.id for theme in board.themes)[:1]
    _timed("newest of a theme", lambda: lessons.search(record, board, "", themes=one), times=10)
    _timed("like a finding", lambda: lessons.similar(record, board, _text(chance, 12), without=None), times=10)


def _timed(what: str, step: Callable[[], Any], times: int = 1) -> None:
    took = []
    for _ in range(times):
        began = perf_counter()
        step()
        took.append(perf_counter() - began)
    print(f"{what:<40}{median(took) * 1000:10.1f} ms")


def _write(record: Record, number: int, chance: Random) -> None:
    """One review in one transition."""
    themes = [chance.choice(("information-sharing", "hidden-men", "thresholds"))]
    facts = [_fact("finding-entered", f"F{n}", themes=themes, **_finding(chance)) for n in range(1, FINDINGS + 1)]
    facts.append(_fact("report-decided", None, outcome="accepted"))
    for n in range(1, ACTIONS + 1):
        of = [f"F{(n - 1) % FINDINGS + 1}"]
        texts = {name: _text(chance, 2) for name in ("what", "outcome", "effect")}
        facts.append(_fact("action-planned", f"A{n}", findings=of, agency="northbridge-icb", **texts))
    for n in range(1, CHANGES + 1):
        texts = {name: _text(chance, 1) for name in ("what", "measure")}
        facts.append(_fact("change-expected", f"C{n}", actions=[f"A{n}"], **texts))
    _keep(record, number, 1, facts)


def _keep(record: Record, number: int, sequence: int, facts: list[Fact]) -> None:
    case = CaseRef(board="northbridge", reference=f"NB-{number:05}")
    stage = case.stage_id("panel")
    record.write(Recording(case=case, stage=stage, sequence=sequence, at=AT, stage_title="t", facts=tuple(facts)))


def _fact(name: str, item: str | None, **detail: Any) -> Fact:
    return Fact(kind=name, at=AT, item=item, detail=detail)


def _finding(chance: Random) -> dict[str, Any]:
    texts = {name: _text(chance, 4) for name in ("what_happened", "why", "how_usual", "put_to_board")}
    return {"kind": "finding", "part_of_system": "working-together", **texts}


def _text(chance: Random, sentences: int) -> str:
    """Sentences with words of their own, as no two reviews are written alike."""
    return " ".join(
        f"{chance.choice(SENTENCES)} This was so at visit number {chance.randrange(500)}." for _ in range(sentences)
    )


if __name__ == "__main__":
    main()
