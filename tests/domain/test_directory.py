"""The directory: every fault at once, and who is asked on a given day."""

from datetime import date
from pathlib import Path

import pytest

from activities.directory import read_directory
from domain.directory import Board, Directory, DirectoryFault, NotInRole, UnknownBoard, parse_directory
from domain.people import BODIES, OPERATORS, Role

EXAMPLE = Path(__file__).parents[2] / "directory.toml"
DAY = date(2026, 3, 16)
BOARD_ROLES = [role for role in Role if role.of_the_board]
OUTSIDE = ("inspectorate", "department", "national-panel")


def toml(people: str = "", *, without: tuple[Role, ...] = (), head: str = "", end: str = "") -> str:
    """A board whose roles are all filled by one person each, except for ``without``."""
    filled = "".join(
        f'[[board.person]]\nid = "p-{role}"\nname = "Anybody"\nemail = "{role}@board.example"\nroles = ["{role}"]\n'
        for role in BOARD_ROLES
        if role not in without and role not in OUTSIDE
    )
    bodies = "".join(
        f'[[board.body]]\nid = "{role}"\nrole = "{role}"\nname = "Body"\nemail = "{role}@body.example"\n'
        for role in OUTSIDE
        if role not in without
    )
    return f'[[board]]\nid = "northbridge"\nname = "Northbridge"\n{head}\n{filled}{people}{bodies}{end}'


def person(id: str, rest: str = "", email: str = "somebody@board.example") -> str:
    return f'[[board.person]]\nid = "{id}"\nname = "Somebody"\nemail = "{email}"\n{rest}\n'


def faults(text: str) -> list[str]:
    with pytest.raises(DirectoryFault) as raised:
        parse_directory(text)
    return str(raised.value).splitlines()


def ids(board: Board, role: Role, on: date = DAY, agency: str | None = None) -> list[str]:
    return [holder.id for holder in board.holders(role, agency, on)]


def chairs(*people: str) -> Board:
    """A board whose chairs and their deputies are these people."""
    return parse_directory(toml("".join(people), without=(Role.BOARD_CHAIR,))).board("northbridge")


@pytest.fixture(scope="module")
def example() -> Directory:
    return read_directory(EXAMPLE)


def test_example_fills_every_role_of_the_acceptance_board(example: Directory) -> None:
    board = example.board("northbridge")
    assert all(board.holders(role, None, DAY) for role in BOARD_ROLES)
    assert len(board.holders(Role.BOARD_MEMBER, None, DAY)) > 1
    assert set(ids(board, Role.SUB_GROUP)).isdisjoint(ids(board, Role.BOARD_CHAIR))


@pytest.mark.parametrize(
    "agency",
    ["northbridge-cs", "northbridge-police", "northbridge-icb", "elmfield-school", "northbridge-housing"],
)
def test_example_has_lead_and_executive_of_each_agency(example: Directory, agency: str) -> None:
    board = example.board("northbridge")
    leads, executives = (ids(board, role, agency=agency) for role in (Role.AGENCY_LEAD, Role.AGENCY_EXECUTIVE))
    assert leads
    assert executives
    assert leads != executives


def test_example_writes_to_invented_addresses_only(example: Directory) -> None:
    addresses = [somebody.email for somebody in example.board("northbridge").everybody]
    assert addresses
    assert all(address.endswith(".example") for address in addresses)


def test_unknown_board_is_named(example: Directory) -> None:
    with pytest.raises(UnknownBoard, match="no board 'elsewhere'") as raised:
        example.board("elsewhere")
    assert isinstance(raised.value, KeyError)


def test_complete_board_has_no_fault() -> None:
    board = parse_directory(toml()).board("northbridge")
    assert (board.calendar, board.regime) == ("england-wales", "england-scr")


@pytest.mark.parametrize("role", [role for role in BOARD_ROLES if role not in (*BODIES, *OPERATORS)])
def test_role_that_nobody_fills_is_a_fault(role: Role) -> None:
    assert faults(toml(without=(role,))) == [f"board[northbridge]: nobody is {role.value}"]


def test_a_board_without_an_outside_body_can_be_used_and_says_which_of_a_regime_s_it_lacks() -> None:
    board = parse_directory(toml(without=(Role.NATIONAL_PANEL,))).board("northbridge")
    assert board.lacks((Role.INSPECTORATE, Role.DEPARTMENT)) == ()
    assert board.lacks(BODIES) == (Role.NATIONAL_PANEL,)


