"""What identifies a family without a name: numbers, places, exact dates and ages, and initials beside them."""

import pytest

from domain.text_check import check
from domain.text_check_identifiers import valid_nhs_number


def marked(text: str, kind: str = "identifier") -> list[str]:
    return [" ".join(mark.passage.split()) for mark in check(text) if mark.kind == kind]


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("Her number is 943 476 5919.", "943 476 5919"),
        ("Her number is 943-476-5919.", "943-476-5919"),
        ("NHS number: 123 456 7890", "NHS number: 123 456 7890"),
        ("National Insurance AB 12 34 56 C", "AB 12 34 56 C"),
        ("at NB1 2AB now", "NB1 2AB"),
        ("at SW1A 1AA now", "SW1A 1AA"),
        ("call 01632 960123", "01632 960123"),
        ("call (01632) 960 123", "(01632) 960 123"),
        ("call +44 7700 900123", "+44 7700 900123"),
        ("call 020 7946 0018.", "020 7946 0018"),
        ("write to jane.smith@mail.example.", "jane.smith@mail.example"),
        ("posted by @northbridge_mum", "@northbridge_mum"),
        ("see https://news.example/a-story.", "https://news.example/a-story"),
        ("see www.news.example", "www.news.example"),
        ("crime reference 12/AB/3456", "crime reference 12/AB/3456"),
        ("police log number 1234 of the day", "police log number 1234"),
        ("custody record number NB/123/15", "custody record number NB/123/15"),
        ("car AB12 CDE", "AB12 CDE"),
        ("registration A123 BCD", "registration A123 BCD"),
        ("living at 12 Elm Road", "12 Elm Road"),
        ("living at 14a Church Lane", "14a Church Lane"),
        ("living at Flat 3, 27 Larch House", "Flat 3, 27 Larch House"),
        ("seen in Larch Avenue", "Larch Avenue"),
        ("at Elmfield Primary School", "Elmfield Primary School"),
        ("at St Mary's School", "St Mary's School"),
        ("at St. Mary\u2019s Church of England Primary School", "Mary"),
        ("at Northbridge General Hospital", "Northbridge General Hospital"),
        ("at the Elmfield Surgery", "Elmfield Surgery"),
        ("at Elmfield Medical Centre", "Elmfield Medical Centre"),
        ("at Larch Children's Centre", "Larch Children's Centre"),
        ("on 3 May 2014", "3 May 2014"),
        ("on 3rd of May, 2014", "3rd of May, 2014"),
        ("on May 3rd, 2014", "May 3rd, 2014"),
        ("on 03/05/2014", "03/05/2014"),
        ("on 2014-05-03", "2014-05-03"),
        ("on 3.5.14", "3.5.14"),
        ("born on 3 May", "3 May"),
        ("the baby died on 14 March", "14 March"),
        ("aged 7 weeks and 3 days", "aged 7 weeks and 3 days"),
        ("aged seven weeks", "aged seven weeks"),
        ("an 11-day-old baby", "11-day-old"),
        ("was 3 weeks old", "3 weeks old"),
        ("aged 2 years, 7 months", "aged 2 years, 7 months"),
        ("diagnosed with Menkes disease", "diagnosed with Menkes disease"),
        ("diagnosed with a rare metabolic condition", "diagnosed with a rare metabolic condition"),
    ],
)
def test_identifier_is_marked(text: str, passage: str) -> None:
    assert any(passage in found for found in marked(text)), marked(text)


@pytest.mark.parametrize(
    "text",
    [
        "Working Together 2015 and Working Together (2018 edition) apply.",
        "The guidance published on 26 March 2015 applies.",
        "Under the Children Act 1989, section 47, and regulations in force from 1 April 2014.",
        "The period runs from May 2013 to January 2015.",
        "Within 15 working days; after 6 weeks; for 3 days.",
        "The 6-8 week check and the two-year review were done.",
        "Babies under four weeks old and children aged over 12 weeks old.",
        "The child was aged two and the sibling aged 7.",
        "By 1 April the plan had ended.",
        "Call 999 or 101 or 111.",
        "Case NB-2026-101, document D-9/2, finding F1, version 1.2.3.",
        "Number 943 476 5918 is not valid, nor 1234567890.",
        "See https://www.gov.uk/guidance and www.legislation.gov.uk/ukpga/1989/41.",
        "The primary school, the local Hospital, a General Hospital, High School and the Children's Centre.",
        "The Royal College of Nursing and a School Nurse.",
        "The Family Court, the Crown Court and the High Court.",
        "The high street and the road home. High Street shops.",
        "Crime rates fell; police reference groups met; case number four.",
        "Diagnosed with ADHD, diagnosed with asthma, diagnosed with Type 1 diabetes.",
        "Every School, Our School, Their Hospital.",
        "0 1 2 3 4 5 6 7 8 9 10 11",
    ],
)
def test_what_identifies_nobody_is_left_alone(text: str) -> None:
    assert marked(text) == []


def test_day_of_birth_has_a_reason_of_its_own() -> None:
    assert "register" in check("She was born on 3 May 2014.")[0].why
    assert "register" not in check("They moved on 3 May 2014.")[0].why


def test_birth_beside_guidance_is_still_marked() -> None:
    assert marked("Guidance was issued before he was born on 3 May 2014.") == ["3 May 2014"]


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("943 476 5919", True),
        ("9434765919", True),
        ("943 476 5918", False),
        ("1111111111", False),
        ("943476591", False),
    ],
)
def test_nhs_number_needs_its_check_digit(number: str, valid: bool) -> None:
    assert valid_nhs_number(number) is valid


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("AB was born on 3 May 2014.", "AB was born on 3 May 2014"),
        ("On 3 May 2014 the nurse saw AB.", "3 May 2014 the nurse saw AB"),
        ("J.K., aged 7, was seen.", "J.K., aged 7"),
        ("J. K. was 7 years old.", "J. K. was 7 years old"),
        ("RF's date of birth is known.", "RF's date of birth"),
    ],
)
def test_initials_beside_a_date_or_age_are_marked(text: str, passage: str) -> None:
    assert marked(text, "initials-and-date") == [passage]


@pytest.mark.parametrize(
    "text",
    [
        "RF was seen. The visit was on 3 May 2014.",
        "RF was seen in May 2014.",
        "Child K, aged 7, was seen.",
        "The GP saw a child aged 7 on 3 May 2014.",
        "The UK guidance of 3 May 2014.",
        "QM13 and F1 were dated 3 May 2014.",
        "Mother A was 19 years old.",
        "In Part II the sibling is aged 7.",
    ],
)
def test_codes_acronyms_and_initials_alone_are_left_alone(text: str) -> None:
    assert marked(text, "initials-and-date") == []


def test_initials_far_from_the_date_are_marked_alone() -> None:
    text = f"RF was seen {'again and ' * 40}on 3 May 2014."
    assert marked(text, "initials-and-date") == ["RF"]
