"""The service on a clock that can be moved: years in minutes, for looking at and for tests."""