def test_every_fault_is_told_at_once_by_its_path() -> None:
    text = toml(
        person("twin")
        + person("twin", 'deputy = "nobody"')
        + person("x1", 'emial = "a"', email="not an address")
        + person("x3", 'agency = "probation"')
        + person("x2", "absences = [{ first = 2026-03-20, last = 2026-03-10 }]"),
        without=(Role.DIRECTOR,),
        head='colour = "blue"',
        end='[[board.agency]]\nid = "police"\nname = "Police"\n'
        '[[board.agency]]\nid = "health"\nname = "Health"\nlead = "nobody"\n',
    )
    at = "board[northbridge]"
    assert set(faults(text)) == {
        f"{at}.colour: there is no such key",
        f"{at}.person[x1].email: not an e-mail address",
        f"{at}.person[x1].emial: there is no such key",
        f"{at}.person[x2].absences[#1]: ends before it begins",
        f"{at}.agency[police].lead: Field required",
        f"{at}.agency[health].lead: there is no person 'nobody'",
        f"{at}.person[twin].deputy: there is no person 'nobody'",
        f"{at}.person[x3].agency: there is no agency 'probation'",
        f"{at}: two people or bodies have the id 'twin'",
        f"{at}: nobody is director",
    }


def test_boards_and_agencies_of_the_same_id_are_faults() -> None:
    agency = '[[board.agency]]\nid = "police"\nname = "Police"\nlead = "p-director"\n'
    assert faults(toml(end=agency * 2) + toml()) == [
        "board: two boards have the id 'northbridge'",
        "board[northbridge].agency: two agencies have the id 'police'",
    ]


def test_example_has_a_list_of_themes_in_plain_words(example: Directory) -> None:
    themes = example.board("northbridge").themes
    assert {"information-sharing", "hidden-men", "disguised-compliance"} <= {theme.id for theme in themes}
    assert len({theme.title for theme in themes}) == len(themes)


def test_a_board_needs_no_list_of_themes() -> None:
    assert parse_directory(toml()).board("northbridge").themes == ()


def test_themes_of_the_same_id_are_a_fault() -> None:
    head = 'themes = [{ id = "neglect", title = "A" }, { id = "neglect", title = "B" }, { id = "other", title = "C" }]'
    assert faults(toml(head=head)) == ["board[northbridge].themes: two themes have the id 'neglect'"]


def test_a_theme_has_an_id_that_can_be_typed_and_a_title() -> None:
    head = 'themes = [{ id = "Hidden men", title = "A" }, { id = "neglect" }]'
    first, second = faults(toml(head=head))
    assert first.startswith("board[northbridge].themes[Hidden men].id: String should match pattern")
    assert second == "board[northbridge].themes[neglect].title: Field required"


@pytest.mark.parametrize(
    "email",
    [
        "",
        "nobody",
        "a@b",
        "a b@c.example",
        "a@c.example\\nBcc: x@y.example",
        "a@@c.example",
        "<a@c.example>",
        "a@c..example",
    ],
)
def test_address_that_cannot_be_written_to_is_a_fault(email: str) -> None:
    assert faults(toml(person("x1", email=email))) == ["board[northbridge].person[x1].email: not an e-mail address"]


@pytest.mark.parametrize("email", ["a@b.example", "first.last+scr@mail.board.example", "o'neil@board.example"])
def test_usual_addresses_are_taken(email: str) -> None:
    assert parse_directory(toml(person("x1", email=email)))


def test_agency_role_is_given_at_the_agency_only() -> None:
    [fault] = faults(toml(person("x1", 'roles = ["agency-lead"]')))
    assert fault.startswith("board[northbridge].person[x1].roles: agency-lead is given at the agency")


def test_nobody_is_their_own_deputy() -> None:
    expected = "board[northbridge].person[x1].deputy: nobody is their own deputy"
    assert faults(toml(person("x1", 'deputy = "x1"'))) == [expected]


@pytest.mark.parametrize("text", ["board = 3", "", "[[board]]\nperson = 3\nagency = [1]\nid = 4"])
def test_wrong_shapes_are_faults_and_no_crash(text: str) -> None:
    assert faults(text)


def test_text_that_is_not_toml_is_one_fault() -> None:
    [line] = faults("[[board]\n")
    assert line.startswith("not TOML")


def test_missing_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(DirectoryFault, match=r"^the directory .*absent\.toml cannot be read: No such file") as raised:
        read_directory(tmp_path / "absent.toml")
    assert "\n" not in str(raised.value)


def test_every_holder_of_a_role_is_asked() -> None:
    board = chairs(person("c1", 'roles = ["board-chair"]'), person("c2", 'roles = ["board-chair"]'))
    assert ids(board, Role.BOARD_CHAIR) == ["c1", "c2"]


AWAY = "absences = [{ first = 2026-03-10, last = 2026-03-20 }]"


