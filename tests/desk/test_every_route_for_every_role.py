"""Every route there is, asked for in every role, against the table of docs/access.md. Nothing is allowed that it lacks.

``python tests/desk/test_every_route_for_every_role.py`` writes the table anew from what the desk does; then read it.
"""

import json
import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from desk_cases import TOLD, Opened
from desk_pages import BOARD, Browser, Pages
from starlette.routing import Mount, Route

from domain.appointments import APPOINTED, APPOINTMENT_ENDED
from domain.directory import Directory, Person
from domain.document import DocumentKind, NewDocument
from domain.document_types import DocumentType
from domain.panel import PanelReviewState
from domain.people import BODIES, Actor, Role
from domain.record import Fact
from domain.stage import Stage
from domain.stage_state import Transition
from records import documents
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from rehearsal.acting import CHANGES, TEXTS
from sealing import create_keyring

TABLE = Path(__file__).parents[2] / "docs" / "access.md"
NOBODY = "nobody"
WHO = (NOBODY, *(role.value for role in Role if role not in BODIES), "other-board")
"""Somebody who is not signed in; each role; the chair of another board."""
AGENCY = "northbridge-police"
SAMPLES = {
    "board": BOARD,
    "reference": "NB-2026-101",
    "task": "northbridge/NB-2026-101/safety/1/S1/decide-for-child",
    "document": "D-1.1",
    "change": "C1",
    "kind": "csv",
    "form": "csv",
}
"""What stands in the place of what is in braces in a path."""
QUERIES = {
    "/cases/{board}/{reference}/dates": "?clock=safety-decision/S1",
    "/cases/{board}/{reference}/record/begin": "?id=northbridge/NB-2026-101/panel/FINDING/enter-finding&item=F1",
}
YES, NO = "yes", "no"


def people(known: Directory) -> Directory:
    """The example's directory, with one person for each role, who has no other."""
    board, *others = known.boards
    roles = [role for role in Role if role not in BODIES and role.of_the_board]
    own = [_person(role, (role,)) for role in roles] + [_person(role) for role in Role if role.of_a_case]
    own.append(_person(Role.SAFEGUARDING_PARTNER, (Role.SAFEGUARDING_PARTNER,)))
    own += [_person(Role.AGENCY_LEAD), _person(Role.AGENCY_EXECUTIVE)]
    agencies = tuple(
        each.model_copy(update={"lead": "one-agency-lead", "executive": "one-agency-executive"})
        if each.id == AGENCY
        else each
        for each in board.agencies
    )
    mine = board.model_copy(update={"people": (*board.people, *own), "agencies": agencies})
    elsewhere = mine.model_copy(update={"id": "southmarsh", "name": "Southmarsh"})
    return known.model_copy(update={"boards": (mine, elsewhere, *others)})


def _person(role: Role, roles: tuple[Role, ...] = ()) -> Person:
    agency = AGENCY if role.of_an_agency else None
    return Person(id=f"one-{role.value}", name=role.words, email=f"{role.value}@b.example", roles=roles, agency=agency)


def opened(folder: Path) -> Pages:
    """A case in which everybody is appointed, a minute after it was notified."""
    return reviewed(folder)[0]


def reviewed(folder: Path) -> tuple[Pages, Opened, Stage[PanelReviewState]]:
    """The same, with its review."""
    engine = make_engine(f"sqlite:///{folder / 'record.db'}")
    upgrade(engine)
    record = Record(engine, create_keyring(folder / "keyring.json"), lambda board, at, urgent: at)
    case = Opened(record)
    panel = case.reviewed()
    facts = [
        Fact(kind=APPOINTED, at=TOLD, item=f"{role}/one-{role}", detail={"person": f"one-{role}", "role": role.value})
        for role in (Role.PANEL_CHAIR, Role.LEAD_REVIEWER, Role.PANEL_MEMBER)
    ]
    owner = {
        "agency": "northbridge-housing",
        "lead": "one-action-lead",
        "starts_on": "2026-02-05",
        "due_on": "2026-06-05",
    }
    facts.append(Fact(kind="action-planned", at=TOLD, item="A1", detail=_plain(TEXTS["A1"] | owner)))
    facts.append(Fact(kind="change-expected", at=TOLD, item="C1", detail=_plain(CHANGES["C1"] | {"actions": ["A1"]})))
    panel = case._kept(panel, Transition(facts=tuple(facts)))
    pages = Pages(record, folder, TOLD + timedelta(minutes=1))
    pages.known = people(pages.known)
    new = NewDocument(
        kind=DocumentKind.AGENCY_REPORT, title="Ours", file_name="a.txt", type=DocumentType.TXT, agency=AGENCY
    )
    by = Actor(person="one-agency-lead", role=Role.AGENCY_LEAD, agency=AGENCY)
    documents.keep(record, pages.desk.store, case.case, new, b"What we did.", actor=by, at=TOLD)
    return pages, case, panel


