#!/bin/sh
# Makes Temporal's two databases, or brings them to the schema of this version. Runs in temporalio/admin-tools.
# SQL_HOST, SQL_USER and SQL_PASSWORD say where. May run any number of times.
set -eu

versions=/etc/temporal/schema/postgresql/v12

prepare() {
    tool="temporal-sql-tool --plugin postgres12 --ep $SQL_HOST --port 5432 --user $SQL_USER --db $1"
    $tool create
    $tool setup-schema -v 0.0
    $tool update-schema -d "$versions/$2/versioned"
}

prepare temporal temporal
prepare temporal_visibility visibility
