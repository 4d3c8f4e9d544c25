"""When the workflow of a stage begins a new run."""

LONG_HISTORY = 1_500
"""Events from which on a stage continues as new: people read histories, and workers replay them."""
