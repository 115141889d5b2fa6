#!/bin/sh
# What one would write instead of `airlock process` on a site that seals: redact, sign, encrypt, store durably, record.
#   seal.sh REPORT FOLDER     FOLDER has site.crt, site.key, pseudonym.key, recipient.crt, outbox/ and a database ledger.db
# It does less: no licence, no policy, no leak scan, no proof, and nothing mends what a crash between two steps leaves.
set -eu
report=$1 folder=$2 here=${0%/*}
name=$(date -u +%Y%m%dT%H%M%S)-$$
bundle=$folder/outbox/$name.p7m
umask 077
scratch=$(mktemp -d "$folder/scratch.XXXXXX")
trap 'rm -r "$scratch"' EXIT

# jq has no hash; sqlite3 has SHA-3, which with a key before the value is a keyed hash.
jq -c -f "$here/identifiers.jq" "$report" >"$scratch/identifiers"
sqlite3 :memory: "SELECT json_group_object(value, 'identifier-' || lower(substr(hex(sha3(readfile('$folder/pseudonym.key') || value)), 1, 32)))
  FROM json_each(CAST(readfile('$scratch/identifiers') AS TEXT))" >"$scratch/pseudonyms"
jq -c -f "$here/strict.jq" --slurpfile pseudonyms "$scratch/pseudonyms" "$report" |
  openssl cms -sign -binary -nodetach -stream -outform DER -md sha256 -signer "$folder/site.crt" -inkey "$folder/site.key" |
  openssl cms -encrypt -binary -stream -outform DER -aes-256-gcm -out "$bundle.part" "$folder/recipient.crt"
sync "$bundle.part"
mv "$bundle.part" "$bundle"
sync "$folder/outbox"
digests=$(sha256sum "$report" "$bundle")
sqlite3 "$folder/ledger.db" "PRAGMA synchronous = EXTRA; CREATE TABLE IF NOT EXISTS sealed (name TEXT PRIMARY KEY, at TEXT, digests TEXT);
  INSERT INTO sealed VALUES ('$name', datetime('now'), '$digests')"
