"""Requests made up by the thousand from the description of the interface: whatever comes, nothing breaks."""

from datetime import datetime
from typing import Any

import pytest
import schemathesis
from desk_pages import Pages
from events_sender import keys_file, structured
from generated import RUN, TEXT
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring

NOW = datetime.fromisoformat("2026-11-23T10:00:00+00:00")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    folder = tmp_path_factory.mktemp("generated")
    engine = make_engine(f"sqlite:///{folder / 'record.db'}")
    upgrade(engine)
    record = Record(engine, create_keyring(folder / "keyring.json"), lambda board, at, urgent: at)
    return Pages(record, folder, NOW, events_keys_file=keys_file(folder), events_per_minute=6_000)


@pytest.fixture(scope="module")
def interface(desk: Pages) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", desk.app)


def test_whatever_is_sent_as_an_event_is_answered_as_described(interface: Any) -> None:
    @RUN
    @given(case=interface["/events"]["POST"].as_strategy())
    def answered(case: Any) -> None:
        answer = case.call()
        assert answer.status_code < 500, answer.text
        assert answer.status_code in {400, 401, 404, 405, 413, 415, 429}, "nothing unsigned is taken"

    answered()


@RUN
@given(
    raw=st.recursive(
        st.none() | st.booleans() | st.integers() | TEXT,
        lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
        max_leaves=20,
    )
)
def test_whatever_a_known_sender_signs_is_answered(desk: Pages, raw: Any) -> None:
    url = desk.settings.desk_url
    answer = desk.browser().client.send(structured(url, raw))
    assert answer.status_code in {400, 429}, answer.text


PATHS = (
    "/",
    "/go",
    "/cases",
    "/cases/{}/{}",
    "/cases/{}/{}/dates",
    "/cases/{}/{}/chronology",
    "/cases/{}/{}/documents/{}",
    "/cases/{}/{}/changes/{}.svg",
    "/tasks/{}/{}/{}",
    "/lessons",
    "/annual-report",
    "/board/due",
    "/codec/decode",
    "/codec/token",
    "/sign-in",
    "/sign-in/return",
    "/drafts/{}",
)


@RUN
@given(
    path=st.sampled_from(PATHS),
    parts=st.lists(TEXT, min_size=3, max_size=3),
    query=st.dictionaries(
        st.sampled_from(["page", "q", "task", "board", "case", "as_of", "from", "year", "next"]), TEXT
    ),
    form=st.dictionaries(TEXT, TEXT, max_size=4),
    who=st.sampled_from(["", "nb-manager", "nb-police-lead", "nb-operator-2"]),
    post=st.booleans(),
)
def test_no_page_breaks_whatever_is_asked_of_it(
    desk: Pages, path: str, parts: list[str], query: dict[str, str], form: dict[str, str], who: str, post: bool
) -> None:
    browser = desk.browser(who)
    token = browser.form_token() if who and post else ""
    client: TestClient = browser.client
    try:
        where = path.format(*parts)
        client.base_url.join(where)
    except (ValueError, TypeError, UnicodeError):
        return
    except Exception as error:  # what no browser could send
        assert type(error).__name__ == "InvalidURL"
        return
    try:
        request = client.build_request(
            "POST" if post else "GET", where, params=query, data={**form, "form_token": token} if post else None
        )
    except (UnicodeError, ValueError):
        return
    except Exception as error:
        assert type(error).__name__ == "InvalidURL"
        return
    answer = client.send(request, follow_redirects=False)
    assert answer.status_code < 500 or "SCR_OIDC_ISSUER" in answer.text, (where, answer.status_code, answer.text[:500])
