"""The case record: what happened in each case, kept in a database for as long as the case may be asked about."""
