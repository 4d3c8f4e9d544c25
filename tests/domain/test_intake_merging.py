"""An update adds to what is known of an incident; it starts nothing again and erases nothing."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.incident import Abuse, Incident, IncidentEvent, IncidentFacts, Outcome
from domain.intake import merge_incident

EXAMPLE = Path(__file__).parents[2] / "examples" / "incident.json"
KNOWN = IncidentEvent.model_validate_json(EXAMPLE.read_text("utf-8")).data


def keys(i: Incident) -> list[str]:
    """Of all its children."""
    return [*(c.key for c in i.children), *(c.key for c in i.other_children)]


def child(key: str, **fields: Any) -> dict[str, Any]:
    named = {"given_name": "Any", "family_name": "Child", "date_of_birth": "2020-01-01", "outcome": "neither"}
    return {"key": key} | named | fields


def other(key: str, **fields: Any) -> dict[str, Any]:
    return {"key": key, "relationship": "sibling"} | fields


def incident(**fields: Any) -> Incident:
    base = KNOWN.model_dump(mode="json") | {"children": [child("C1")], "other_children": [], "agencies": []}
    return Incident.model_validate(base | fields)


def test_a_harmed_child_who_has_died_takes_the_updates_outcome_and_keeps_what_was_known() -> None:
    known = incident(children=[child("C1", outcome="seriously_harmed", looked_after=True)])
    after = merge_incident(known, incident(children=[child("C1", outcome="died")]))
    assert after.children[0].outcome is Outcome.DIED
    assert after.children[0].looked_after is True


def test_a_child_found_later_and_an_agency_found_later_are_added() -> None:
    contact = {"name": "Lead", "email": "lead@gp.example"}
    update = incident(
        other_children=[other("S9")], agencies=[{"id": "gp", "name": "Surgery", "kind": "health", "contact": contact}]
    )
    after = merge_incident(KNOWN, update)
    assert [c.key for c in after.other_children] == ["S1", "H1", "S9"]
    assert [a.id for a in after.agencies] == [*(a.id for a in KNOWN.agencies), "gp"]


def test_a_name_that_follows_names_the_child_that_was_known_without() -> None:
    known = incident(other_children=[other("R1", whereabouts="the home")])
    after = merge_incident(known, incident(other_children=[other("R1", given_name="Any")]))
    assert (after.other_children[0].given_name, after.other_children[0].whereabouts) == ("Any", "the home")


def test_another_child_to_whom_it_turns_out_to_have_happened_moves_and_never_back() -> None:
    moved = merge_incident(incident(other_children=[other("S1")]), incident(children=[child("C1"), child("S1")]))
    assert ([c.key for c in moved.children], moved.other_children) == (["C1", "S1"], ())
    again = merge_incident(moved, incident(other_children=[other("S1")]))
    assert ([c.key for c in again.children], again.other_children) == (["C1", "S1"], ())


def test_a_child_who_was_unborn_and_is_born_has_its_date_of_birth() -> None:
    known = incident(children=[child("C1", date_of_birth=None, unborn=True)])
    born = merge_incident(known, incident(children=[child("C1")])).children[0]
    assert (str(born.date_of_birth), born.unborn) == ("2020-01-01", False)


def test_a_date_of_birth_that_was_a_mistake_goes_when_the_child_is_told_to_be_unborn() -> None:
    update = incident(children=[child("C1", date_of_birth=None, unborn=True)])
    corrected = merge_incident(incident(), update).children[0]
    assert (corrected.date_of_birth, corrected.unborn) == (None, True)


def test_what_is_not_known_erases_no_answer_and_what_is_known_replaces_one() -> None:
    known = incident(facts={"abuse_or_neglect": "known", "parent_murdered": False, "killed_by_parent": True})
    update = incident(facts={"abuse_or_neglect": "unknown", "parent_murdered": True, "killed_by_parent": None})
    facts = merge_incident(known, update).facts
    assert (facts.abuse_or_neglect, facts.parent_murdered, facts.killed_by_parent) == (Abuse.KNOWN, True, True)


def test_what_started_clocks_stays_as_it_was_first_told() -> None:
    update = incident(
        regime="another", occurred_on="2025-01-01", aware_at="2026-05-01T00:00:00Z", notified_at="2026-05-02T00:00:00Z"
    )
    after = merge_incident(KNOWN, update)
    for field in ("board", "regime", "occurred_on", "aware_at", "notified_at", "notified_by"):
        assert getattr(after, field) == getattr(KNOWN, field)


def test_the_place_and_the_summary_are_kept_where_an_update_leaves_them_out() -> None:
    known = incident(setting={"kind": "residential", "name": "Fernacre"}, summary="first")
    kept = merge_incident(known, incident(setting={"kind": "residential"}, summary=""))
    assert (kept.setting.name, kept.summary) == ("Fernacre", "first")
    assert merge_incident(known, incident(summary="second")).summary == "second"


maybe = st.sampled_from([None, True, False])
facts = st.builds(
    IncidentFacts,
    abuse_or_neglect=st.sampled_from(Abuse),
    **{name: maybe for name in IncidentFacts.model_fields if name != "abuse_or_neglect"},
)


@st.composite
def incidents(draw: st.DrawFn, among: tuple[str, ...] = ("A", "B", "C", "D", "E", "F")) -> Incident:
    order = draw(st.permutations(among))
    split = draw(st.integers(1, len(order)))
    end = draw(st.integers(split, len(order)))
    children = [
        child(key, outcome=draw(st.sampled_from(Outcome)).value, looked_after=draw(maybe)) for key in order[:split]
    ]
    others = [other(key, given_name=draw(st.sampled_from([None, "Any"]))) for key in order[split:end]]
    made = incident(children=children, other_children=others, summary=draw(st.sampled_from(["", "x", "y"])))
    return made.model_copy(update={"facts": draw(facts)})


@given(known=incidents(), update=incidents())
def test_the_same_update_twice_is_the_same_as_once(known: Incident, update: Incident) -> None:
    once = merge_incident(known, update)
    assert merge_incident(once, update) == once
    assert merge_incident(known, known) == known


@given(known=incidents(), update=incidents())
def test_no_child_is_lost_and_none_is_there_twice(known: Incident, update: Incident) -> None:
    after = merge_incident(known, update)
    found = keys(after)
    assert len(found) == len(set(found))
    assert set(found) == {*keys(known), *keys(update)}
    assert {c.key for c in (*known.children, *update.children)} == {c.key for c in after.children}


@given(known=incidents(("A", "B")), one=incidents(("C", "D")), two=incidents(("E", "F")))
def test_children_added_by_two_updates_are_the_same_in_either_order(
    known: Incident, one: Incident, two: Incident
) -> None:
    first, second = merge_incident(merge_incident(known, one), two), merge_incident(merge_incident(known, two), one)
    assert set(first.children) == set(second.children)
    assert set(first.other_children) == set(second.other_children)


@given(known=incidents(), update=incidents())
def test_what_was_answered_is_never_unanswered(known: Incident, update: Incident) -> None:
    before, after = dict(known.facts), dict(merge_incident(known, update).facts)
    for name, answer in before.items():
        if answer not in (None, Abuse.UNKNOWN):
            assert after[name] not in (None, Abuse.UNKNOWN)


@given(known=incidents(), update=incidents())
def test_what_comes_out_is_an_incident_that_can_be_stored_and_read_again(known: Incident, update: Incident) -> None:
    after = merge_incident(known, update)
    assert Incident.model_validate_json(json.dumps(after.model_dump(mode="json"))) == after
