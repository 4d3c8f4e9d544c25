"""What the criteria say, row by row as a board would state it, and what must hold whatever the facts."""

import csv
from collections.abc import Mapping
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.regimes import read_regime
from domain.criteria import CHILD_DIED, FACTS, case_facts, judge
from domain.incident import Incident

ENGLAND = read_regime("england-scr")
CRITERIA = ENGLAND.criterion
NEEDED = tuple(dict.fromkeys(need for limb in CRITERIA for need in limb.needs))
ACCEPTANCE = Path(__file__).parents[3] / "shared" / "acceptance" / "criteria.csv"

COLUMNS = {
    "life_threatening": "life_threatening_injury",
    "permanent_impairment": "serious_permanent_impairment",
    "sexual_abuse": "serious_sexual_abuse",
    "parent_murdered": "parent_murdered",
    "homicide_review": "homicide_review_initiated",
    "killed_by_parent": "killed_by_parent",
    "parent_mental_illness": "parent_mental_illness",
    "inter_agency": "inter_agency_concerns",
}
TABLE = """\
case,outcome,suicide,abuse_or_neglect,life_threatening,permanent_impairment,sexual_abuse,parent_murdered,homicide_review,killed_by_parent,parent_mental_illness,inter_agency,verdict,limbs
1,died,no,known,,,,,,,,,always,death
2,died,no,suspected,,,,,,,,,always,death
3,died,yes,suspected,,,,,,,,,always,death
4,died,no,not_suspected,no,no,no,no,no,no,no,no,not_met,
5,died,no,unknown,,,,,,,,,undetermined,
6,seriously_harmed,no,known,yes,,,,,,,no,consider,life_threatening_injury
7,seriously_harmed,no,not_suspected,yes,no,no,no,no,no,no,no,not_met,
8,seriously_harmed,no,suspected,no,yes,,,,,,no,consider,serious_permanent_impairment
9,seriously_harmed,no,known,no,no,yes,,,,,no,consider,serious_sexual_abuse
10,neither,no,not_suspected,no,no,no,yes,yes,no,no,no,consider,parent_murdered
11,neither,no,not_suspected,no,no,no,yes,no,no,no,no,not_met,
12,died,no,not_suspected,no,no,no,no,no,yes,yes,no,consider,killed_by_parent_with_mental_illness
13,died,no,suspected,no,no,no,no,no,yes,yes,no,always,death;killed_by_parent_with_mental_illness
14,neither,no,not_suspected,no,no,no,no,no,no,no,yes,consider,inter_agency_working
15,seriously_harmed,no,known,yes,yes,no,no,no,no,no,yes,consider,life_threatening_injury;serious_permanent_impairment;inter_agency_working
16,seriously_harmed,no,unknown,yes,no,no,no,no,no,no,no,undetermined,
17,neither,no,not_suspected,no,no,no,yes,,no,no,no,undetermined,
18,died,no,unknown,no,no,no,no,no,no,no,yes,consider,inter_agency_working
19,neither,no,known,yes,no,no,no,no,no,no,no,consider,life_threatening_injury
20,seriously_harmed,no,unknown,no,no,no,no,no,yes,,no,undetermined,
21,seriously_harmed,no,unknown,no,no,no,no,no,no,,no,not_met,
"""


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def incident(row: Mapping[str, str]) -> Incident:
    told = "2026-03-13T09:15:00+00:00"
    answers = {"yes": True, "no": False, "": None}
    return Incident.model_validate(
        {
            "board": "northbridge",
            "occurred_on": "2026-03-11",
            "aware_at": told,
            "notified_at": told,
            "notified_by": {"name": "Duty", "agency": "a", "role": "duty manager", "email": "duty@a.example"},
            "setting": {"kind": "other"},
            "children": [
                {
                    "key": "C1",
                    "given_name": "Any",
                    "family_name": "Child",
                    "date_of_birth": "2020-01-01",
                    "outcome": row["outcome"],
                    "suspected_suicide": answers[row["suicide"]],
                }
            ],
            "facts": {"abuse_or_neglect": row["abuse_or_neglect"]}
            | {fact: answers[row[column]] for column, fact in COLUMNS.items()},
        }
    )


