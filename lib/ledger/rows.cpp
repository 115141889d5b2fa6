#include "ledger/rows.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace airlock::ledger {

using core::Code;
using core::fail;
using core::quote;

std::int64_t to_column(std::uint64_t value) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(value, INT64_MAX));
}

core::Error damaged(const std::string& path, const std::string& what) {
  return {Code::integrity, quote(path) + ": " + what, "run `airlock ledger verify`, and restore a backup"};
}

namespace {

std::uint64_t counter(const db::Statement& row, int column) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(row.integer(column), 0));
}

/// The columns of an entry that may be ill-formed in a damaged file.
Result<Time> time_in(const db::Statement& row, int column, const std::string& path, std::uint64_t seq) {
  const auto time = Time::from_text(row.text(column));
  if (!time) return fail(damaged(path, "entry " + std::to_string(seq) + ": its time is malformed"));
  return *time;
}

Result<Kind> kind_in(const db::Statement& row, int column, const std::string& path, std::uint64_t seq) {
  const auto kind = kind_from(row.text(column));
  if (!kind) return fail(damaged(path, "entry " + std::to_string(seq) + ": is of an unknown kind"));
  return *kind;
}

}  // namespace

Result<Entry> entry_in(const db::Statement& row, const std::string& path, int first) {
  Entry entry;
  entry.seq = counter(row, first);
  AIRLOCK_TRY(entry.time, time_in(row, first + 1, path, entry.seq));
  AIRLOCK_TRY(entry.kind, kind_in(row, first + 2, path, entry.seq));
  entry.report_id = row.text(first + 3);
  entry.body = row.text(first + 4);
  return entry;
}

Result<Entry> plain_entry_in(const db::Statement& row, const std::string& path) { return entry_in(row, path); }

Result<ReportRow> report_in(const db::Statement& row, const std::string& path) {
  ReportRow report;
  report.number = counter(row, 0);
  report.report_id = row.text(1);
  report.latest_seq = counter(row, 4);
  AIRLOCK_TRY(report.produced, time_in(row, 2, path, report.latest_seq));
  AIRLOCK_TRY(report.latest, kind_in(row, 3, path, report.latest_seq));
  AIRLOCK_TRY(report.latest_time, time_in(row, 5, path, report.latest_seq));
  return report;
}

Result<Disclosure> disclosure_in(const db::Statement& row, const std::string& path) {
  Disclosure disclosure;
  disclosure.disclosure = counter(row, 0);
  disclosure.id = row.text(1);
  disclosure.report_id = row.text(2);
  disclosure.number = counter(row, 3);
  disclosure.recorded = counter(row, 4);
  const auto stage = stage_from(row.text(5));
  if (!stage) {
    return fail(damaged(path, "disclosure " + std::to_string(disclosure.disclosure) + ": is at an unknown stage"));
  }
  disclosure.stage = *stage;
  disclosure.file = row.text(6);
  disclosure.file_sha256 = row.text(7);
  disclosure.content_sha256 = row.text(8);
  disclosure.size = counter(row, 9);
  const std::string place = "disclosure " + std::to_string(disclosure.disclosure) + ": ";
  const auto time = [&](int column, std::optional<Time>& into) -> Result<void> {
    if (row.text(column).empty()) return {};
    auto read = Time::from_text(row.text(column));
    if (!read) return fail(damaged(path, place + "has a malformed time"));
    into = *read;
    return {};
  };
  std::optional<Time> recorded;
  AIRLOCK_CHECK(time(10, recorded));
  if (!recorded) return fail(damaged(path, place + "has no time"));
  disclosure.time = *recorded;
  disclosure.attempts = counter(row, 11);
  AIRLOCK_CHECK(time(12, disclosure.last_attempt));
  AIRLOCK_CHECK(time(13, disclosure.next_try));
  disclosure.last_error = row.text(14);
  disclosure.uncertain = row.integer(15) != 0;
  return disclosure;
}

Result<Original> original_in(const db::Statement& row, const std::string& path) {
  Original original;
  original.report_id = row.text(0);
  const auto sha256 = Digest::from_bytes(row.blob(1));
  if (!sha256) return fail(damaged(path, "the original of " + quote(original.report_id) + " has no digest"));
  original.sha256 = *sha256;
  original.salt = row.blob(2);
  original.size = counter(row, 3);
  return original;
}

}  // namespace airlock::ledger
