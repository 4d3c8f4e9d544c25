"""Working-day calendars, clock rules, deadlines with their explanation, escalation ladders."""
