"""Reading a regime by its id."""

from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.regimes import Regimes, known_regimes, read_regime
from domain.regimes import RegimeAsked


def test_every_known_regime_can_be_read_and_bears_its_own_id() -> None:
    assert "england-scr" in known_regimes()
    for regime in known_regimes():
        assert read_regime(regime).id == regime


@pytest.mark.parametrize("regime", ["england-sin", "", "../england-scr", "england_scr"])
def test_an_unknown_regime_is_refused_for_good(regime: str) -> None:
    with pytest.raises(ApplicationError) as refused:
        read_regime(regime)
    assert (refused.value.type, refused.value.non_retryable) == ("UnknownRegime", True)


def test_the_activity_gives_what_the_plain_function_reads(tmp_path: Path) -> None:
    asked = RegimeAsked(regime="england-scr", board="northbridge")
    assert ActivityEnvironment().run(Regimes(tmp_path).load_regime, asked) == read_regime("england-scr")
