"""Made-up requests at a case in which everybody has something to do: whatever comes, nothing breaks."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from desk_pages import Browser, Pages
from generated import RUN, TEXT
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Route
from test_every_route_for_every_role import NOBODY, SAMPLES, WHO, opened, signed_in

from desk.answers import Target
from desk.fields import Field
from domain.forms import FORMS
from records import queries

DAYS = st.dates().map(str) | st.sampled_from(["2026-02-30", "2026-02-06", "6 February 2026", "tomorrow"])
MOMENTS = st.datetimes().map(str) | st.sampled_from(["2026-02-06T25:00", "2026-02-06 10:00", "2026-02-06T10:00Z"])
NUMBERS = st.integers().map(str) | st.sampled_from(["nan", "1e999", "-0", "٣", "9" * 5_000])
WORD = st.text(max_size=200) | st.sampled_from(
    ["\0", "=", ".", "A=1\nA=2", "<script>", "{{ 7*7 }}", "../" * 9, "'; --"]
)
VALUE = WORD | DAYS | MOMENTS | NUMBERS
READABLE = {"a day": st.just("2026-02-06"), "a time": st.just("2026-02-05T10:20"), "yes or no": st.just("yes")}
PART = VALUE | st.sampled_from(sorted(set(SAMPLES.values()) | {"safety-decision/S1", "F1", "A1", "D-1", "0", "1"}))
ASKED = ("page", "q", "task", "board", "case", "as_of", "from", "to", "until", "year", "next", "id", "item", "clock")
SENT = ("words", "text", "kind", "title", "agency", "replaces", "first", "second", "undo", "names", "form")
NAMED = ("a.csv", "a.pdf", "a.xlsx", "a.docx", "\u202e.csv")
UPLOADED = (b"", b"\0" * 9, b"PK\x03\x04", b"%PDF-1.7", b"date,time\n2026-01-01,", "a;b\n\ufeffé".encode("utf-16"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    made = opened(tmp_path_factory.mktemp("answers"))
    yield made
    made.record.engine.dispose()


@pytest.fixture(scope="module")
def browsers(desk: Pages) -> dict[str, tuple[Browser, str]]:
    """Everybody's, with what their forms carry."""
    each = {who: signed_in(desk, who) for who in WHO}
    return {who: (browser, browser.form_token()) for who, browser in each.items()}


@pytest.fixture(scope="module")
def forms(desk: Pages) -> list[tuple[Target, tuple[Field, ...]]]:
    """Everything that is asked in the case, and everything else that it takes, with what is filled in there."""
    service = desk.desk.service
    case = service.target(SAMPLES["task"]).case
    asked = [task.id for task in queries.tasks(desk.record, reference=case.reference)]
    taken = [may.id for may in service.case(case, desk.now).may_record]
    plain = (id.replace(f"/{FORMS[id.rpartition('/')[2]].ABOUT}/", "/A1/") for id in taken)
    targets = [service.target(id) for id in sorted({*asked, *plain})]
    return [(target, service.fields(target)) for target in targets]


def ways(pages: Pages) -> list[tuple[str, str]]:
    """Method and path of every route that does not end the session."""
    routes = [route for route in pages.app.routes if isinstance(route, Route) and route.path != "/sign-out"]
    return sorted((method, route.path) for route in routes for method in (route.methods or set()) - {"HEAD"})


@RUN
@given(data=st.data())
def test_no_page_of_a_case_breaks_whatever_is_asked_of_it(
    desk: Pages, browsers: dict[str, tuple[Browser, str]], data: st.DataObject
) -> None:
    method, path = data.draw(st.sampled_from(ways(desk)))
    browser, token = browsers[data.draw(st.sampled_from(WHO))]
    for name, sample in SAMPLES.items():
        if f"{{{name}" in path:
            part = data.draw(st.just(sample) | PART)
            path = path.replace(f"{{{name}:path}}", quote(part)).replace(f"{{{name}}}", quote(part, safe=""))
    query = data.draw(st.dictionaries(st.sampled_from(ASKED), PART, max_size=4))
    form = data.draw(st.dictionaries(st.sampled_from(SENT) | TEXT, PART, max_size=6))
    file = data.draw(st.none() | st.sampled_from(UPLOADED) | st.binary(max_size=200))
    sent: dict[str, Any] = {"data": form | {"form_token": token}} if method == "POST" else {}
    if method == "POST" and file is not None:
        sent["files"] = {"file": (data.draw(st.sampled_from(NAMED)), file)}
    answer = browser.client.request(method, path, params=query, follow_redirects=False, **sent)
    assert answer.status_code < 500 or known(answer.text), (method, path, answer.status_code, answer.text[:500])


def known(text: str) -> bool:
    """What is answered where no provider, no server and no keys are."""
    return "SCR_OIDC_ISSUER" in text or "Nothing was recorded" in text or "No key" in text


@RUN
@given(data=st.data())
def test_no_form_breaks_whatever_is_typed_into_it(
    forms: list[tuple[Target, tuple[Field, ...]]], browsers: dict[str, tuple[Browser, str]], data: st.DataObject
) -> None:
    target, fields = data.draw(st.sampled_from(forms))
    role = data.draw(st.sampled_from(sorted(set(WHO) & {role.value for role in target.command.ROLES}) or [NOBODY]))
    browser, token = browsers[role]
    typed: dict[str, str] = {}
    for field in fields:
        typed |= data.draw(filled(field) | odd(field))
    typed |= data.draw(st.dictionaries(TEXT, TEXT, max_size=2))
    step = data.draw(st.sampled_from(["check", "send", "keep", "more:dissent", ""]))
    own = {"form_token": token, "desk-step": step, "desk-role": data.draw(st.sampled_from(["", role, "nobody"]))}
    answer = browser.client.post(f"/tasks/{target.id}", data=typed | own, follow_redirects=False)
    assert answer.status_code < 500 or known(answer.text), (target.id, typed, answer.status_code, answer.text[:500])
    again = browser.client.get(f"/tasks/{target.id}", follow_redirects=False)
    assert again.status_code in {200, 404}, "what was kept of it can be shown"


def filled(field: Field) -> st.SearchStrategy[dict[str, str]]:
    """What can be read."""
    names = [f"{field.name}.{key}" for key in field.keys] or [f"{field.name}.0.{part}" for part in field.parts]
    value = next((value for begin, value in READABLE.items() if field.asks.startswith(begin)), WORD)
    each = st.sampled_from(field.choices) if field.choices else value
    return st.fixed_dictionaries(dict.fromkeys(names or [field.name], each))


def odd(field: Field) -> st.SearchStrategy[dict[str, str]]:
    """What no browser would send, and what cannot be read."""
    parts = [*field.parts, "x"]
    names = [field.name, *(f"{field.name}.{number}.{part}" for number in (0, 3, 10**9, "9" * 5_000) for part in parts)]
    return st.dictionaries(st.sampled_from(names), VALUE, max_size=4)
