"""Where people and programs meet the service: incident events in, tasks and answers, payloads for the Web UI."""
