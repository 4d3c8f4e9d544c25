"""The pictures: complete, readable without colour, nothing on top of anything else, the same each time."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from desk.measure_picture import measure_svg
from desk.measures import Look, Series
from desk.picture_axis import TimeAxis
from desk.pictures import number, shortened, width_of
from desk.timeline import Bar, BarStatus, Lane, Mark, StoppedStretch, TimelineView
from desk.timeline_picture import BARS_A_LANE, timeline_svg, words_of
from domain.change_commands import Judgement, MeasureKind
from domain.clocks.rule import Strength

SVG = "{http://www.w3.org/2000/svg}"
BEGAN = date(2026, 2, 5)
NOW = date(2029, 1, 20)
COLOURS = re.compile(r"#[0-9a-f]{6}")


def day(number_of_days: int) -> date:
    return BEGAN + timedelta(days=number_of_days)


def bar(number: int, status: BarStatus = BarStatus.MET, **fields: Any) -> Bar:
    """A clock of 20 days that began so many days after the case; late ones took 15 days more."""
    due = day(number + 20)
    done = {BarStatus.MET: due, BarStatus.LATE: due + timedelta(days=15), BarStatus.WITHDRAWN: due}.get(status)
    given = {"title": "Report by the agency", "about": f"A{number}", "start": day(number), "due": due}
    return Bar.model_validate(given | {"done_on": done, "status": status} | fields)


def view(*lanes: Lane, **fields: Any) -> TimelineView:
    return TimelineView(reference="NB-2026-014", as_of=NOW, lanes=lanes, **fields)


def long_life() -> TimelineView:
    """Three years with 200 clocks of every kind."""
    statuses, strengths = list(BarStatus), list(Strength)
    lanes = [
        Lane(
            title=f"Stage {n}",
            bars=tuple(
                bar(n * 140 + 4 * k, statuses[(k + n) % len(statuses)], strength=strengths[k % 3]) for k in range(40)
            ),
            marks=tuple(Mark(on=day(n * 140 + 11 * k), words=f"what happened as number {k}") for k in range(15)),
        )
        for n in range(5)
    ]
    return view(*lanes, stops=(StoppedStretch(since=day(300), until=day(390)), StoppedStretch(since=day(1000))))


LOOKS = (
    Look(due_on=day(300), observed_on=day(300), value=Decimal("38.5"), judgement=Judgement.NO_CHANGE),
    Look(due_on=day(320), observed_on=day(323), value=Decimal("37.5"), late_days=3, judgement=Judgement.CANNOT_TELL),
    Look(due_on=day(390), absent=True),
    Look(due_on=day(570), observed_on=day(590), value=Decimal(20), late_days=20, judgement=Judgement.IMPROVED),
    Look(due_on=day(690), late_days=40),
    Look(due_on=day(750), observed_on=day(750), value=Decimal(13), judgement=Judgement.UNINTENDED),
    Look(due_on=day(930), observed_on=day(930), value=Decimal(15), judgement=Judgement.WORSE),
    Look(due_on=day(1020), observed_on=day(1020), value=Decimal(12)),
    Look(due_on=day(1120)),
)


def series(**fields: Any) -> Series:
    given: dict[str, Any] = {
        "id": "C1",
        "kind": MeasureKind.AUDIT,
        "direction": "lower",
        "unit": "days",
        "baseline": Decimal("42.0"),
        "target": Decimal(14),
        "points": LOOKS,
    }
    return Series.model_validate(given | fields)


def described() -> Series:
    """The same looks without figures."""
    looks = tuple(look.model_copy(update={"value": None}) for look in LOOKS)
    return series(direction="described", unit="", baseline=None, target=None, points=looks)


def closed() -> Series:
    return series(points=LOOKS[:-1], closed_outcome="sustained", closed_on=day(1070))


PICTURES = {
    "long life": lambda: timeline_svg(long_life()),
    "one bar": lambda: timeline_svg(view(Lane(title="The case", bars=(bar(0),)))),
    "figures": lambda: measure_svg(series()),
    "described": lambda: measure_svg(described()),
    "closed": lambda: measure_svg(closed()),
    "what is measured": lambda: measure_svg(series(what="Plans tell the child's wishes " * 9, measure="Share " * 99)),
    "some days": lambda: timeline_svg(
        TimelineView(reference="NB-2026-014", as_of=day(25), lanes=(Lane(title="The case", bars=(bar(0),)),))
    ),
    "no looks": lambda: measure_svg(series(points=())),
    "all the same figure": lambda: measure_svg(series(baseline=Decimal(0), target=Decimal(0), points=LOOKS[:1])),
}


def texts(svg: str) -> list[Xml.Element]:
    return list(Xml.fromstring(svg).iter(f"{SVG}text"))


def words(svg: str) -> list[str]:
    return ["".join(each.itertext()) for each in texts(svg)]


def boxes(svg: str) -> Iterator[tuple[str, float, float, float, float]]:
    """What each line of text takes up at most."""
    for each in texts(svg):
        said, size = "".join(each.itertext()), float(each.attrib["font-size"])
        width, x, y = width_of(said, size), float(each.attrib["x"]), float(each.attrib["y"])
        left = x - {"start": 0, "middle": width / 2, "end": width}[each.attrib.get("text-anchor", "start")]
        yield said, left, y - 0.72 * size, left + width, y + 0.2 * size


@pytest.mark.parametrize("name", PICTURES)
def test_picture_is_well_formed_and_says_what_it_is(name: str) -> None:
    root = Xml.fromstring(PICTURES[name]())
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "title description"
    for wanted in ("title", "desc"):
        [said] = root.findall(f"{SVG}{wanted}")
        assert said.text
    assert not re.search(r"href|<script|<image|url\((?!#)", PICTURES[name]())


@pytest.mark.parametrize("name", PICTURES)
def test_no_text_stands_on_another_or_outside(name: str) -> None:
    svg = PICTURES[name]()
    _, _, width, height = (float(each) for each in Xml.fromstring(svg).attrib["viewBox"].split())
    found = list(boxes(svg))
    for said, left, top, right, bottom in found:
        assert left >= 0 and top >= 0 and right <= width and bottom <= height, said
    for one, other in combinations(found, 2):
        touching = one[1] < other[3] and other[1] < one[3] and one[2] < other[4] and other[2] < one[4]
        assert not touching, (one, other)


@pytest.mark.parametrize("name", PICTURES)
def test_same_input_gives_the_same_bytes(name: str) -> None:
    assert PICTURES[name]().encode() == PICTURES[name]().encode()


def test_every_clock_that_is_shown_has_its_name_its_item_and_how_it_ran() -> None:
    bars = tuple(bar(number, status) for number, status in enumerate(BarStatus))
    shown = view(Lane(title="Publication", bars=bars))
    said = words(timeline_svg(shown))
    for each in bars:
        assert f"Report by the agency ({each.about})" in said
        assert words_of(each, NOW) in said
    assert "late by 15 days" in said


def test_long_name_is_shortened_and_keeps_its_item() -> None:
    title = "Report by the agency, signed off by its executive and sent to the panel"
    said = words(timeline_svg(view(Lane(title="Panel", bars=(bar(7, title=title),)))))
    [name] = [each for each in said if each.startswith("Report by")]
    assert name.endswith("… (A7)")


def signs(status: BarStatus) -> str:
    """The picture of one clock that ran so, without colours and words."""
    svg = timeline_svg(view(Lane(title="The case", bars=(bar(0, status, done_on=day(20)),))))
    [drawn] = [each for each in Xml.fromstring(svg).iter(f"{SVG}g") if "A0" in "".join(each.itertext())]
    for each in [*drawn.findall(f"{SVG}text"), *drawn.findall(f"{SVG}title")]:
        drawn.remove(each)
    return COLOURS.sub("", Xml.tostring(drawn, "unicode"))


def test_how_a_clock_ran_is_told_without_colour() -> None:
    drawn = {status: signs(status) for status in BarStatus}
    assert len(set(drawn.values())) == len(BarStatus)
    said = words(timeline_svg(view(Lane(title="The case", bars=(bar(0),)))))
    assert {status.value for status in BarStatus} <= set(said), "the key names every sign"


def test_of_many_clocks_late_ones_and_binding_ones_are_shown_and_the_others_counted() -> None:
    late = bar(1000, BarStatus.LATE, about="late")
    binding = bar(900, strength=Strength.STATUTE, about="statute")
    many = tuple(bar(number) for number in range(40))
    said = words(timeline_svg(view(Lane(title="Action plan", bars=(*many, binding, late)))))
    names = [each for each in said if each.startswith("Report by")]
    assert len(names) == BARS_A_LANE
    assert names[-2:] == ["Report by the agency (statute)", "Report by the agency (late)"], "in order of time"
    assert "and 30 more clocks: 30 met" in said


def test_three_years_with_200_clocks_fit_on_a_page_that_can_be_read() -> None:
    root = Xml.fromstring(timeline_svg(long_life()))
    assert float(root.attrib["height"]) < 2400
    assert sum(each.startswith("and 28 more clocks") for each in words(timeline_svg(long_life()))) == 5


def test_stopped_stretches_are_hatched() -> None:
    stop = StoppedStretch(since=day(5), until=day(9))
    svg = timeline_svg(view(Lane(title="Panel", bars=(bar(0, stops=(stop,)),)), stops=(stop,)))
    plain = timeline_svg(view(Lane(title="Panel", bars=(bar(0),))))
    assert svg.count("url(#hatch)") == plain.count("url(#hatch)") + 2
    assert "Clocks stopped with the review" in words(svg)


def test_what_happened_is_named_on_its_day() -> None:
    svg = timeline_svg(view(Lane(title="Publication", marks=(Mark(on=day(900), words="published"),))))
    assert "published" in words(svg)
    assert "Monday 24 July 2028: published" in svg


@pytest.mark.parametrize(("years", "months"), [(1, 12), (2, 24), (3, 18), (5, 20), (40, 0)])
def test_axis_names_years_and_months_as_far_as_there_is_room(years: int, months: int) -> None:
    axis = TimeAxis(BEGAN, date(2026 + years, 2, 5), 300, 1100)
    for labels in (list(axis.years()), list(axis.months())):
        ends = [x + width_of(name, 11) for x, name in labels]
        assert all(end < x for end, (x, _) in zip(ends, labels[1:], strict=False))
    assert list(axis.years())
    assert len(list(axis.months())) == months


@pytest.mark.parametrize("days", [10, 14, 30, 60, 70, 100, 200, 400, 1100, 9000])
def test_axis_has_two_labels_at_least_whatever_it_spans(days: int) -> None:
    for began in (BEGAN, date(2026, 12, 20)):
        axis = TimeAxis(began, began + timedelta(days=days), 300, 1100)
        drawn = Xml.fromstring(f"<g>{''.join(axis.drawn(0, 100))}</g>")
        labels = [(float(each.attrib["x"]), str(each.text)) for each in drawn.iter("text")]
        named = [label for label in labels if not label[1].isdigit()] if days <= 1100 else labels
        assert len(named) >= 2
        ends = [x + width_of(name, 11) for x, name in named]
        assert all(end < x for end, (x, _) in zip(ends, named[1:], strict=False))


def test_case_of_some_days_fills_its_picture_with_named_days() -> None:
    quick = Bar(title="Decision", start=BEGAN, due=day(4), done_on=day(3), status=BarStatus.MET)
    shown = TimelineView(reference="NB-2026-014", as_of=day(5), lanes=(Lane(title="The case", bars=(quick,)),))
    said = words(timeline_svg(shown))
    assert {"5 Feb", "8 Feb", "10 Feb"} <= set(said)


def test_measure_says_what_is_to_change_and_how_that_is_seen() -> None:
    typed = {"what": "Plans say what\nthe child <wants>", "measure": "Share of plans with the child's own words"}
    svg = measure_svg(series(**typed))
    said = words(svg)
    assert "Expected change C1: Plans say what the child <wants>" in said
    assert "Audit: Share of plans with the child's own words" in said
    [title] = Xml.fromstring(svg).findall(f"{SVG}title")
    assert title.text == "Expected change C1: Plans say what the child <wants>"
    assert "Expected change C1: audit" in words(measure_svg(series())), "where nothing was typed"


def test_measure_names_its_lines_its_direction_and_every_judgement() -> None:
    said = words(measure_svg(series()))
    for wanted in ("baseline 42 days", "target 14 days", "Lower is better. In days.", "38.5", "20 days late"):
        assert wanted in said
    for judgement in Judgement:
        assert said.count(judgement.value.replace("-", " ")) == 2, "below its point and in the key"
    assert "not judged yet" in said
    assert "to come" in said


def joined(svg: str) -> int:
    """How many lines join two looks."""
    return sum(each.attrib.get("stroke") == "#2f5d8a" for each in Xml.fromstring(svg).iter(f"{SVG}line"))


@pytest.mark.parametrize("make", [series, described])
def test_points_are_joined_only_where_consecutive_looks_were_observed(make: Any) -> None:
    svg = measure_svg(make())
    assert joined(svg) == 3, "one before the absent look, two after the missed one"
    assert "absent" in words(svg)
    assert "missed" in words(svg)


def test_look_that_was_seen_without_a_figure_joins_nothing() -> None:
    looks = (LOOKS[0], LOOKS[1].model_copy(update={"value": None}), LOOKS[3])
    assert joined(measure_svg(series(points=looks))) == 0


def test_late_look_has_another_shape() -> None:
    on_time = measure_svg(series(points=LOOKS[:1]))
    late = measure_svg(series(points=(LOOKS[0].model_copy(update={"late_days": 1}),)))
    assert "1 day late" in words(late)
    assert COLOURS.sub("", late).count("<rect") == COLOURS.sub("", on_time).count("<rect") + 1


def test_closing_is_marked() -> None:
    assert f"closed: sustained, {closed().closed_on:%-d} Jan 2029" in words(measure_svg(closed()))


def test_change_told_in_words_has_no_scale() -> None:
    said = words(measure_svg(described()))
    assert "Told in words." in said
    assert not any(re.fullmatch(r"[\d.]+", each) and len(each) < 4 for each in said)


def test_what_is_written_into_a_picture_stays_text() -> None:
    mark = '<b onclick="x">&amp;\x07'
    svg = timeline_svg(view(Lane(title=mark, bars=(bar(0, about=mark),), marks=(Mark(on=NOW, words=mark),))))
    assert "<b onclick" not in svg
    assert mark.rstrip("\x07") in words(svg)


def test_lengths_are_written_to_a_tenth() -> None:
    assert [number(each) for each in (1, 1.04, 2.25, -0.01)] == ["1", "1", "2.2", "0"]


def test_words_are_shortened_only_where_there_is_no_room() -> None:
    assert shortened("published", 200) == "published"
    short = shortened("the report was published", 60)
    assert short.endswith("…") and width_of(short) <= 60
