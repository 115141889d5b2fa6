#include "ledger/schema.hpp"

#include <array>

namespace airlock::ledger {

namespace {

/// Ceilings and terms of decisions, which entries name by their SHA-256.
constexpr std::string_view ceilings = R"(CREATE TABLE ceilings (
  sha256 BLOB PRIMARY KEY,
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID)";

constexpr std::array<std::string_view, 22> version_2{
    // The log. The columns beside `body` repeat parts of it; `number` is set only for `produced`. They are not
    // generated columns, since SQLite 3.40 allows no JSON functions in a schema while `trusted_schema` is off.
    R"(CREATE TABLE entries (
  seq INTEGER PRIMARY KEY,
  body TEXT NOT NULL,
  leaf BLOB NOT NULL,
  time TEXT NOT NULL,
  kind TEXT NOT NULL,
  report_id TEXT,
  number INTEGER,
  disclosure_id TEXT
) STRICT)",
    "CREATE INDEX entries_time ON entries(time)",
    "CREATE INDEX entries_kind ON entries(kind)",
    "CREATE INDEX entries_report ON entries(report_id) WHERE report_id IS NOT NULL",
    "CREATE UNIQUE INDEX entries_produced ON entries(report_id) WHERE kind = 'produced'",
    "CREATE UNIQUE INDEX entries_number ON entries(number) WHERE number IS NOT NULL",
    "CREATE INDEX entries_disclosure ON entries(disclosure_id) WHERE disclosure_id IS NOT NULL",
    // REPLACE deletes a row and does not run the trigger against deletion. This trigger therefore refuses every seq
    // except the next one.
    R"(CREATE TRIGGER entries_next BEFORE INSERT ON entries
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq) + 1, 0) FROM entries)
BEGIN SELECT RAISE(ABORT, 'an entry can only be appended'); END)",
    R"(CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'an entry cannot be changed'); END)",
    R"(CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'an entry cannot be deleted'); END)",

    // Perfect subtrees of the Merkle tree from level 1 on; level 0 is `entries.leaf`.
    R"(CREATE TABLE nodes (
  level INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (level, idx)
) STRICT, WITHOUT ROWID)",

    R"(CREATE TABLE checkpoints (
  size INTEGER PRIMARY KEY,
  note TEXT NOT NULL
) STRICT)",
    R"(CREATE TRIGGER checkpoints_next BEFORE INSERT ON checkpoints
WHEN NEW.size <= (SELECT coalesce(max(size), 0) FROM checkpoints)
BEGIN SELECT RAISE(ABORT, 'a checkpoint can only be appended'); END)",
    R"(CREATE TRIGGER checkpoints_no_update BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'a checkpoint cannot be changed'); END)",
    R"(CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'a checkpoint cannot be deleted'); END)",

    // What finds repeats, by the seq of the report's `produced`; never exported.
    R"(CREATE TABLE originals (
  seq INTEGER PRIMARY KEY,
  report_id TEXT NOT NULL UNIQUE,
  sha256 BLOB NOT NULL,
  salt BLOB NOT NULL,
  size INTEGER NOT NULL
) STRICT)",
    "CREATE INDEX originals_sha256 ON originals(sha256)",

    // How far each disclosure has come.
    R"(CREATE TABLE outbox (
  disclosure INTEGER PRIMARY KEY,
  disclosure_id TEXT NOT NULL UNIQUE,
  report_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  recorded INTEGER NOT NULL,
  stage TEXT NOT NULL,
  file TEXT NOT NULL,
  file_sha256 TEXT NOT NULL,
  content_sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  time TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  last_attempt TEXT NOT NULL,
  next_try TEXT NOT NULL,
  last_error TEXT NOT NULL,
  uncertain INTEGER NOT NULL
) STRICT)",
    "CREATE INDEX outbox_report ON outbox(report_id)",
    "CREATE INDEX outbox_unfinished ON outbox(disclosure) WHERE stage IN ('recorded', 'sealed')",
    "CREATE INDEX outbox_waiting ON outbox(disclosure) WHERE stage IN ('queued', 'attempted', 'failed')",
    // Version 1 had everything above.
    ceilings,
};
constexpr std::array migration_to_2{ceilings};
constexpr std::array<std::span<const std::string_view>, 1> migrations{migration_to_2};

}  // namespace

const db::Schema& schema() {
  static constexpr db::Schema current{"a ledger", application_id, 2, version_2, migrations};
  return current;
}

}  // namespace airlock::ledger
