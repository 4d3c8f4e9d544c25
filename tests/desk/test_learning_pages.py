"""Findings, action plan, expected changes, and the check of words while somebody types: who sees what of them."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from desk_pages import Pages, words
from learning_records import FIRST, NAME, Told, expected, finding, now, on, planned, write_all

from desk.plan_pack import plan_pack
from desk.web import findings
from desk.web.access import Sight
from desk.web.viewer import Held
from domain.action_commands import PlanAction
from domain.change_commands import ExpectChange
from domain.findings import EnterFinding
from domain.people import Role
from domain.record import Task
from records import access_log
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring

CASE = "/cases/northbridge/NB-2026-201"
FINDINGS, PLAN, CHANGES, PICTURE, CHECK = (
    f"{CASE}/{part}" for part in ("findings", "plan", "changes", "changes/C1.svg", "text-check")
)
MANAGER, CHAIR, SUB_GROUP, MEMBER, DUTY = "nb-manager", "nb-chair", "nb-subgroup-chair", "nb-member-police", "nb-duty-1"
ICB, HOUSING, POLICE, OPERATOR = "nb-icb-lead", "nb-housing-lead", "nb-police-lead", "nb-operator-2"
NOT_THERE = "There is no such page Or it is not meant for you."


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    """Two years of a review, with an action of another agency and a task of each of two agencies."""
    engine = make_engine(f"sqlite:///{tmp_path / 'record.db'}")
    upgrade(engine)
    record = Record(engine, create_keyring(tmp_path / "keyring.json"), lambda board, at, urgent: at)
    first, _ = write_all(record)
    more = {"agency": "northbridge-housing", "lead": POLICE}
    first.said(
        on("2028-05-02"), PlanAction, "A11", **planned("2028-06-01", ("F1",), **more, what="tenancies are known")
    )
    tasks = tuple(
        Task(form="report-progress", item=item, role=Role.AGENCY_LEAD, agency=agency, title="say how it goes")
        for item, agency in (("A2", "northbridge-icb"), ("A11", "northbridge-housing"))
    )
    first.moved(on("2028-05-02"), "actions", stage="actions", tasks=tasks)
    yield first
    engine.dispose()


@pytest.fixture
def pages(told: Told, tmp_path: Path) -> Pages:
    return Pages(told.record, tmp_path, now())


def test_findings_and_changes_are_for_those_who_see_the_whole_case(pages: Pages) -> None:
    for path in (FINDINGS, CHANGES, PICTURE):
        seen = {person: pages.browser(person).get(path).status_code for person in (MANAGER, CHAIR, SUB_GROUP)}
        assert set(seen.values()) == {200}, (path, seen)
        for person in (MEMBER, DUTY, ICB, HOUSING, POLICE, OPERATOR):
            refused = pages.browser(person).get(path)
            assert (refused.status_code, NOT_THERE in words(refused)) == (404, True), (path, person)
        assert pages.browser().get(path).status_code == 303


def test_the_plan_is_for_those_who_see_the_whole_case_and_for_those_who_have_actions_in_it(pages: Pages) -> None:
    seen = {
        each: pages.browser(each).get(PLAN).status_code for each in (MANAGER, CHAIR, SUB_GROUP, ICB, HOUSING, POLICE)
    }
    assert set(seen.values()) == {200}, seen
    for person in (MEMBER, DUTY, OPERATOR, "nb-ambulance-lead"):
        refused = pages.browser(person).get(PLAN)
        assert (refused.status_code, NOT_THERE in words(refused)) == (404, True), person


def test_a_case_of_another_board_looks_like_none(pages: Pages) -> None:
    for part in ("findings", "plan", "changes", "changes/C1.svg"):
        other = pages.browser(MANAGER).get(f"/cases/eastmere/EM-2026-1/{part}")
        none = pages.browser(MANAGER).get(f"/cases/eastmere/EM-2026-9/{part}")
        assert (other.status_code, words(other)) == (404, words(none)), part
    posted = pages.browser(MANAGER).post("/cases/eastmere/EM-2026-1/text-check", text="Tamsin")
    assert (posted.status_code, NAME in posted.text) == (404, False)


def test_each_finding_has_its_state_its_answer_and_what_follows(pages: Pages) -> None:
    page = pages.browser(MANAGER).get(FINDINGS)
    parts = _sections(page.text)
    assert list(parts) == ["F1", "F2", "F3", "F4", "F5", "G1"]
    assert "Accepted by the board" in parts["F1"] and "A2" in parts["F1"] and "A10" in parts["F1"]
    assert "Rejected by the board" in parts["F2"] and "the law forbids it" in parts["F2"]
    assert "Accepted in part by the board" in parts["F3"] and "It needs an action" in parts["F3"]
    assert "Why no action follows the national guidance was changed already" in parts["F4"]
    assert "Withdrawn" in parts["F5"] and "it is part of F1" in parts["F5"]
    assert "good practice" in parts["G1"] and "Noted by the board" in parts["G1"]
    assert f'href="{PLAN}#A2"' in page.text


def test_texts_with_names_stay_masked_and_the_fact_is_named(pages: Pages, told: Told) -> None:
    spoken = finding() | {"what_happened": f"{NAME} was not seen"}
    seq = told.said(on("2028-05-03"), EnterFinding, "F6", "panel", **spoken)
    told.said(on("2028-05-03"), PlanAction, "A12", **planned("2028-07-01", ("F1",), what=f"visit {NAME} at home"))
    named = expected(("A12",)) | {"what": f"{NAME} is seen", "measure": f"visits to {NAME}"}
    change = told.said(on("2028-05-03"), ExpectChange, "C2", **named)
    browser = pages.browser(MANAGER)
    assert f"What happened see fact {seq} of NB-2026-201" in words(browser.get(FINDINGS))
    for path in (FINDINGS, PLAN, CHANGES, f"{CHANGES}/C2.svg"):
        page = browser.get(path)
        assert (page.status_code, NAME in page.text) == (200, False), path
    assert f"see fact {change} of NB-2026-201" in words(browser.get(CHANGES))


def test_a_long_text_without_names_is_shown_whole(pages: Pages, told: Told) -> None:
    told.said(on("2028-05-03"), EnterFinding, "F7", "panel", **finding() | {"why": "records were late " * 90})
    assert ("records were late " * 90).strip() in words(pages.browser(MANAGER).get(FINDINGS))


def test_the_plan_has_every_action_with_due_day_state_finding_and_change(pages: Pages, told: Told) -> None:
    parts = _sections(pages.browser(MANAGER).get(PLAN).text)
    pack = plan_pack(pages.record, pages.known, FIRST, pages.now)
    assert list(parts) == [each.action for each in pack.actions]
    late = parts["A11"]
    assert "by the end of Thursday 1 June 2028 Overdue 14 days late" in late and "Why it is late not reported" in late
    assert "the action lead of Northbridge Housing" in late and "none is watched" in late
    assert "Answers F1 Expected changes C1" in parts["A2"] and "verified" in parts["A2"]
    assert "reached on Saturday 18 September 2027" in parts["A2"]
    assert "superseded by A10" in parts["A4"] and "refused" in parts["A3"]
    assert "no finding: an early action" in parts["A1"]


def test_no_state_is_told_by_its_colour_alone(pages: Pages) -> None:
    page = pages.browser(MANAGER).get(PLAN)
    tags = re.findall(
        r'<span class="desk-sign" aria-hidden="true">(.)</span>\s*<strong class="govuk-tag govuk-tag--(\w+)">\s*(\w+)',
        page.text,
    )
    legend = dict.fromkeys(tags)
    assert [word for _, _, word in legend] == ["amber", "blue", "green", "red", "grey"]
    assert len({shape for shape, _, _ in legend}) == len(legend) == 5
    said = words(page)
    assert "at risk, with a plan to bring it back" in said
    for status in ("planned", "under way", "evidence submitted", "verified", "superseded", "refused"):
        assert status in said.partition("Where an action stands")[2], status


def test_an_agencys_lead_sees_its_own_agencys_actions_only(pages: Pages) -> None:
    page = pages.browser(HOUSING).get(PLAN)
    assert list(_sections(page.text)) == ["A11"]
    assert "northbridge-icb" not in page.text and "/findings" not in page.text and "/changes" not in page.text
    assert "A11" not in _sections(pages.browser(ICB).get(PLAN).text)


def test_an_actions_lead_sees_the_actions_that_they_lead(pages: Pages) -> None:
    assert list(_sections(pages.browser(POLICE).get(PLAN).text)) == ["A11"]


def test_each_change_has_its_chart_and_a_table_of_the_same_numbers(pages: Pages) -> None:
    browser = pages.browser(MANAGER)
    page = browser.get(CHANGES)
    part = _sections(page.text)["C1"]
    assert f'<img class="desk-picture" src="{PICTURE}" alt=' in page.text
    for said in ("Baseline 40 per cent", "Target 90 per cent", "62.5 per cent", "improved", "observed, 10 days late"):
        assert said in part, said
    assert "absent" in part and "missing" in part and "closed: not achieved" in part
    drawn = browser.get(PICTURE)
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    text = " ".join(ElementTree.fromstring(drawn.text).itertext())
    assert "62.5 per cent" in text and "baseline 40 per cent" in text and "target 90 per cent" in text


def test_a_picture_needs_no_inline_style_or_script(pages: Pages) -> None:
    drawn = pages.browser(MANAGER).get(PICTURE).text
    assert "<svg" in drawn and "style" not in drawn and "<script" not in drawn


def test_there_is_no_picture_of_a_change_that_there_is_not(pages: Pages) -> None:
    assert pages.browser(MANAGER).get(f"{CHANGES}/C9.svg").status_code == 404


def test_looks_at_plan_findings_and_changes_are_written_down(pages: Pages) -> None:
    browser = pages.browser(MANAGER)
    for path in (FINDINGS, PLAN, CHANGES):
        browser.get(path)
    noted = access_log.noted(pages.record, "northbridge", "NB-2026-201")
    assert [(each.person, each.what) for each in reversed(noted)] == [
        (MANAGER, "findings"),
        (MANAGER, "plan"),
        (MANAGER, "changes"),
    ]


def test_words_are_marked_while_somebody_types_with_why_and_where(pages: Pages) -> None:
    text = f"An \U0001f642 said that {NAME} was failed by the midwife."
    checked = pages.browser(MANAGER).post(CHECK, text=text)
    assert checked.status_code == 200
    mark = next(each for each in json.loads(checked.text)["marks"] if each["passage"] == NAME)
    assert mark["kind"] == "name" and mark["why"]
    units = text.encode("utf-16-le")
    assert units[2 * mark["start"] : 2 * mark["end"]].decode("utf-16-le") == NAME
    assert NAME in mark["around"]
    assert json.loads(pages.browser(MANAGER).post(CHECK, text="records were shared").text) == {"marks": []}


def test_the_text_check_keeps_nothing_and_logs_nothing_that_was_typed(
    pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = pages.browser(MANAGER)
    assert browser.post(CHECK, text="Quillfeather Zinnober was seen on 3 March 2026").status_code == 200
    noted = access_log.noted(pages.record, "northbridge", "NB-2026-201")
    assert not any("uillfeather" in each.detail for each in noted)
    assert "uillfeather" not in caplog.text
    raw = b"".join(path.read_bytes() for path in pages.settings.var_dir.rglob("*") if path.is_file())
    assert raw and b"uillfeather" not in raw


def test_marked_words_are_told_before_an_answer_is_sent_with_or_without_scripts(pages: Pages) -> None:
    expected = {
        "actions": "A1",
        "what": f"{NAME} would have been seen",
        "kind": "number",
        "measure": "how many children are seen",
        "gathered": "by the agencies, each quarter",
    }
    task, browser = "/tasks/northbridge/NB-2026-201/actions/C7/expect-change", pages.browser(MANAGER)
    marked = browser.post(task, own={"step": "check"}, **expected)
    assert marked.status_code == 400 and f"name: “{NAME}”" in words(marked)
    assert f'value="{NAME}' in marked.text or f">{NAME}" in marked.text, "what was typed is still there"
    kept = {"stays.0.passage": NAME, "stays.0.reason": "A name of the study, of nobody in the case"}
    for given in ({**expected, **kept}, {**expected, "what": "Children are seen alone"}):
        assert "Check your answers" in words(browser.post(task, own={"step": "check"}, **given))


def test_words_are_checked_for_those_who_answer_with_words_that_are_checked(pages: Pages) -> None:
    allowed = {each: pages.browser(each).post(CHECK, text="x").status_code for each in (MANAGER, CHAIR, SUB_GROUP, ICB)}
    assert set(allowed.values()) == {200}, allowed
    for person in (DUTY, OPERATOR, "nb-ambulance-lead"):
        refused = pages.browser(person).post(CHECK, text=NAME)
        assert (refused.status_code, NAME in refused.text) == (404, False), person


def test_who_sees_no_names_and_tries_which_words_are_some_is_written_down(pages: Pages) -> None:
    for person in (MANAGER, ICB):
        pages.browser(person).post(CHECK, text="They were seen.")
        pages.browser(person).post(CHECK, text=NAME)
    noted = access_log.noted(pages.record, "northbridge", FIRST.reference)
    assert [(each.person, each.what, each.detail) for each in noted] == [(ICB, "text-check", "names marked")]


def test_the_text_check_takes_no_more_than_a_field_does_and_only_from_our_own_forms(pages: Pages) -> None:
    browser = pages.browser(MANAGER)
    assert browser.post(CHECK, text="x" * 20_000).status_code == 200
    assert browser.post(CHECK, text="x" * 20_001).status_code == 413
    assert browser.post(CHECK, "forged", text="x").status_code == 403
    assert browser.get(CHECK).status_code == 405
    assert pages.browser().post(CHECK, "none", text="x").status_code == 303


def test_only_forms_of_which_words_are_checked_have_them_checked_while_somebody_types() -> None:
    reviewer = Sight(whole=True, roles=(Held(role=Role.LEAD_REVIEWER),))
    assert findings.check_href(FIRST, "enter-finding", reviewer) == CHECK
    assert findings.check_href(FIRST, "withdraw-finding", reviewer) == ""
    assert findings.check_href(FIRST, "enter-finding", Sight(roles=(Held(role=Role.DUTY_MANAGER),))) == ""


def test_the_script_puts_nothing_typed_into_the_page_as_markup() -> None:
    script = (Path(findings.__file__).parent / "static" / "text-check.js").read_text("utf-8")
    assert "textContent" in script and "aria-live" in script
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|\.style\b", script)


def _sections(page: str) -> dict[str, str]:
    """The words of each section by the id of its heading."""
    found = re.findall(r'<section aria-labelledby="([^"]+)">(.*?)</section>', page, re.DOTALL)
    return {name: " ".join(re.sub(r"<[^>]+>", " ", text).split()) for name, text in found}
