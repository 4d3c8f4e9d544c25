"""An incident event is taken in whole or refused with every fault by its path."""

import copy
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.incident import IncidentEvent
from domain.intake import Fault, check_event, regime_of

EXAMPLES = Path(__file__).parents[2] / "examples"
BOARDS = {"northbridge": "england-scr", "southmere": "england-2018"}
REGIMES = ("england-2018", "england-scr")

Event = dict[str, Any]
Change = Callable[[Event], object]


@pytest.fixture
def event() -> Event:
    return example()


def example() -> Event:
    loaded: Event = json.loads((EXAMPLES / "incident.json").read_text("utf-8"))
    return loaded


def faults(raw: object, at: datetime | None = None) -> dict[str, str]:
    """Path to message; fails where the event was accepted."""
    found = check_event(raw, BOARDS, REGIMES, at)
    assert isinstance(found, tuple), "the event was accepted"
    assert len({fault.path for fault in found}) == len(found), "one fault was told twice"
    return {fault.path: fault.message for fault in found}


def accepted(raw: object) -> IncidentEvent:
    found = check_event(raw, BOARDS, REGIMES, None)
    assert isinstance(found, IncidentEvent), found
    return found


def test_examples_are_good_events() -> None:
    lines = (EXAMPLES / "incidents.ndjson").read_text("utf-8").splitlines()
    events = [accepted(json.loads(line)) for line in lines]
    assert len({event.delivery for event in events}) == len(events) == 4
    assert accepted(example()).case.workflow_id == "scr/northbridge/NB-2026-101"


def test_a_case_runs_under_its_boards_regime_unless_the_event_names_one(event: Event) -> None:
    assert regime_of(accepted(event), BOARDS) == "england-scr"
    event["data"]["regime"] = "england-2018"
    assert regime_of(accepted(event), BOARDS) == "england-2018"


def test_a_regime_that_the_board_has_not_set_up_is_refused_with_the_reason(event: Event) -> None:
    def why(regime: str, board: str) -> str:
        return "one amount is missing\nand another" if regime == "england-2018" else ""

    assert isinstance(check_event(event, BOARDS, REGIMES, None, why), IncidentEvent)
    for regime, board, path in (
        ("england-2018", "northbridge", "data.regime"),
        (None, "southmere", "data.regime"),  # its default
        ("england-scr", "southmere", ""),
        (None, "atlantis", "data.board"),
        ("nowhere", "northbridge", "data.regime"),
    ):
        event["data"] |= {"regime": regime, "board": board}
        found = check_event(event, BOARDS, REGIMES, None, why)
        told = {fault.path: fault.message for fault in found} if isinstance(found, tuple) else {"": ""}
        assert list(told) == [path]
        if (regime or BOARDS.get(board)) == "england-2018":
            assert told[path] == "cannot be used by this board yet: one amount is missing; and another"


def put(*steps: str | int, value: object) -> Change:
    def change(event: Event) -> None:
        target: Any = event
        for step in steps[:-1]:
            target = target[step]
        target[steps[-1]] = value

    return change


def drop(*steps: str | int) -> Change:
    def change(event: Event) -> None:
        target: Any = event
        for step in steps[:-1]:
            target = target[step]
        del target[steps[-1]]

    return change


def many(*changes: Change) -> Change:
    def change(event: Event) -> None:
        for each in changes:
            each(event)

    return change


