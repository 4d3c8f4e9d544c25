"""A finding belongs to themes of the board's own list, or to none."""

from panel_world import finding, gathered

from domain.command import Found


def test_a_finding_is_of_themes_that_are_on_the_boards_list() -> None:
    world = gathered()
    unknown = finding(themes=("hidden-men",), found=Found(missing=("themes",)))
    refusal = world.refuses(unknown)
    assert refusal is not None and refusal.code == "theme-known"
    assert "hidden-men" not in refusal.text and refusal.text.endswith(".")
    assert world.refuses(finding(themes=("hidden-men",), found=Found())) is None
    assert world.refuses(finding(themes=("hidden-men",))) is None  # asked before anything was looked up


def test_themes_of_a_finding_are_looked_up_and_kept_in_the_record() -> None:
    command = finding(themes=("hidden-men", "thresholds"))
    ask = command.looks_up()
    assert ask.themes == ("hidden-men", "thresholds") and ask.chronology == ("health/1/1",)
    assert command.answer()["themes"] == ["hidden-men", "thresholds"]
    assert finding().looks_up().themes == ()
