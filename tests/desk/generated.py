"""How many requests are made up, and of what."""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

MANY = int(os.environ.get("SCR_TESTS_GENERATE", "") or 200)
"""How many requests of each kind; ``SCR_TESTS_GENERATE=20000`` keeps it up for an hour."""
TEXT = st.text(max_size=60)
RUN = settings(
    max_examples=MANY,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
