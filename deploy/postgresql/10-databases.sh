#!/bin/sh
# Runs once, when PostgreSQL makes its data: a role for Temporal, which makes its own databases, and one for the case
# record, which owns that and nothing else.
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set temporal="$TEMPORAL_DB_PASSWORD" --set record="$RECORD_DB_PASSWORD" <<'SQL'
CREATE ROLE temporal LOGIN CREATEDB PASSWORD :'temporal';
CREATE ROLE scr LOGIN PASSWORD :'record';
CREATE DATABASE record OWNER scr;
REVOKE CONNECT ON DATABASE record FROM PUBLIC;
SQL