def check(row: Mapping[str, str]) -> None:
    verdict = judge(case_facts(incident(row)), CRITERIA)
    assert (verdict.verdict, ";".join(verdict.limbs)) == (row["verdict"], row["limbs"])


@pytest.mark.parametrize("row", rows(TABLE), ids=lambda row: f"case {row['case']}")
def test_facts_lead_to_the_verdict_that_the_board_states(row: dict[str, str]) -> None:
    check(row)


@pytest.mark.skipif(not ACCEPTANCE.exists(), reason="the shared acceptance data are not here")
def test_every_row_of_the_acceptance_table_is_judged_as_it_says() -> None:
    for row in rows(ACCEPTANCE.read_text("utf-8")):
        check(row)


def test_one_child_who_died_is_enough_among_several() -> None:
    row = rows(TABLE)[0]
    died = incident(row)
    alive = died.children[0].model_copy(update={"key": "C2", "outcome": "neither"})
    assert case_facts(died.model_copy(update={"children": (alive, *died.children)}))[CHILD_DIED] is True


def test_every_fact_that_the_regime_needs_can_be_answered_by_an_incident() -> None:
    assert set(NEEDED) <= set(FACTS)
    assert set(FACTS) == set(case_facts(incident(rows(TABLE)[0])))


def test_each_limb_is_answered_with_its_title_and_source() -> None:
    verdict = judge({}, CRITERIA)
    assert [(a.limb, a.title, a.source) for a in verdict.answers] == [
        (limb.id, limb.title, str(limb.source)) for limb in CRITERIA
    ]
    assert {answer.met for answer in verdict.answers} == {None}


known_or_not = st.fixed_dictionaries({need: st.sampled_from([True, False, None]) for need in NEEDED})


@given(facts=known_or_not, later=st.fixed_dictionaries({need: st.booleans() for need in NEEDED}))
def test_what_is_settled_stays_settled_when_more_becomes_known(
    facts: dict[str, bool | None], later: dict[str, bool]
) -> None:
    before = judge(facts, CRITERIA)
    after = judge({need: later[need] if held is None else held for need, held in facts.items()}, CRITERIA)
    assert after.verdict != "undetermined"
    assert set(before.limbs) <= set(after.limbs)
    possible = {
        "always": {"always"},
        "consider": {"consider", "always"},
        "not_met": {"not_met"},
        "undetermined": {"always", "consider", "not_met"},
    }
    assert after.verdict in possible[before.verdict]
    for was, now in zip(before.answers, after.answers, strict=True):
        assert was.met in (None, now.met)


@given(facts=known_or_not)
def test_undetermined_means_that_some_answer_could_still_meet_a_limb(facts: dict[str, bool | None]) -> None:
    best = judge({need: held is not False for need, held in facts.items()}, CRITERIA)
    if judge(facts, CRITERIA).verdict == "undetermined":
        assert best.limbs
    if judge(facts, CRITERIA).verdict == "not_met":
        assert not best.limbs


@given(facts=known_or_not, order=st.permutations(NEEDED))
def test_the_order_in_which_facts_are_given_does_not_matter(facts: dict[str, bool | None], order: list[str]) -> None:
    assert judge({need: facts[need] for need in order}, CRITERIA) == judge(facts, CRITERIA)


@given(facts=known_or_not, order=st.sampled_from(list(permutations(range(3)))))
def test_the_order_of_the_limbs_changes_only_the_order_of_the_answers(
    facts: dict[str, bool | None], order: tuple[int, ...]
) -> None:
    shuffled = tuple(CRITERIA[place] for place in order) + CRITERIA[3:]
    one, other = judge(facts, CRITERIA), judge(facts, shuffled)
    assert one.verdict == other.verdict
    assert set(one.answers) == set(other.answers)
    assert list(other.limbs) == [limb.id for limb in shuffled if limb.id in one.limbs]


@given(facts=known_or_not)
def test_a_fact_left_out_is_a_fact_not_known(facts: dict[str, bool | None]) -> None:
    assert judge({n: held for n, held in facts.items() if held is not None}, CRITERIA) == judge(facts, CRITERIA)