@pytest.mark.parametrize(
    ("on", "asked"),
    [
        (date(2026, 3, 9), "c1"),
        (date(2026, 3, 10), "d1"),
        (date(2026, 3, 20), "d1"),
        (date(2026, 3, 21), "c1"),
    ],
)
def test_deputy_is_asked_on_the_days_of_absence(on: date, asked: str) -> None:
    board = chairs(person("c1", f'roles = ["board-chair"]\ndeputy = "d1"\n{AWAY}'), person("d1"))
    assert ids(board, Role.BOARD_CHAIR, on) == [asked]


def test_deputy_of_an_absent_deputy_is_asked() -> None:
    board = chairs(
        person("c1", f'roles = ["board-chair"]\ndeputy = "d1"\n{AWAY}'),
        person("d1", f'deputy = "d2"\n{AWAY}'),
        person("d2"),
    )
    assert ids(board, Role.BOARD_CHAIR) == ["d2"]


def test_deputies_in_a_circle_who_are_all_absent_are_nobody() -> None:
    board = chairs(
        person("c1", f'roles = ["board-chair"]\ndeputy = "d1"\n{AWAY}'), person("d1", f'deputy = "c1"\n{AWAY}')
    )
    assert ids(board, Role.BOARD_CHAIR) == []


def test_one_deputy_of_two_absent_holders_is_asked_once() -> None:
    board = chairs(
        person("c1", f'roles = ["board-chair"]\ndeputy = "d1"\n{AWAY}'),
        person("c2", f'roles = ["board-chair"]\ndeputy = "d1"\n{AWAY}'),
        person("d1"),
    )
    assert ids(board, Role.BOARD_CHAIR) == ["d1"]


def test_absent_holder_without_a_deputy_is_nobody() -> None:
    board = chairs(person("c1", f'roles = ["board-chair"]\n{AWAY}'))
    assert ids(board, Role.BOARD_CHAIR) == []


def test_agency_without_an_entry_has_nobody(example: Directory) -> None:
    assert example.board("northbridge").holders(Role.AGENCY_LEAD, "elsewhere", DAY) == ()


def test_agency_of_a_role_for_the_whole_board_is_passed_over() -> None:
    board = chairs(person("c1", 'roles = ["board-chair"]'))
    assert ids(board, Role.BOARD_CHAIR, agency="police") == ["c1"]
    assert board.actor("c1", Role.BOARD_CHAIR, "police", DAY).agency is None


def test_holder_acts_in_the_role_and_the_deputy_deputises() -> None:
    board = chairs(person("c1", 'roles = ["board-chair"]\ndeputy = "d1"'), person("d1", 'deputy = "d2"'), person("d2"))
    assert not board.actor("c1", Role.BOARD_CHAIR, None, DAY).deputising
    assert board.actor("d1", Role.BOARD_CHAIR, None, DAY).deputising
    with pytest.raises(NotInRole):
        board.actor("d2", Role.BOARD_CHAIR, None, DAY)


def test_deputy_of_an_absent_deputy_deputises() -> None:
    board = chairs(
        person("c1", 'roles = ["board-chair"]\ndeputy = "d1"'), person("d1", f'deputy = "d2"\n{AWAY}'), person("d2")
    )
    assert board.actor("d2", Role.BOARD_CHAIR, None, DAY).deputising


def test_agency_lead_acts_for_their_own_agency_only(example: Directory) -> None:
    board = example.board("northbridge")
    [lead] = board.holders(Role.AGENCY_LEAD, "northbridge-police", DAY)
    assert board.actor(lead.id, Role.AGENCY_LEAD, "northbridge-police", DAY).agency == "northbridge-police"
    with pytest.raises(NotInRole, match="agency lead of northbridge-icb"):
        board.actor(lead.id, Role.AGENCY_LEAD, "northbridge-icb", DAY)


def test_who_is_not_in_the_role_is_refused_without_being_named() -> None:
    board = chairs(person("c1", 'roles = ["board-chair"]'), person("stranger"))
    with pytest.raises(NotInRole) as raised:
        board.actor("stranger", Role.BOARD_CHAIR, None, DAY)
    assert "board chair" in str(raised.value)
    assert "Somebody" not in str(raised.value)
    assert "stranger" not in str(raised.value)


def test_roles_of_a_person_are_those_of_the_board_and_of_agencies() -> None:
    agency = '[[board.agency]]\nid = "police"\nname = "Police"\nlead = "p-director"\nexecutive = "p-director"\n'
    board = parse_directory(toml(end=agency)).board("northbridge")
    assert board.roles_of("p-director") == (
        (Role.DIRECTOR, None),
        (Role.AGENCY_LEAD, "police"),
        (Role.AGENCY_EXECUTIVE, "police"),
    )
    assert board.roles_of("national-panel") == ((Role.NATIONAL_PANEL, None),)
    assert board.roles_of("nobody") == ()
