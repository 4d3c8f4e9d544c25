"""Every rule of notification and rapid review that refuses: in which situation, by which code; and nothing happens."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rapid_world import (
    AWARE,
    CHAIR_OF_PARTNERS,
    HEAD,
    LOCAL,
    NO_LOCAL,
    NOT_ABUSED,
    NOT_KNOWN,
    OTHER_LOCAL,
    PARTNERS,
    after,
    agree,
    agreed,
    decide_local,
    decided_local,
    kid,
    no_review,
    notices_handed_over,
    notified,
    notify,
    panel,
    partner,
    rapid,
    record,
    recorded,
    settle,
    submit,
    submitted,
    tell_partners,
    withdraw,
)
from stage_world import HOUR, MANAGER, T0, World, acknowledge, actor, answer, learning, request_id, secure

import domain.rapid_review
from domain.command import Command
from domain.notification_commands import NotifyPanel
from domain.people import Role
from domain.rapid_review import RapidReviewState
from domain.text_check import Kept, Mark

LATER = T0 + HOUR
MARK = Mark(passage="Zebedelia", kind="name", why="a name")
Situation = Callable[[], World[RapidReviewState]]


def six() -> World[RapidReviewState]:
    return rapid(children=[kid(f"C{n}") for n in range(1, 7)])


def withdrawn() -> World[RapidReviewState]:
    return after(notified(), answer("abuse_or_neglect", "no"), withdraw())


def disagreed() -> World[RapidReviewState]:
    return after(recorded(), agree("authority", "disagree"), agree("health"), agree("police"))


def withdrawn_after_agreement() -> World[RapidReviewState]:
    return after(agreed(), answer("abuse_or_neglect", "no"), withdraw())


def slept(situation: Situation) -> World[RapidReviewState]:
    return situation().sleep(2 * HOUR)


RECORDER_AS_CHAIR = actor(Role.BOARD_CHAIR, MANAGER.person)
PARTNER_AS_CHAIR = actor(Role.BOARD_CHAIR, "partner-health")

REFUSED: list[tuple[str, Situation, Command, str]] = [
    # The notification
    ("by who is not of the authority", rapid, notify(by=MANAGER), "role"),
    ("notified twice", notified, notify(), "notified"),
    ("notified before aware", rapid, notify(at=AWARE - HOUR), "notified-after-aware"),
    ("notified in the future", rapid, notify(at=LATER), "future"),
    ("five children", six, notify("C1", "C2", "C3", "C4", "C5", others="one more"), "most-children"),
    ("a child twice", six, notify("C1", "C1", others="more"), "most-children"),
    ("a child unknown", rapid, notify("C9"), "child-of-incident"),
    ("children left out though there is room", six, notify("C1", "C2", others="more"), "children-left-out"),
    ("further children not told of", six, notify("C1", "C2", "C3", "C4"), "others-told-of"),
    ("notified after the end", lambda: after(rapid(NOT_ABUSED), no_review()), notify(), "decided"),
    ("partners told twice", notified, tell_partners(), "partners-told"),
    ("partners told before aware", rapid, tell_partners(AWARE - HOUR), "told-after-aware"),
    ("partners told in the future", rapid, tell_partners(LATER), "future"),
    ("nothing to withdraw", lambda: rapid(NOT_ABUSED), withdraw(), "nothing-notified"),
    ("withdrawn twice", withdrawn, withdraw(), "decided"),
    ("panel agreed before it was notified", notified, withdraw(T0 - HOUR), "agreed-after-notified"),
    ("panel to agree", notified, withdraw(LATER), "future"),
    ("withdrawn though the criteria are met", notified, withdraw(), "criteria-met"),
    ("withdrawn though it is open", lambda: notified(facts=NOT_KNOWN), withdraw(), "criteria-open"),
    ("no review though the criteria are met", rapid, no_review(), "criteria-met"),
    ("no review though it is open", lambda: rapid(NOT_KNOWN), no_review(), "criteria-open"),
    (
        "no review before a looked-after child's death is notified",
        lambda: rapid(NOT_ABUSED, [kid(died=True, looked_after=True)]),
        no_review(),
        "death-is-notified",
    ),
    (
        "no review of what was notified",
        lambda: after(notified(), answer("abuse_or_neglect", "no")),
        no_review(),
        "notified-so-reviewed",
    ),
    # Facts and agencies
    ("fact of no criterion", rapid, answer("weather", "yes"), "known-fact"),
    ("fact after the decision", decided_local, answer("abuse_or_neglect", "no"), "decided"),
    ("agency not asked", rapid, secure("police"), "agency-asked"),
    ("another stage's command", rapid, acknowledge(), "unknown-command"),
    # The rapid review
    ("no rapid review without notification", rapid, record(), "notified-first"),
    ("recorded after the decision", decided_local, record(), "decided"),
    ("recorded after the withdrawal", withdrawn, record(), "decided"),
    ("recorded anew though sent", submitted, record(), "submitted"),
    ("recorded anew though agreed", lambda: after(submitted(), panel("agrees")), record(), "submitted"),
    ("a limb not considered", notified, record(reasons={"death": "considered"}), "each-limb"),
    ("other review unnamed", notified, record(OTHER_LOCAL, other_review=" "), "review-named"),
    ("review named for nothing", notified, record(NO_LOCAL, other_review="thematic"), "review-named"),
    ("two partners", notified, record(partners=PARTNERS[:2]), "three-partners"),
    ("no partner", notified, record(partners=()), "three-partners"),
    ("a name marked", notified, record(marks=(MARK,)), "text-marked"),
    ("nothing to send", notified, submit(), "recorded-first"),
    ("nobody agreed", recorded, submit(), "partners-agree"),
    ("two agreed", lambda: after(recorded(), agree("health"), agree("police")), submit(), "partners-agree"),
    ("one disagrees", disagreed, submit(), "partners-agree"),
    ("to be recorded anew", lambda: after(disagreed(), settle("anew")), submit(), "partners-agree"),
    ("sent twice", submitted, submit(), "submitted"),
    ("sent after the end", withdrawn_after_agreement, submit(), "ended"),
    ("sent before it was agreed", agreed, submit(T0 - HOUR), "sent-after-agreement"),
    ("sent in the future", agreed, submit(LATER), "future"),
    ("panel's answer to nothing", agreed, panel(), "submitted-first"),
    ("panel's answer before the sending", submitted, panel(at=T0 - HOUR), "answer-after-sending"),
    ("panel's answer to come", submitted, panel(at=LATER), "future"),
    ("panel's answer twice", lambda: after(submitted(), panel("challenges")), panel(), "panel-answered"),
    ("challenge of a decision", lambda: decided_local(NO_LOCAL), panel("challenges"), "challenge-opens-again"),
    # The partners
    ("no version to agree to", notified, agree("health"), "nothing-recorded"),
    ("agreed after the end", withdrawn_after_agreement, agree("health"), "nothing-recorded"),
    ("agreed after the sending", submitted, agree("health"), "submitted"),
    ("for another agency", recorded, agree("police", by=partner("health")), "own-agency"),
    ("for no partner's agency", recorded, agree("housing"), "partner-of-the-area"),
    ("for no agency", recorded, agree(None), "partner-of-the-area"),
    ("disagreed without reason", recorded, agree("health", "disagree", reason=" "), "reason-given"),
    ("comment without words", recorded, agree("health", "agree-with-comment", reason=" "), "reason-given"),
    ("by who recorded it", recorded, agree("health", by=partner("health", MANAGER.person)), "recorder-does-not-agree"),
    (
        "by one person for two",
        lambda: after(recorded(), agree("health")),
        agree("police", by=partner("police", "partner-health")),
        "one-for-one",
    ),
    ("after the settlement", lambda: after(disagreed(), settle()), agree("authority"), "settled"),
    ("settled twice", lambda: after(disagreed(), settle()), settle(), "settled"),
    (
        "settled while one is silent",
        lambda: after(recorded(), agree("authority", "disagree"), agree("health")),
        settle(),
        "all-answered",
    ),
    ("settled though all agree", agreed, settle(), "nothing-to-settle"),
    ("settled by a partner", disagreed, settle(by=PARTNER_AS_CHAIR), "party-does-not-settle"),
    ("settled by who recorded it", disagreed, settle(by=RECORDER_AS_CHAIR), "party-does-not-settle"),
    # The decision
    ("decided before the sending", agreed, decide_local(), "submitted-first"),
    ("decided twice", decided_local, decide_local(), "decided"),
    ("decided after the withdrawal", withdrawn, decide_local(), "decided"),
    ("decided by who recorded it", submitted, decide_local(by=RECORDER_AS_CHAIR), "recommender-is-not-decider"),
    ("other decided unnamed", submitted, decide_local(OTHER_LOCAL, other_review=""), "review-named"),
    (
        "as recommended though challenged",
        lambda: after(submitted(), panel("challenges")),
        decide_local(LOCAL, answer_to_panel=" "),
        "panel-is-answered",
    ),
    ("learning before the decision", submitted, learning(), "closing"),
    ("learning of a review", decided_local, learning(), "closing"),
    (
        "learning twice",
        lambda: after(notices_handed_over(decided_local(NO_LOCAL)), learning()),
        learning(),
        "recorded",
    ),
]


@pytest.mark.parametrize(("situation", "command", "code"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_rapid_review_refuses_by_this_rule_with_its_source_and_nothing_happens(
    situation: Situation, command: Command, code: str
) -> None:
    world = situation()
    before = world.stage
    refusal = world.refuses(command)
    assert refusal is not None
    assert refusal.code == code
    assert refusal.text.endswith(".")
    assert refusal.source.strip()
    assert world.stage == before


def test_every_rule_of_the_rapid_review_has_its_situation_above() -> None:
    folder = Path(domain.rapid_review.__file__).parent
    files = [*folder.glob("rapid_review*.py"), *folder.glob("notification*.py")]
    written = "".join(file.read_text("utf-8") for file in files)
    codes = set(re.findall(r'(?:code=|_no\(\s*)"([a-z-]+)"', written))
    assert len(codes) > 30
    assert codes <= {code for *_, code in REFUSED}


def test_what_was_not_looked_up_yet_is_not_refused_for_it() -> None:
    """The validator asks before the directory and the word lists were asked."""
    assert notified().refuses(record(partners=None)) is None


def test_a_marked_passage_stays_with_its_reason() -> None:
    stays = (Kept(passage=MARK.passage, reason="the name of a method"),)
    assert notified().refuses(record(marks=(MARK,), stays=stays)) is None


def test_too_few_partners_are_told_with_what_to_do() -> None:
    refusal = notified().refuses(record(partners=("health",)))
    assert refusal is not None
    for word in ("1 agencies", "local authority, health, police", "safeguarding-partner"):
        assert word in refusal.text


def test_a_rapid_review_s_refusal_never_repeats_what_a_person_typed() -> None:
    typed = "Zebedelia"
    strange = NotifyPanel(request_id=request_id(), actor=HEAD, sent_at=T0, reference=typed, children=(typed,))
    tries: list[tuple[World[RapidReviewState], Command]] = [
        (rapid(), strange),
        (rapid(), answer(typed, "yes")),
        (recorded(), agree(typed)),
        (notified(), record(reasons={typed: "why"})),
        (notified(), record(marks=(MARK,))),
        (agreed(), settle(by=CHAIR_OF_PARTNERS)),
    ]
    for world, command in tries:
        refusal = world.refuses(command)
        assert refusal is not None
        assert typed not in refusal.model_dump_json(), refusal.code


def test_a_late_challenge_of_a_local_review_that_is_held_is_kept() -> None:
    assert slept(decided_local).refuses(panel("challenges")) is None
