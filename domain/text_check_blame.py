"""Words of blame and hindsight, and conclusions about guilt or the cause of a death.

A review explains why what people did made sense to them then. Who is culpable is for criminal courts, how a child died
for the coroner.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from domain.text_check_passage import WORD, Passage, Sentences
from domain.text_check_words import BEFORE_A_DENIED_WORD, DENYING, IRREGULAR_PARTICIPLES

KIND: Final = "blame"

_FAILING = (
    "This says what people did not do, not why. Say what they did do, what they knew, and what made it make sense to "
    "them at the time: workload, tools, guidance, supervision."
)
_HINDSIGHT = (
    "This judges with what was known only afterwards. Say what could be seen at the time, what people made of it and "
    "why, and what would help others to see it earlier."
)
_JUDGING = (
    "This word judges people or agencies. A review is about learning: describe what was done and what made it make "
    "sense at the time; concerns about somebody's conduct go to their employer or regulator."
)
_CONCLUDING = (
    "How a child died is for the coroner and guilt is for the courts; a review concludes neither. Say what happened "
    "without the conclusion, or say which court or coroner found it."
)

_PERFECT = rf"(?:been|had|\w{{2,20}}ed|{'|'.join(IRREGULAR_PARTICIPLES)})"
_ADVERB = r"(?:(?:also|then|already|never|not|at least|more|better|further|sooner|\w{2,20}ly) ){0,2}"
_ARRANGED = (
    r"(?!\w{2,20} (?:and \w{2,20} )?(?:access|arrangements?|doctors?|guidance|leads?|nurses?|ownership|plans?"
    r"|polic(?:y|ies)"
    r"|practitioners?|procedures?|professionals?|protocols?|responsibilit(?:y|ies)|roles?|staff|supervision|systems?|time"
    r"|understanding|workers?)\b)"
)
"""After "should have": what every service should have now (agreed procedures), which blames nobody."""
_TURNED = (
    r"(?:prevented|avoided|averted|saved|protected|survived|foreseen|predicted|intervened"
    r"|done (?:more|better|differently)"
    r"|been (?:prevented|avoided|averted|saved|stopped|protected|foreseen|predicted|spotted|alive|different)"
    r"|acted (?:sooner|earlier|differently))"
)
_THEM = r"(?:him|her|them|the (?:child|children|family|baby|boy|girl|siblings?)|this (?:child|family)|child \w{1,3})"
_WHOSE = r"(?:the|his|her|their|its|this|that|a|an|child \w{1,3}['\u2019]s)"
_HARM = r"(?:deaths?|dying|injur(?:y|ies)|harm|abuse|tragedy|bruis(?:es|ing)|fractures?|burns?)"
_SOME = r"(?:(?!of\b|into\b|after\b|reviews?\b)[\w'\u2019-]{1,30} ){0,2}"
_WHO = (
    r"(?:agenc(?:y|ies)|professionals?|practitioners?|staff|workers?|visitors?|doctors?|nurses?|police|officers?|schools?"
    r"|teachers?|managers?|council|parents?|mother|father|services?|hospital|trust)"
)
_SIGNS = r"(?:signs?|risks?|warnings?|errors?|omissions?|dangers?|indicators?|mistakes?)"
_DUTY = r"(?:dut(?:y|ies)|responsibilit(?:y|ies)|obligations?)"

_VIOLENT = ("beaten", "shaken", "smothered", "suffocated", "strangled", "poisoned", "drowned", "stabbed", "starved")

_PHRASES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    _FAILING: (
        ("fail", r"fail(?:ed|s|ing|ures?)? to(?! thrive\b)"),
        ("failure", rf"failures? (?:of|by) (?:the |all |both |these |individual |social |health ){{0,2}}{_WHO}"),
        ("failing", r"failings?(?! (?:heart|kidneys?|liver|lungs?|health|eyesight|to)\b)"),
        ("failed", rf"failed (?:by\b(?! \d)|{_THEM})(?! (?:exams?|tests?|assessments?)\b)"),
        ("down", rf"(?:let {_THEM} down|(?:was|were|been|being) (?:badly |again |all )?let down(?: by)?)"),
        (
            "neglected",
            rf"neglected (?:to|(?:his|her|their|its|the) (?:own |statutory |legal )?{_DUTY})",
        ),
        ("neglect of", rf"neglect of (?:his |her |their |its )?{_DUTY}"),
        ("dereliction", rf"dereliction of (?:his |her |their |its )?{_DUTY}"),
        ("breach", r"breach(?:ed|es)?(?: of)?(?: his| her| their| its| the)? duty of care"),
        ("did", r"did(?: not|n['\u2019]t) (?:even )?(?:bother|care enough|care to)"),
        ("bothered", r"(?:could|can)(?: not|n['\u2019]t|not) be bothered"),
        ("blind", r"turn(?:ed|ing|s)? a blind eye"),
        ("fell", r"fell (?:far |well |seriously )?(?:below|short of) the (?:\w{1,20} )?standards?"),
    ),
    _HINDSIGHT: (
        ("have", rf"(?:should|ought to)(?: not|n['\u2019]t| \w{{2,20}}ly)? have {_ARRANGED}{_ADVERB}{_PERFECT}"),
        ("ve ", rf"(?:should|ought to)['\u2019]ve {_ADVERB}{_PERFECT}"),
        ("have", rf"(?:could|would|might|may)(?: (?:not|well|easily|probably|perhaps))? have {_ADVERB}{_TURNED}"),
        ("could have", rf"could have {_ADVERB}(?:known|seen|realised|spotted|stopped|asked|told|acted)"),
        ("ve ", rf"(?:could|would|might)['\u2019]ve {_ADVERB}{_TURNED}"),
        (
            "miss",
            r"miss(?:ed|ing) (?:(?:a|an|the|this|another|every|many|several|key|vital|crucial) ){0,3}"
            r"(?:opportunit(?:y|ies)|chances?)",
        ),
        (
            "opportunit",
            r"opportunit(?:y|ies) (?:to [\w'\u2019-]{1,30} )?(?:\w{1,30} ){0,2}(?:was|were|had been) "
            r"(?:\w{1,20}ly )?(?:missed|lost|wasted)",
        ),
        ("able ", r"(?:preventable|avoidable) (?:deaths?|injur(?:y|ies)|tragedy|harm)"),
        ("less ", r"needless (?:deaths?|injur(?:y|ies)|suffering|harm)"),
        (
            "able",
            rf"{_HARM} (?:was|were) (?:entirely |wholly |clearly )?(?:preventable|avoidable|foreseeable|predictable)",
        ),
        ("obvious", r"(?:was|were|been) (?:so |quite |plainly |perfectly |blindingly |glaringly )?obvious"),
        ("obvious", rf"obvious {_SIGNS}"),
        ("glaring", rf"glaring {_SIGNS}"),
        ("blatant", r"blatant(?:ly)?"),
        ("ignored", rf"ignored (?:{_WHOSE}|these|those|all|every|repeated|clear|warnings?|concerns?|signs?|advice)"),
        ("ignored", r"(?:was|were|been) (?:repeatedly |simply |wholly )?ignored by"),
        ("wrong", r"(?:was|were) (?:simply |plainly |clearly )?wrong (?:not )?to"),
        ("if only", r"if only (?:the|he|she|they|somebody|someone|anyone|staff|professionals|agencies)"),
        ("inexplicabl", r"inexplicabl[ey]"),
        ("astonishing", r"astonishing(?:ly)?"),
    ),
    _JUDGING: (
        ("negligen", r"negligen(?:tly|t|ce(?! (?:claims?|scheme|proceedings|litigation)\b))"),
        ("incompeten", r"incompeten(?:tly|t|ce)"),
        ("culpab", r"culpab(?:le|ly|ility)"),
        ("to blame", r"(?:(?:is|are|was|were|be|been) )?(?:(?:partly|also|equally|largely|entirely|solely) )?to blame"),
        ("blame l", r"blame (?:lies|lay) (?:with|on)"),
        ("fault l", r"fault (?:lies|lay) (?:with|on)"),
        (
            "blame",
            r"(?:carry|carries|bears?|shares?|takes?|must accept) (?:the |some |much |a share of the |all )?blame",
        ),
        ("blameworthy", r"blameworthy"),
        ("blame", rf"blame(?:d|s)? for {_WHOSE} {_SOME}{_HARM}"),
        ("at fault", r"at fault"),
        ("fault of", rf"(?:was|were|is|are) the fault of {_WHOSE}"),
        (
            "responsib",
            rf"(?:responsible|responsibility) for (?:causing )?{_WHOSE} {_SOME}{_HARM}(?! (?:reviews?|overview|process"
            r"|panel|grant|prevention|reduction|notifications?|investigations?|inquiry|enquiry)\b)",
        ),
        ("inexcusabl", r"inexcusabl[ey]"),
        ("unforgivabl", r"unforgivabl[ey]"),
        ("indefensibl", r"indefensibl[ey]"),
        ("unprofessional", r"unprofessional(?:ly)?"),
        ("no excuse", r"no excuses?(?: for)?"),
        (
            "unacceptable",
            r"(?:(?:wholly|totally|completely|utterly|simply) )?unacceptable(?! (?:to|risks?|behaviours?)\b)",
        ),
        ("careless", r"careless(?:ly|ness)?"),
        ("reckless", r"reckless(?:ly|ness)?"),
        ("lazy", r"lazy"),
        ("lazi", r"lazi(?:ly|ness)"),
        ("slop", r"slopp(?:y|iness|ily)"),
        ("shoddy", r"shoddy"),
        ("slapdash", r"slapdash"),
        ("shameful", r"shameful(?:ly)?"),
        ("disgraceful", r"disgraceful(?:ly)?"),
        ("woeful", r"woeful(?:ly)?"),
        ("scandalous", r"scandalous(?:ly)?"),
        ("lamentabl", r"lamentabl[ey]"),
        ("deplorabl", r"deplorabl[ey]"),
        ("appalling", r"appalling(?:ly)?"),
        ("gross ", r"gross (?:negligence|failures?|errors?|incompetence|misjudge?ment)"),
        ("malpractice", r"malpractice"),
        ("complacen", r"complacen(?:tly|t|cy)"),
        ("inept", r"inept(?:ly|itude)?"),
        ("gullib", r"gullib(?:le|ility)"),
        ("bungl", r"bungl(?:ed|ing)"),
        ("botched", r"botched"),
        ("blunder", r"blunder(?:s|ed|ing)?"),
        ("callous", r"callous(?:ly|ness)?"),
    ),
    _CONCLUDING: (
        ("caus", rf"caus(?:ed|ing|es) {_WHOSE} {_SOME}(?:deaths?|dying|(?:fatal )?injur(?:y|ies))"),
        ("death", rf"(?:led|leading|contributed|contributing) (?:directly )?to {_WHOSE} {_SOME}death(?! reviews?\b)"),
        ("result", rf"result(?:ed|ing) in {_WHOSE} {_SOME}(?:death|fatal injur(?:y|ies))"),
        (
            "cause of",
            r"cause of (?:the |his |her |their )?death (?:was|is|must have been)(?! (?:for|not|to|unknown|a matter)\b)",
        ),
        ("died ", r"died (?:because|as a (?:direct |likely )?result of|due to|from|of|by|at the hands of|through)"),
        ("killed", r"(?:(?:was|were|been) )?killed(?: by)?"),
        ("killer", r"killers?"),
        ("murder", r"murder(?:ers?|ed|ous)"),
        ("murder", r"murder(?! (?:trial|investigation|inquiry|enquiry|charges?|proceedings|squad|team)\b)"),
        ("manslaughter", r"manslaughter(?! (?:trial|investigation|charges?|proceedings)\b)"),
        ("guilty", r"(?:(?:is|are|was|were) )?guilty(?: of)?"),
        ("inflicted", r"inflicted (?:by|on|upon) (?:the |his |her |their |a )?[\w'\u2019-]{1,30}"),
        *((verb, rf"{verb} (?:to death|by (?:the|his|her|their|a|an))") for verb in _VIOLENT),
    ),
}
_SPACE = r"\s{1,4}"
"""Between words: lines are broken anywhere."""


class _Check(NamedTuple):
    """A phrase, and letters without which a text cannot hold it: most texts hold few of them."""

    letters: str
    phrase: re.Pattern[str]
    why: str


_CHECKS: Final = tuple(
    _Check(letters, re.compile(rf"\b(?:{phrase.replace(' ', _SPACE)})(?!\w)", re.I), why)
    for why, phrases in _PHRASES.items()
    for letters, phrase in phrases
)

_COURT = re.compile(
    r"(?:convicted|suspicion|acquitted|accused|suspected|verdict|offences?|charges?) of (?:attempted )?$"
    r"|(?:charged with|arrested for|trial for|tried for|convicted for|sentenced for|prosecuted for) (?:attempted )?$"
    r"|(?:pleaded|pleads|plead|found) (?:not )?(?:guilty )?(?:of |to )?$",
    re.I,
)
"""Before a word of guilt: a report of what police or a court did, which is no conclusion of the review."""
_FEELING = re.compile(r"\b(?:feel|feels|felt|feeling|feelings of) (?:so |very |deeply |partly )?$", re.I)
_LOOKED_BACK = 160
_DENIED_WITHIN = 12
"""Words between "not" and what is denied."""


def blame(text: str, sentences: Sentences) -> Iterator[Passage]:
    """Passages of blame, hindsight or conclusion, unless the sentence says that the review does not conclude so."""
    letters = " ".join(text.casefold().split())
    for check in _CHECKS:
        if check.letters not in letters:
            continue
        for found in check.phrase.finditer(text):
            before = text[max(sentences.around(found.start())[0], found.start() - _LOOKED_BACK) : found.start()]
            if not _excused(before, check.why):
                yield Passage(found.start(), found.end(), KIND, check.why)


def _excused(before: str, why: str) -> bool:
    if why is _HINDSIGHT:
        return False
    before = " ".join(before.split()) + " "
    if why is _CONCLUDING and (_COURT.search(before) or _FEELING.search(before)):
        return True
    return _denied(before)


def _denied(before: str) -> bool:
    """Whether only words that add nothing stand between here and a "not", a "nor", or a question who it was.

    "The review does not seek to establish who is culpable" blames nobody; "did not visit and was negligent" does.
    """
    words = [found.group().replace("\u2019", "'").casefold() for found in WORD.finditer(before)]
    if words and words[-1] in ("what", "whether", "how"):
        return True
    for word in reversed(words[-_DENIED_WITHIN:]):
        if word in DENYING or word.endswith("n't"):
            return True
        if word not in BEFORE_A_DENIED_WORD:
            return False
    return bool(words) and words[0] in ("who", "whether")