CHILD = ("data", "children", 0)
OTHER = ("data", "other_children", 0)
REFUSED: list[tuple[str, Change, str, str]] = [
    ("missing field", drop("data", "setting"), "data.setting", "is missing"),
    ("unknown field", put("data", "photo", value="x"), "data.photo", "is not a field"),
    ("unknown attribute", put("traceparent", value="x"), "traceparent", "is not a field"),
    ("odd name of a field", put("data", "a b\n", value=1), 'data["a b\\n"]', "is not a field"),
    ("other version", put("specversion", value="0.3"), "specversion", "'1.0'"),
    ("other type", put("type", value="uk.other.v1"), "type", "must be"),
    ("no offset", put("data", "aware_at", value="2026-02-04T14:20:00"), "data.aware_at", "offset"),
    ("timestamp", put("time", value=1770000000), "time", "offset"),
    ("timestamp in quotes", put("time", value="1770000000"), "time", "offset"),
    ("a day for an instant", put("time", value="2026-02-05"), "time", "offset"),
    ("year out of reach", put("time", value="0001-01-01T00:00:00Z"), "time", "years"),
    ("no day", put(*CHILD, "date_of_birth", value="2024-02-30"), "data.children[0].date_of_birth", "date such as"),
    ("days since 1970", put(*CHILD, "date_of_birth", value="86400"), "data.children[0].date_of_birth", "date such as"),
    ("born long ago", put(*CHILD, "date_of_birth", value="0204-05-19"), "data.children[0].date_of_birth", "years 1900"),
    ("bad word", put(*CHILD, "outcome", value="dead"), "data.children[0].outcome", "'died', 'seriously_harmed'"),
    ("yes is not true", put(*CHILD, "looked_after", value="yes"), "data.children[0].looked_after", "true or false"),
    (
        "one is not true",
        put("data", "facts", "parent_murdered", value=1),
        "data.facts.parent_murdered",
        "true or false",
    ),
    ("number for a name", put(*CHILD, "given_name", value=7), "data.children[0].given_name", "text"),
    ("empty name", put(*CHILD, "given_name", value=""), "data.children[0].given_name", "empty"),
    ("no child", put("data", "children", value=[]), "data.children", "at least one child"),
    ("children no list", put("data", "children", value={}), "data.children", "list"),
    ("facts no object", put("data", "facts", value=[]), "data.facts", "object"),
    ("long summary", put("data", "summary", value="x" * 20_001), "data.summary", "at most 20000"),
    ("no birth", drop(*CHILD, "date_of_birth"), "data.children[0].date_of_birth", "unborn"),
    ("born and unborn", put(*CHILD, "unborn", value=True), "data.children[0].unborn", "one of the two"),
    ("born later", put(*OTHER, "date_of_birth", value="2031-01-01"), "data.other_children[0].date_of_birth", "after"),
    (
        "earlier and still",
        many(put(*CHILD, "looked_after", value=True), put(*CHILD, "looked_after_until", value="2025-12-31")),
        "data.children[0].looked_after_until",
        "although looked_after is true",
    ),
    (
        "ended later",
        put(*CHILD, "on_child_protection_plan_until", value="2031-01-01"),
        "data.children[0].on_child_protection_plan_until",
        "after the board was told",
    ),
    (
        "ended before birth",
        put(*CHILD, "looked_after_until", value="2020-01-01"),
        "data.children[0].looked_after_until",
        "before the date of birth",
    ),
    (
        "no last day",
        put(*CHILD, "looked_after_until", value="last year"),
        "data.children[0].looked_after_until",
        "date such as",
    ),
    ("key twice", put(*OTHER, "key", value="C1"), "data.other_children[0].key", "another child"),
    ("reserved key", put(*OTHER, "key", value="OTHERS"), "data.other_children[0].key", "OTHERS"),
    ("key with a space", put(*OTHER, "key", value="S 1"), "data.other_children[0].key", "letters"),
    ("agency twice", put("data", "agencies", 1, "id", value="northbridge-cs"), "data.agencies[1].id", "another agency"),
    ("unknown board", put("data", "board", value="atlantis"), "data.board", "directory"),
    ("unknown regime", put("data", "regime", value="wales"), "data.regime", "england-2018, england-scr"),
    ("told before aware", put("data", "notified_at", value="2026-02-04T14:19:59Z"), "data.notified_at", "aware"),
    ("happened later", put("data", "occurred_on", value="2026-02-05"), "data.occurred_on", "aware"),
    ("no day of it", put("data", "occurred_on", value="lately"), "data.occurred_on", "date such as"),
    (
        "range reversed",
        put("data", "occurred_on", value={"earliest": "2026-01-02", "latest": "2026-01-01"}),
        "data.occurred_on.latest",
        "before",
    ),
    (
        "range half given",
        put("data", "occurred_on", value={"earliest": "2026-01-02"}),
        "data.occurred_on.latest",
        "is missing",
    ),
    ("no address", put("data", "notified_by", "email", value="duty"), "data.notified_by.email", "e-mail"),
    (
        "address of two",
        put("data", "agencies", 0, "contact", "email", value="a@b.example,c@d.example"),
        "data.agencies[0].contact.email",
        "e-mail",
    ),
    ("subject in small letters", put("subject", value="nb-1"), "subject", "case reference"),
    ("line end in a name", put("data", "setting", "name", value="a\nBcc: x"), "data.setting.name", "control"),
    ("nil byte", put("data", "summary", value="a\0b"), "data.summary", "control"),
    ("half of a character", put("data", "summary", value="\ud800"), "data.summary", "half of a character"),
]


