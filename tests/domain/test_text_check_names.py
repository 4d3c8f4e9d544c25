"""Names of persons are marked; organisations, roles, documents, places and headings are not."""

import pytest

from domain.text_check import check


def named(text: str, *known: str) -> list[str]:
    return [" ".join(mark.passage.split()) for mark in check(text, known) if mark.kind == "name"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("They met Mr Smith.", "Mr Smith"),
        ("Dr. Patel came.", "Dr. Patel"),
        ("Dr Young's notes were read.", "Dr Young"),
        ("PC Jones and DS O'Brien came.", "DS O'Brien"),
        ("Nurse Adeyemi came.", "Nurse Adeyemi"),
        ("Detective Inspector Harrow came.", "Detective Inspector Harrow"),
        ("Health Visitor Okonkwo came.", "Health Visitor Okonkwo"),
        ("the health visitor Okonkwo came", "Okonkwo"),
        ("her brother Darren came", "Darren"),
        ("The mother, Donna, came.", "Donna"),
        ("A boy called Kyle came.", "Kyle"),
        ("Later Jane Brown came.", "Jane Brown"),
        ("Jane\nBrown came.", "Jane Brown"),
        ("Jane Brown-Lee's notes", "Jane Brown-Lee"),
        ("JANE BROWNLOW was seen.", "JANE BROWNLOW"),
        ("However Jane Brown came.", "Jane Brown"),
        ("Professional Curiosity Jane Brownlow", "Jane Brownlow"),
        ("The family of Kwabena Mensah moved.", "Kwabena Mensah"),
        ("Adeyemi Okonkwo visited.", "Adeyemi Okonkwo"),
        ("They met Ludwig van der Berg.", "Ludwig van der Berg"),
        ("They met J. Smith there.", "J. Smith"),
        ("They met J. K. Smithson there.", "J. K. Smithson"),
        ("The Social Worker Jane Brown came.", "Jane Brown"),
        ("Zoë Brontë came.", "Zoë Brontë"),
    ],
)
def test_name_is_marked(text: str, name: str) -> None:
    assert any(name in found for found in named(text)), named(text)


@pytest.mark.parametrize(
    "text",
    [
        "Northbridge Housing and Northbridge Police sent reports.",
        "Northbridge Safeguarding Children Board published the Serious Case Review.",
        "The Lead Reviewer met the Panel Chair and the Board Business Manager.",
        "Children's Services and Adult Social Care attended.",
        "Working Together to Safeguard Children 2015 applies.",
        "The Family Nurse Partnership, the Youth Justice Board and the Family Justice Review are cited.",
        "The Head Teacher told the Designated Safeguarding Lead.",
        "In South Yorkshire, Milton Keynes and Tower Hamlets.",
        "On Monday Child K was seen. In May Mother A moved.",
        "However Practitioners waited. Although Staff asked. Nevertheless Managers agreed.",
        "Key Practice Episodes",
        "Disguised Compliance And Professional Optimism",
        "Nurse Consultant posts and Nurse Practitioners were new.",
        "Child K. Later the family moved.",
        "The Coroner and the Crown Prosecution Service were told.",
        "Will Services change? May Agencies share? Grace Period ended.",
        "The Munro Review and Lord Laming are cited.",
        "Mother and Father were seen by the Health Visitor and the GP.",
        "The Lucy Faithfull Foundation gave advice.",
        "Police Officers, Social Workers and Midwives met.",
        "The Integrated Care Board, NHS England and Public Health England replied.",
        "The nurse Child K saw was new.",
        "Dr A and Nurse B left.",
        "The sister service in Scotland.",
    ],
)
def test_what_is_no_name_is_left_alone(text: str) -> None:
    assert named(text) == []


def test_known_name_is_found_in_any_case_from_four_letters_on() -> None:
    assert named("then donna said", "Donna") == ["donna"]
    assert named("then DONNA said", "Donna") == ["DONNA"]
    assert named("Donna\u2019s sister", "Donna") == ["Donna"]


def test_short_known_name_is_found_only_as_it_is_written() -> None:
    assert named("Kit said so", "Kit") == ["Kit"]
    assert named("a first aid kit", "Kit") == []


def test_known_name_is_a_whole_word() -> None:
    assert named("Donnatella and belladonna", "Donna") == []


def test_known_name_that_is_an_ordinary_word_needs_its_capital_letter() -> None:
    assert named("There was hope.", "Hope") == []
    assert named("They told Hope.", "Hope") == ["Hope"]


def test_known_name_that_is_a_month_is_not_marked_as_a_month() -> None:
    assert named("They met in May 2015.", "May") == []
    assert named("They met May at school.", "May") == ["May"]


def test_half_of_a_double_name_is_found() -> None:
    assert named("ask Brown-Okafor", "Okafor") == ["Brown-Okafor"]


def test_known_name_of_several_words_is_found_over_a_line_break() -> None:
    assert named("the amaris\nholloway team", "Amaris Holloway") == ["amaris holloway"]


def test_accents_may_be_composed_or_not() -> None:
    assert named("then Zoe\u0308 said", "Zoë") == ["Zoe\u0308"]


def test_name_within_a_longer_name_is_marked_once() -> None:
    assert named("They met Mr Alan Smith.", "Smith", "Alan") == ["Mr Alan Smith"]


def test_likely_name_within_an_address_is_not_marked_twice() -> None:
    assert named("They lived at 12 Jane Austen Close.") == []


def test_guess_says_what_to_do_if_it_is_no_name() -> None:
    assert "otherwise say that it stays" in check("The family of Kwabena Mensah moved.")[0].why