def _plain(detail: dict[str, Any]) -> dict[str, Any]:
    """As it stands in a record."""
    plain: dict[str, Any] = json.loads(json.dumps(detail))
    return plain


def routes(pages: Pages) -> Iterator[tuple[str, str]]:
    """Method and path of every route, files of the pages left out: they are for everybody."""
    for route in pages.app.routes:
        if isinstance(route, Mount):
            assert route.path.startswith("/assets/"), f"{route.path} is mounted, and nobody said for whom"
            continue
        assert isinstance(route, Route)
        for method in sorted((route.methods or set()) - {"HEAD"}):
            yield method, route.path


def seen(pages: Pages) -> dict[tuple[str, str], dict[str, str]]:
    """What becomes of each request of each person."""
    found = {}
    browsers = {who: signed_in(pages, who) for who in WHO}
    for method, path in dict.fromkeys(routes(pages)):
        # Signing out ends the sessions of those who ask.
        own = {who: signed_in(pages, who) for who in WHO} if path == "/sign-out" else browsers
        found[method, path] = {who: asked(browser, method, path) for who, browser in own.items()}
    return found


def signed_in(pages: Pages, who: str) -> Browser:
    browser = pages.browser()
    if who == "other-board":
        browser.sign_in("one-board-chair", "southmarsh")
    elif who != NOBODY:
        browser.sign_in(f"one-{who}")
    return browser


def asked(browser: Browser, method: str, path: str) -> str:
    """``yes``, or that it is refused. A form without anything in it may be faulty: then it was read."""
    where = re.sub(r"{(\w+)(:\w+)?}", lambda found: SAMPLES[found[1]], path) + QUERIES.get(path, "")
    if method == "GET":
        answer = browser.client.get(where, follow_redirects=False)
    else:
        answer = browser.client.post(where, data={"form_token": browser.form_token()}, follow_redirects=False)
    assert answer.status_code not in (405, 500), (method, path, answer.text[:300])
    to_sign_in = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?")
    return NO if to_sign_in or answer.status_code in (401, 403, 404) else YES


def written(found: dict[tuple[str, str], dict[str, str]]) -> list[str]:
    """The table's lines."""
    heads = [f"| method | path | {' | '.join(WHO)} |", f"|---|---|{'---|' * len(WHO)}"]
    rows = sorted(found.items(), key=lambda entry: entry[0][::-1])
    cells = ((method, path, " | ".join(row[who] for who in WHO)) for (method, path), row in rows)
    return heads + [f"| {method} | `{path}` | {row} |" for method, path, row in cells]


def read() -> list[str]:
    return [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("|")]


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    made = opened(tmp_path)
    yield made
    made.record.engine.dispose()


def test_every_route_is_for_whom_the_table_says(pages: Pages) -> None:
    assert written(seen(pages)) == read()


def test_who_lost_their_appointment_sees_nothing_more(tmp_path: Path) -> None:
    pages, case, panel = reviewed(tmp_path)
    browser = signed_in(pages, Role.LEAD_REVIEWER.value)
    path = f"/cases/{BOARD}/{SAMPLES['reference']}"
    assert browser.get(path).status_code == 200
    ended = Fact(kind=APPOINTMENT_ENDED, at=TOLD, item="lead-reviewer/one-lead-reviewer")
    case._kept(panel, Transition(facts=(ended,)))
    assert browser.get(path).status_code == 404
    pages.record.engine.dispose()


def test_who_left_the_directory_is_signed_out_with_the_next_page(pages: Pages) -> None:
    browser = signed_in(pages, Role.BUSINESS_MANAGER.value)
    assert browser.get("/").status_code == 200
    board, *others = pages.known.boards
    left = tuple(person for person in board.people if person.id != "one-business-manager")
    pages.known = pages.known.model_copy(update={"boards": (board.model_copy(update={"people": left}), *others)})
    assert browser.get("/").headers["location"].startswith("/sign-in?")


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        text = TABLE.read_text("utf-8") if TABLE.exists() else "# Who may ask for what\n\n"
        kept = [line for line in text.splitlines() if not line.startswith("|")]
        TABLE.write_text("\n".join([*kept, *written(seen(opened(Path(folder))))]) + "\n", "utf-8")
        sys.stdout.write(f"{TABLE}\n")
