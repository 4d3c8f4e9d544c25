"""Words of blame, hindsight and conclusion are marked; the ordinary words of safeguarding are not."""

import pytest

from domain.text_check import check


def passages(text: str) -> list[str]:
    return [" ".join(mark.passage.split()) for mark in check(text) if mark.kind == "blame"]


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("The social worker failed to visit.", "failed to"),
        ("Agencies repeatedly fail to share information.", "fail to"),
        ("The failure to refer was noted.", "failure to"),
        ("The failure of professionals to listen was plain.", "failure of professionals"),
        ("There were serious failings in the team.", "failings"),
        ("The agencies failed him.", "failed him"),
        ("Child K was failed by those around her.", "failed by"),
        ("She was let down by the service.", "was let down by"),
        ("The school let the child down.", "let the child down"),
        ("The nurse neglected her duty.", "neglected her duty"),
        ("It was a dereliction of duty.", "dereliction of duty"),
        ("The trust breached its duty of care.", "breached its duty of care"),
        ("The team turned a blind eye.", "turned a blind eye"),
        ("The manager should have asked.", "should have asked"),
        ("The manager should not have closed the case.", "should not have closed"),
        ("The referral should have been made.", "should have been"),
        ("Staff should immediately have known.", "should immediately have known"),
        ("Staff should have immediately told the police.", "should have immediately told"),
        ("Staff should\nhave told the police.", "should have told"),
        ("They ought to have seen it.", "ought to have seen"),
        ("They should\u2019ve seen it.", "should\u2019ve seen"),
        ("A visit could have prevented the injury.", "could have prevented"),
        ("The death might well have been avoided.", "might well have been avoided"),
        ("With more visits he would have survived.", "would have survived"),
        ("The outcome could have been different.", "could have been different"),
        ("They could have done more.", "could have done more"),
        ("This was a missed opportunity.", "missed opportunity"),
        ("Staff missed several key opportunities.", "missed several key opportunities"),
        ("Opportunities to intervene were missed.", "Opportunities to intervene were missed"),
        ("It was a preventable death.", "preventable death"),
        ("It was obvious to all.", "was obvious"),
        ("The police ignored the warnings.", "ignored the"),
        ("The nurse was wrong not to ask.", "was wrong not to"),
        ("If only the worker had called.", "If only the"),
        ("The doctor was negligent.", "negligent"),
        ("This was gross negligence.", "gross negligence"),
        ("An incompetent response.", "incompetent"),
        ("The manager is culpable.", "culpable"),
        ("The parents were partly to blame.", "were partly to blame"),
        ("The school was at fault.", "at fault"),
        ("The blame lies with the council.", "blame lies with"),
        ("She was responsible for the child's death.", "responsible for the child's death"),
        ("He was responsible for her injuries.", "responsible for her injuries"),
        ("The delay was inexcusable.", "inexcusable"),
        ("There was no excuse for it.", "no excuse for"),
        ("The delay was wholly unacceptable.", "wholly unacceptable"),
        ("Recording was careless and sloppy.", "careless"),
        ("The team had become complacent.", "complacent"),
        ("The father caused the death.", "caused the death"),
        ("This led to his tragic death.", "led to his tragic death"),
        ("The cause of death was a head injury.", "cause of death was"),
        ("The baby died as a result of shaking.", "died as a result of"),
        ("She was killed by her father.", "was killed by"),
        ("Her father is a murderer.", "murderer"),
        ("He was guilty of this.", "was guilty of"),
        ("The injuries were inflicted by the father.", "inflicted by the father"),
        ("The child was starved to death.", "starved to death"),
        ("The worker did not visit and was negligent.", "negligent"),
        ("No visit was made, the worker was negligent.", "negligent"),
        ("She was not told. The nurse was careless.", "careless"),
    ],
)
def test_blame_is_marked(text: str, passage: str) -> None:
    assert passage in passages(text)


@pytest.mark.parametrize(
    "text",
    [
        "The category was abuse or neglect.",
        "Neglect was known and the child was neglected.",
        "Neglected children are often hungry.",
        "She had failure to thrive.",
        "The baby failed to thrive.",
        "He was treated for heart failure and kidney failure.",
        "The responsible authority is the board.",
        "The responsible clinician left; the responsible manager stayed.",
        "Each agency is responsible for its own report.",
        "The panel is responsible for the child death overview process.",
        "There was a risk of harm.",
        "The boiler was faulty.",
        "The difference was negligible.",
        "Every school should have a named professional.",
        "Staff should have access to supervision.",
        "Agencies should have agreed procedures.",
        "Teams should have designated and named professionals.",
        "Workers should have regard to the guidance.",
        "Every board should have trained staff and dedicated time.",
        "The letter could have come from anyone.",
        "What could have helped?",
        "The parents may have known the neighbour.",
        "The review does not seek to establish who is culpable.",
        "A review is neither an inquiry into how a child died nor into who is culpable.",
        "It is not about who is to blame.",
        "It is not an inquiry into how a child died, nor does it seek to establish who is culpable.",
        "The panel did not find that anyone was negligent.",
        "Nobody was at fault.",
        "The aim is learning without blame, in a culture without fear of being blamed.",
        "Who is culpable is a matter for the courts.",
        "What caused the death is for the coroner.",
        "The cause of death is for the coroner to say.",
        "How and why the child died is for the coroner.",
        "The child died in hospital.",
        "The mother felt guilty.",
        "The father pleaded guilty.",
        "He was found guilty of an offence.",
        "He was convicted of manslaughter and charged with murder.",
        "The police opened a murder investigation.",
        "The mother said that she blamed herself.",
        "The heating was a fault of the landlord's system.",
        "Gross motor skills were delayed.",
        "The behaviour posed an unacceptable risk.",
        "Opportunities to learn were taken.",
        "Missed appointments were followed up.",
        "The child was not brought to the appointment.",
        "Hindsight bias makes the past look simpler.",
        "Careful recording helped.",
        "The mother was late and carefree.",
        "Faultless arithmetic, defaults and by default.",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert passages(text) == []


def test_reason_asks_what_made_it_make_sense_at_the_time() -> None:
    for text in ("They failed to act.", "They were negligent."):
        assert "make sense" in check(text)[0].why


def test_conclusions_are_referred_to_court_and_coroner() -> None:
    why = check("He killed her.")[0].why
    assert "coroner" in why and "court" in why
