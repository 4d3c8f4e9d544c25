#!/bin/sh
# Makes the namespace and its search attributes. Runs in temporalio/admin-tools, or wherever the temporal program is.
# TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE say where, RETENTION for how long closed workflows are kept. May run any
# number of times; what is there already stays.
set -eu

attempts=60
until temporal operator cluster health >/dev/null 2>&1; do
    attempts=$((attempts - 1))
    [ "$attempts" -gt 0 ] || { echo "Temporal at $TEMPORAL_ADDRESS does not answer" >&2; exit 1; }
    sleep 1
done

if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
    temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
else
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
fi

# A new namespace is known to every part of the server only after some seconds.
attempts=60
until temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; do
    attempts=$((attempts - 1))
    [ "$attempts" -gt 0 ] || { echo "the namespace $TEMPORAL_NAMESPACE does not answer" >&2; exit 1; }
    sleep 1
done

attribute() { temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$1" --type "$2"; }

# The same as in workflows/search_attributes.py.
attribute Board Keyword
attribute CaseReference Keyword
attribute Stage Keyword
attribute Regime Keyword
attribute NextDeadline Datetime
attribute Overdue Bool
attribute EscalationLevel Int
attribute WaitingOn KeywordList
