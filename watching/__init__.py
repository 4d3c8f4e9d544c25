"""The watchdog's eyes and voice: what should have happened and did not, and who is told of it."""
