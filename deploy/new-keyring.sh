#!/bin/sh
# Makes a key ring with one new key: sh deploy/new-keyring.sh secrets/keyring.json. Never overwrites one.
# Keep a copy elsewhere: without it nothing that was stored can be read.
set -euC
umask 077

key=$(head -c 32 /dev/urandom | base64)
mkdir -p "$(dirname "$1")"
printf '{"current": "k1", "keys": {"k1": "%s"}}\n' "$key" >"$1"
