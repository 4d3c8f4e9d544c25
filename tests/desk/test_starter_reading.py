"""Incident events are read from whatever JSON people and programs write; what cannot be read is kept whole."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.events import LARGEST, Reading, parse, read_events


def read(text: str | bytes) -> list[Reading]:
    return list(read_events(io.BytesIO(text.encode() if isinstance(text, str) else text)))


def values(readings: list[Reading]) -> list[object]:
    assert not any(reading.faults for reading in readings), readings
    return [reading.raw for reading in readings]


ONE, TWO = {"subject": "A-1", "data": {"n": [1, 2]}}, {"subject": "A-2"}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"{json.dumps(ONE)}\n{json.dumps(TWO)}\n", [1, 2]),
        (f"{json.dumps(ONE)}\r\n\r\n  \r\n{json.dumps(TWO)}", [1, 4]),
        (f"\ufeff{json.dumps(ONE)}\n{json.dumps(TWO)}", [1, 2]),
        (f"\n{json.dumps([ONE, TWO])}\n", [2, 2]),
        (json.dumps([ONE, TWO], indent=2), [2, 11]),
        (f"[\n{json.dumps(ONE)},\n{json.dumps(TWO)}\n]", [2, 3]),
        (f"\n\n{json.dumps(ONE, indent=2)}\n\n{json.dumps(TWO, indent=2)}\n", [3, 13]),
    ],
    ids=[
        "lines",
        "blank lines and CRLF",
        "byte order mark",
        "array",
        "pretty array",
        "array of lines",
        "pretty objects",
    ],
)
def test_events_come_as_lines_as_objects_or_as_an_array(text: str, lines: list[int]) -> None:
    readings = read(text)
    assert values(readings) == [ONE, TWO]
    assert [reading.line for reading in readings] == lines


def test_a_pretty_printed_event_with_a_byte_order_mark_is_one_event() -> None:
    assert values(read("\ufeff" + json.dumps(ONE, indent="\t").replace("\n", "\r\n"))) == [ONE]


@pytest.mark.parametrize("text", ["", "\n \r\n", "[]", "\ufeff"])
def test_nothing_to_read_is_no_event(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize("bad", ["{not json", '{"a": 1,', '{"a": "cut of', "nonsense", '{"a": NaN}', "}"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_line_that_is_not_json_stops_no_other(bad: str, place: int) -> None:
    lines = [json.dumps(ONE), json.dumps(TWO)]
    lines.insert(place, bad)
    readings = read("\n".join(lines))
    refused = [reading for reading in readings if reading.faults]
    assert values([reading for reading in readings if not reading.faults]) == [ONE, TWO]
    assert [(reading.line, reading.text) for reading in refused] == [(place + 1, bad)]
    assert refused[0].faults[0].path == ""
    assert refused[0].faults[0].message.startswith("not JSON")
    assert bad == '{"a": NaN}' or f"line {place + 1}, " in refused[0].faults[0].message


def test_a_pretty_printed_event_with_a_mistake_is_one_fault_that_says_where() -> None:
    text = json.dumps(ONE, indent=2).replace('"A-1"', "A-1")
    [reading] = read(text)
    assert (reading.text, reading.line) == (text, 1)
    assert reading.faults[0].message == "not JSON: line 2, column 14"


def test_events_before_a_mistake_in_an_array_go_through_and_the_rest_is_kept() -> None:
    good, rest = read(f"[\n{json.dumps(ONE)},\n{{oops}},\n{json.dumps(TWO)}]")
    assert values([good]) == [ONE]
    assert rest.line == 3
    assert rest.faults
    assert "A-2" in rest.text


def test_an_array_without_its_end_is_told() -> None:
    good, rest = read(f"[\n{json.dumps(ONE)},\n")
    assert values([good]) == [ONE]
    assert rest.faults


def test_fields_given_twice_are_refused_by_their_path() -> None:
    [reading] = read('{"data": {"children": [{"key": "A", "key": "B"}]}, "id": 1, "id": 1}')
    assert [fault.path for fault in reading.faults] == ["id", "data.children[0].key"]


def test_an_event_is_bounded_and_the_next_one_is_read() -> None:
    large = json.dumps({"summary": "x" * LARGEST})
    first, second = read(f"{large}\n{json.dumps(ONE)}")
    assert first.faults[0].message == "is larger than 1024 KiB"
    assert first.text == large
    assert second.raw == ONE


def test_bytes_that_are_not_utf8_are_refused_and_kept_byte_for_byte() -> None:
    raw = b'{"subject": "caf\xe9"}'
    refused, good = read(raw + b"\n" + json.dumps(ONE).encode())
    assert refused.faults[0].message == "is not UTF-8 text"
    assert refused.text.encode("utf-8", "surrogateescape") == raw
    assert good.raw == ONE


@pytest.mark.parametrize("depth", [500, 980, 995, 1_000, 100_000])
def test_nesting_without_end_is_a_fault_and_no_crash(depth: int) -> None:
    text = '{"a":' * depth + "1" + "}" * depth
    raw, faults = parse(text)
    assert faults or isinstance(raw, dict)
    assert len(read(f"{text}\n{json.dumps(ONE)}")) == 2


@given(raw=st.binary(max_size=200))
def test_any_bytes_are_readings_and_no_crash(raw: bytes) -> None:
    for reading in read(raw):
        assert reading.faults or reading.raw is not None or reading.text.strip() == "null"


json_objects = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=10),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    ),
    min_size=1,
)


@given(events=st.lists(json_objects, max_size=5), indent=st.sampled_from([None, 2]), array=st.booleans())
def test_what_was_written_is_read_whatever_the_form(
    events: list[dict[str, Any]], indent: int | None, array: bool
) -> None:
    text = json.dumps(events, indent=indent) if array else "\n".join(json.dumps(e, indent=indent) for e in events)
    assert values(read(text)) == events