@pytest.mark.parametrize(("change", "path", "words"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_a_fault_is_told_by_its_path(event: Event, change: Change, path: str, words: str) -> None:
    change(event)
    found = faults(event)
    assert list(found) == [path]
    assert words in found[path]


def test_suspected_suicide_needs_a_death(event: Event) -> None:
    event["data"]["children"][0] |= {"outcome": "seriously_harmed", "suspected_suicide": True}
    assert list(faults(event)) == ["data.children[0].suspected_suicide"]
    event["data"]["children"][0]["outcome"] = "died"
    accepted(event)


def test_an_unborn_child_needs_no_date_of_birth(event: Event) -> None:
    del event["data"]["children"][0]["date_of_birth"]
    event["data"]["children"][0]["unborn"] = True
    assert accepted(event).data.children[0].unborn


def test_every_fault_is_told_at_once_those_of_shape_and_those_of_rules(event: Event) -> None:
    put("data", "board", value="atlantis")(event)
    put("data", "children", 0, "outcome", value="dead")(event)
    put("data", "other_children", 0, "key", value="C1")(event)
    put("data", "aware_at", value="2026-02-04T14:20:00")(event)
    put("data", "extra", value=1)(event)
    assert set(faults(event)) == {
        "data.board",
        "data.children[0].outcome",
        "data.other_children[0].key",
        "data.aware_at",
        "data.extra",
    }


@pytest.mark.parametrize("raw", [None, 3, "text", [], {1, 2}, {"a": float("nan")}, {"a": object()}])
def test_what_is_no_json_object_is_one_fault_of_the_whole(raw: object) -> None:
    assert list(faults(raw)) == [""]


def test_nesting_without_end_is_a_fault_and_no_crash() -> None:
    raw: dict[str, Any] = {}
    for _ in range(100_000):
        raw = {"a": raw}
    assert list(faults(raw)) == [""]
    for depth in (150, 300, 900):
        nested: Any = "x"
        for _ in range(depth):
            nested = [nested]
        assert faults(example() | {"extra": nested})


def test_an_event_from_the_future_is_refused_where_now_is_known(event: Event) -> None:
    told = datetime(2026, 2, 5, 10, 30, tzinfo=UTC)
    assert isinstance(check_event(event, BOARDS, REGIMES, told), IncidentEvent)
    assert list(faults(event, told.replace(day=4))) == ["data.notified_at"]


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("subject", put("subject", value="SCR-WEXCOMBE-1")),
        ("subject", put("subject", value="WEXCOMBEARLE2026")),
        ("subject", put("subject", value="NB-TAMSIN")),
        ("data.children[0].key", put("data", "children", 0, "key", value="tamsin")),
        ("data.other_children[1].key", put("data", "other_children", 1, "key", value="Corin2")),
        ("data.agencies[0].id", put("data", "agencies", 0, "id", value="wexcombe-gp")),
    ],
)
def test_a_reference_is_never_a_name(event: Event, path: str, change: Change) -> None:
    change(event)
    assert list(faults(event)) == [path]
    assert "wexcombe" not in str(faults(event)).casefold()


def test_accents_do_not_hide_a_name(event: Event) -> None:
    event["data"]["children"][0]["given_name"] = "Luc Séan"
    event["subject"] = "NB-SEAN-1"
    assert list(faults(event)) == ["subject"]


@pytest.mark.parametrize("name", ["North", "Bridge", "Elm", "Elmfield", "Eli"])
def test_a_name_that_an_organisations_name_happens_to_contain_stops_nothing(event: Event, name: str) -> None:
    event["data"]["children"][0]["given_name"] = name
    event["subject"] = "NORTHBRIDGE-2026-101"
    accepted(event)


def test_a_child_found_after_midnight_in_summer_is_not_from_the_future(event: Event) -> None:
    event["data"] |= {
        "occurred_on": "2026-07-02",
        "aware_at": "2026-07-01T23:20:00Z",  # 00:20 on 2 July in England
        "notified_at": "2026-07-01T23:30:00Z",
    }
    event["data"]["other_children"][0]["date_of_birth"] = "2026-07-02"
    event["time"] = event["data"]["notified_at"]
    accepted(event)


def leaves(value: object, steps: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield steps
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield from leaves(item, (*steps, step))


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = ("tamsin", "wexcombe", "corin")


@settings(max_examples=300)
@given(steps=st.sampled_from(list(leaves(example()))[1:]), value=json_like)
def test_whatever_is_changed_there_is_an_event_or_faults_that_name_nobody(
    steps: tuple[str | int, ...], value: Any
) -> None:
    raw = copy.deepcopy(example())
    put(*steps, value=value)(raw)
    found = check_event(raw, BOARDS, REGIMES, None)
    if isinstance(found, tuple):
        assert found
        assert all(isinstance(fault, Fault) and fault.message for fault in found)
        assert not any(name in str(found).casefold() for name in NAMES)


@given(value=json_like)
def test_anything_at_all_is_an_event_or_faults(value: Any) -> None:
    assert check_event(value, BOARDS, REGIMES, None)
    assert check_event({"data": value}, BOARDS, REGIMES, None)


@settings(max_examples=150)
@given(steps=st.sampled_from(list(leaves(example()))[1:]))
def test_whatever_is_left_out_there_is_an_event_or_a_fault_near_it(steps: tuple[str | int, ...]) -> None:
    raw = copy.deepcopy(example())
    drop(*steps)(raw)
    found = check_event(raw, BOARDS, REGIMES, None)
    if isinstance(found, tuple):
        assert all(str(steps[0]) in fault.path for fault in found)
