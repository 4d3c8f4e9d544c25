"""The evidence pack of the quality markers: what was said, what nobody has answered, and how it is written."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from learning_records import (
    FIRST,
    NAME,
    ROOT,
    Told,
    directory,
    now,
    on,
    opened,
    write_all,
)
from quality_records import CASE, TYPED, marker, pack, shown, written
from typer.testing import CliRunner, Result

from desk import quality_cli
from desk.quality import MarkerInPack, QualityPack, quality_pack
from desk.quality_writing import NOT_ANSWERED, as_lines, as_markdown
from domain.decision_commands import Decide
from domain.people import Actor, Role
from domain.quality import JudgeMarker
from domain.record import CaseRef, Fact, Letter, Task
from records.engine import make_engine
from records.migrate import upgrade
from records.queries import NotFound
from records.store import Record
from sealing import create_keyring


@pytest.fixture
def case(sqlite_url: str, open_record: Callable[[str], Record]) -> Told:
    """A case that has begun."""
    told = Told(open_record(sqlite_url), CASE)
    opened(told, on("2027-01-04"))
    return told


def judge(told: Told, day: str, number: int, judgement: str, by: Role = Role.PANEL_CHAIR, **fields: Any) -> int:
    actor = Actor(person="nb-7", role=by)
    command = JudgeMarker(request_id="r", actor=actor, item=f"qm-{number}", judgement=judgement, **fields)
    fact = Fact(kind=command.FACT, at=on(day), by=actor, item=command.item, detail=command.answer())
    return told.moved(on(day), "Case: the review is under way", fact)


def test_what_is_recorded_later_is_as_if_it_were_not(case: Told) -> None:
    case.said(on("2027-02-01"), Decide, "", "decision/1", outcome="none", rationale=TYPED)
    judge(case, "2027-02-02", 2, "The reasons can be followed.")
    before = pack(case, "2027-01-31")
    assert not any("Decided" in line for line in shown(before, 2))
    assert "qm-2" in before.unanswered


def test_unanswered_markers_are_seen_at_once(case: Told) -> None:
    for number in range(1, 18):
        judge(case, "2027-02-01", number, "It stands well.")
    found = pack(case)
    assert found.unanswered == ("qm-18",)
    assert as_markdown(found).count(f"**{NOT_ANSWERED}**") == 1
    [line] = [line for line in as_lines(found) if NOT_ANSWERED in line.text]
    assert line.look == "urgent"
    assert "Not answered: 18." in as_markdown(found)
    judge(case, "2027-02-01", 18, "It stands well.")
    assert "Every marker is answered." in as_markdown(pack(case))


def test_judgement_shows_role_time_text_and_evidence(case: Told) -> None:
    cited = case.said(on("2027-01-20"), Decide, "", "decision/1", outcome="none", rationale=TYPED)
    number = judge(case, "2027-02-01", 2, "The reasons can be followed.", evidence=("D-4/1",), facts=(cited, 999))
    [judged] = marker(pack(case), 2).judgements
    assert (judged.by, judged.at, judged.fact) == (Role.PANEL_CHAIR, on("2027-02-01"), number)
    assert (judged.text, judged.shown, judged.evidence) == ("The reasons can be followed.", True, ("D-4/1",))
    assert [(each.fact, each.kind) for each in judged.cited] == [(cited, "review-decided"), (999, "")]
    text = "\n".join(line.text for line in as_lines(pack(case)))
    assert f"Panel chair, 10:00 on Monday 1 February 2027 (fact {number}): The reasons can be followed." in text
    assert f"documents D-4/1; facts {cited} (review-decided), 999 (not in the record, or superseded)" in text


def test_later_judgement_stands_beside_the_earlier_one(case: Told) -> None:
    judge(case, "2027-02-01", 6, "Too early to say.")
    judge(case, "2027-05-01", 6, "It suits the case.", by=Role.BOARD_CHAIR)
    told = marker(pack(case), 6).judgements
    assert [(each.by, each.text) for each in told] == [
        (Role.PANEL_CHAIR, "Too early to say."),
        (Role.BOARD_CHAIR, "It suits the case."),
    ]


def test_long_judgement_is_shown_whole(case: Told) -> None:
    long = "It was agreed step by step. " * 200
    judge(case, "2027-02-01", 6, long)
    assert marker(pack(case), 6).judgements[0].text == long.strip()


def test_judgement_with_a_name_that_the_case_knows_is_only_pointed_to(case: Told) -> None:
    stays = ({"passage": NAME, "reason": "it was read out"},)
    number = judge(case, "2027-02-01", 6, f"{NAME} was heard.", stays=stays)
    [judged] = marker(pack(case), 6).judgements
    assert (judged.text, judged.shown) == (f"see fact {number} of NB-2027-401", False)
    assert NAME not in written(pack(case))


def test_marker_shows_when_it_was_asked_and_asked_again(case: Told) -> None:
    assert "not asked yet; a question for the panel chair or business manager" in as_markdown(pack(case))
    task = Task(form=JudgeMarker.FORM, item="qm-6", role=Role.PANEL_CHAIR, title="Quality marker 6")
    case.moved(on("2027-02-10"), "Case: the review is under way", tasks=(task,))
    again = Letter(id="quality/panel/again/panel-chair", template="quality-asked-again", to=Role.PANEL_CHAIR,
                   words={"markers": "5, 6"})  # fmt: skip
    case.moved(on("2027-05-10"), "Case: the review is under way", tasks=(task,), letters=(again,))
    sixth = marker(pack(case), 6)
    assert (sixth.asked_on, sixth.asked_again_on) == (on("2027-02-10").date(), on("2027-05-10").date())
    asked = "asked of the panel chair or business manager on Wednesday 10 February 2027, again on Monday 10 May 2027"
    assert asked in as_markdown(pack(case))
    assert marker(pack(case, "2027-03-01"), 6).asked_again_on is None


def test_no_score_is_anywhere_in_the_pack(case: Told) -> None:
    fields = set(MarkerInPack.model_fields)
    assert not fields & {"score", "grade", "rating", "percent", "colour"}
    assert "Nothing here is a score." in as_markdown(pack(case))


def test_pack_is_the_same_each_time_and_reads_back_from_json(case: Told) -> None:
    judge(case, "2027-02-01", 6, "It suits the case.")
    assert pack(case) == pack(case)
    assert QualityPack.model_validate_json(pack(case).model_dump_json()) == pack(case)


def test_unknown_case_is_told(case: Told) -> None:
    with pytest.raises(NotFound, match="the record has no case northbridge/NB-0"):
        quality_pack(case.record, directory(), CaseRef(board="northbridge", reference="NB-0"), now())


# The command


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """``scr.py`` with this command, on a record with two reviews."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCR_DIRECTORY_FILE", str(ROOT / "directory.toml"))
    monkeypatch.setenv("SCR_VAR_DIR", str(tmp_path / "var"))
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()  # the tool replaces and closes the handlers it finds
    keyring = create_keyring(tmp_path / "var" / "keyring.json")
    engine = make_engine(f"sqlite:///{tmp_path / 'var' / 'record.db'}")
    upgrade(engine)
    write_all(Record(engine, keyring, lambda board, at, urgent: at))
    app = typer.Typer(pretty_exceptions_enable=False)
    app.callback()(lambda: None)
    quality_cli.register(app)
    yield lambda *arguments: CliRunner().invoke(app, ["quality", *arguments])
    root.handlers[:], root.level = handlers, level
    engine.dispose()


def test_pack_is_text_markdown_or_json(desk: Callable[..., Result]) -> None:
    text = desk(FIRST.reference)
    assert text.exit_code == 0
    assert text.stdout.startswith("northbridge/NB-2026-201: quality markers\n")
    assert desk(FIRST.reference, "--markdown").stdout.startswith("# Quality markers of NB-2026-201: evidence\n")
    told = json.loads(desk(FIRST.reference, "--json").stdout)
    assert len(told["markers"]) == len(told["unanswered"]) == 18


def test_formats_that_do_not_go_together_are_told(desk: Callable[..., Result]) -> None:
    assert desk(FIRST.reference, "--json", "--markdown").exit_code == 2


def test_unknown_case_is_one_line(desk: Callable[..., Result]) -> None:
    found = desk("NB-0")
    assert (found.exit_code, found.stderr) == (1, "the record has no case NB-0\n")
