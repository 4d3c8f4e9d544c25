"""Incident events over HTTP: who may, what is taken, and that nothing is said to be delivered that is not."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from desk_pages import Pages
from events_sender import OTHER, SECRET, binary, event, keys_file, signed, structured
from starlette.testclient import TestClient

from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring

NOW = datetime.fromisoformat("2026-11-23T10:00:00+00:00")
URL = "http://localhost:8235"


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    engine = make_engine(f"sqlite:///{tmp_path / 'record.db'}")
    upgrade(engine)
    yield Record(engine, create_keyring(tmp_path / "keyring.json"), lambda board, at, urgent: at)
    engine.dispose()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server is there in these tests: nobody waits for it."""
    monkeypatch.setattr("desk.web.events.WAIT", timedelta(milliseconds=10))


@pytest.fixture
def desk(record: Record, tmp_path: Path) -> TestClient:
    pages = Pages(record, tmp_path, NOW, events_keys_file=keys_file(tmp_path), events_per_minute=20)
    return TestClient(pages.app, base_url=URL, raise_server_exceptions=False)


def answer(desk: TestClient, request: httpx2.Request) -> tuple[int, dict[str, Any]]:
    got = desk.send(request)
    assert got.headers["content-type"] == "application/problem+json", got.text
    return got.status_code, got.json()


@pytest.mark.parametrize("send", [structured, binary])
def test_what_temporal_does_not_have_is_not_accepted_and_may_be_sent_again(desk: TestClient, send: Any) -> None:
    got = desk.send(send(URL, event()))
    assert got.status_code == 503 and got.headers["retry-after"]
    assert "Nothing of it was kept" in got.json()["detail"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": b"x" * 32},
        {"key": "nobody"},
        {"key": "elsewhere"},
        {"ago": timedelta(minutes=6)},
        {"ago": timedelta(minutes=-6)},
        {"covered": ("@method", "@path", "content-digest")},
        {"covered": ("@method",)},
    ],
    ids=str,
)
def test_only_what_is_signed_lately_with_a_known_key_is_read(desk: TestClient, wrong: dict[str, Any]) -> None:
    status, problem = answer(desk, structured(URL, event(), **wrong))
    assert status == 401 and "errors" not in problem


def test_nothing_unsigned_is_read(desk: TestClient) -> None:
    assert desk.post("/events", json=event()).status_code == 401
    request = structured(URL, event())
    del request.headers["signature"]
    assert answer(desk, request)[0] == 401


def test_a_body_or_an_attribute_that_was_changed_under_way_is_not_read(desk: TestClient) -> None:
    request = structured(URL, event())
    other = json.dumps(event("NB-2026-302")).encode()
    changed = httpx2.Request("POST", request.url, headers=request.headers, content=other)
    changed.headers["content-length"] = str(len(other))
    assert answer(desk, changed)[0] == 401
    request = binary(URL, event())
    request.headers["ce-subject"] = "NB-2026-302"
    assert answer(desk, request)[0] == 401
    assert answer(desk, binary(URL, event(), covered=("@method", "@path", "content-type", "content-digest")))[0] == 401


def test_a_key_is_for_its_own_board(desk: TestClient) -> None:
    status, problem = answer(desk, structured(URL, event(), key="elsewhere", secret=OTHER))
    assert status == 403 and "southmarsh" in problem["detail"]


@pytest.mark.parametrize("send", [structured, binary])
def test_every_fault_is_told_by_its_path_and_nothing_that_was_sent_is_repeated(desk: TestClient, send: Any) -> None:
    status, problem = answer(desk, send(URL, event(occurred_on="Whitsun", children=[])))
    assert status == 400
    assert {"data.occurred_on", "data.children"} <= {fault["path"] for fault in problem["errors"]}
    assert "Whitsun" not in json.dumps(problem)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b'{"id": 1, "id": 2}', b"[" * 5_000, b"NaN"]
)
def test_what_is_no_event_is_refused_as_such(desk: TestClient, body: bytes) -> None:
    status, problem = answer(desk, structured(URL, body))
    assert status in {400, 401}, "without a body there is nothing that a digest could be of"
    assert status == 401 or problem["errors"]


def test_a_batch_and_other_kinds_of_text_are_turned_away(desk: TestClient) -> None:
    for kind in ("application/cloudevents-batch+json", "text/plain", "application/cloudevents+json; charset=latin-1"):
        request = httpx2.Request("POST", f"{URL}/events", content=b"[]", headers={"content-type": kind})
        status, problem = answer(desk, signed(request, b"[]"))
        assert status == 415 and "application/cloudevents+json" in problem["detail"]


def test_more_than_an_event_can_have_is_turned_away(desk: TestClient) -> None:
    assert answer(desk, structured(URL, b" " * (1024 * 1024 + 1)))[0] == 413


def test_each_key_has_its_number_of_requests_a_minute(desk: TestClient) -> None:
    statuses = [desk.send(structured(URL, b"{}")).status_code for _ in range(21)]
    assert statuses == [400] * 20 + [429]
    assert desk.send(structured(URL, b"{}", key="elsewhere", secret=OTHER)).status_code == 400


def test_without_a_file_of_keys_there_is_no_such_endpoint(record: Record, tmp_path: Path) -> None:
    desk = TestClient(Pages(record, tmp_path, NOW).app, base_url=URL)
    assert desk.send(structured(URL, event())).status_code == 404


def test_a_file_that_others_can_read_or_that_is_faulty_opens_nothing(
    record: Record, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = keys_file(tmp_path)
    desk = TestClient(Pages(record, tmp_path, NOW, events_keys_file=path).app, base_url=URL)
    path.chmod(0o644)
    assert desk.send(structured(URL, event())).status_code == 503
    path.unlink()
    keys_file(tmp_path, "[[key]]", 'id = "short"', 'board = "northbridge"', 'secret = "c2hvcnQ="')
    assert desk.send(structured(URL, event())).status_code == 503
    assert "fewer than 32 bytes" in caplog.text and "c2hvcnQ" not in caplog.text


def test_a_key_that_is_taken_out_of_the_file_opens_nothing_any_more(record: Record, tmp_path: Path) -> None:
    path = keys_file(tmp_path)
    desk = TestClient(Pages(record, tmp_path, NOW, events_keys_file=path).app, base_url=URL)
    assert desk.send(structured(URL, b"{}")).status_code == 400
    path.write_text(path.read_text().replace("duty-desk", "night-desk"))
    assert desk.send(structured(URL, b"{}")).status_code == 401
    assert desk.send(structured(URL, b"{}", key="night-desk", secret=SECRET)).status_code == 400


def test_the_description_says_every_answer(desk: TestClient) -> None:
    document = desk.get("/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]["/events"]["post"]["responses"]) >= {
        "202",
        "400",
        "401",
        "403",
        "413",
        "415",
        "429",
        "503",
    }
    assert document["components"]["schemas"]["IncidentEvent"]["properties"]["data"]
