#pragma once
/// \file
/// Every SQL statement of the ledger except its schema. For the source files of ledger/ only. They are in one place so
/// that a test can ask SQLite for the plan of each: no statement may scan a table that grows.

#include <array>
#include <string_view>

namespace airlock::ledger::sql {

// The tree.
inline constexpr std::string_view size = "SELECT coalesce(max(seq) + 1, 0) FROM entries";
inline constexpr std::string_view leaf = "SELECT leaf FROM entries WHERE seq = ?";
inline constexpr std::string_view node = "SELECT hash FROM nodes WHERE level = ? AND idx = ?";
inline constexpr std::string_view add_node = "INSERT INTO nodes (level, idx, hash) VALUES (?, ?, ?)";
inline constexpr std::string_view newest_checkpoint =
    "SELECT size, note FROM checkpoints WHERE size = (SELECT max(size) FROM checkpoints)";
inline constexpr std::string_view next_checkpoint =
    "SELECT size, note FROM checkpoints WHERE size > ? ORDER BY size LIMIT 1";
inline constexpr std::string_view add_checkpoint = "INSERT INTO checkpoints (size, note) VALUES (?, ?)";

// Entries. Rows are read by `entry_in`.
inline constexpr std::string_view add_entry =
    "INSERT INTO entries (seq, body, leaf, time, kind, report_id, number, disclosure_id) "
    "VALUES (?, ?, ?, ?, ?, nullif(?, ''), nullif(?, 0), nullif(?, ''))";
inline constexpr std::string_view entries =
    "SELECT seq, time, kind, coalesce(report_id, ''), body FROM entries WHERE seq >= ? ORDER BY seq LIMIT ?";
inline constexpr std::string_view entries_of_kind =
    "SELECT seq, time, kind, coalesce(report_id, ''), body FROM entries WHERE kind = ? ORDER BY seq";
inline constexpr std::string_view entries_of_report =
    "SELECT seq, time, kind, report_id, body FROM entries WHERE report_id = ? AND seq >= ? ORDER BY seq LIMIT ?";
inline constexpr std::string_view entry_of_report_before =
    "SELECT seq, time, kind, report_id, body FROM entries WHERE report_id = ? AND seq < ? ORDER BY seq DESC LIMIT 1";
inline constexpr std::string_view entries_of_disclosure =
    "SELECT seq, time, kind, coalesce(report_id, ''), body FROM entries WHERE disclosure_id = ? ORDER BY seq";
/// With the columns that must agree with the body, and what there is of the original.
inline constexpr std::string_view whole_entries =
    "SELECT e.seq, e.body, e.leaf, e.time, e.kind, e.report_id, e.number, e.disclosure_id, o.report_id, "
    "length(o.sha256), length(o.salt) FROM entries e LEFT JOIN originals o ON o.seq = e.seq WHERE e.seq >= ? "
    "ORDER BY e.seq LIMIT ?";

// Reports. Rows are read by `report_in`. What officers say about a report does not change what became of it.
#define AIRLOCK_LATEST_                                                                                    \
  "JOIN entries l ON l.seq = (SELECT max(seq) FROM entries WHERE report_id = p.report_id AND kind NOT IN " \
  "('approved', 'drop_refused')) "
#define AIRLOCK_REPORTS_ "SELECT p.number, p.report_id, p.time, l.kind, l.seq, l.time FROM entries p " AIRLOCK_LATEST_
inline constexpr std::string_view reports = AIRLOCK_REPORTS_ "WHERE p.number >= ? ORDER BY p.number LIMIT ?";
inline constexpr std::string_view report_by_id = AIRLOCK_REPORTS_ "WHERE p.report_id = ? AND p.kind = 'produced'";
#undef AIRLOCK_REPORTS_
inline constexpr std::string_view undisclosed =
    "SELECT p.number, p.report_id, p.time, l.kind, l.seq, l.time, p.seq, p.time, p.kind, p.report_id, p.body "
    "FROM entries p " AIRLOCK_LATEST_
    "WHERE p.kind = 'produced' AND p.seq >= ? AND NOT EXISTS "
    "(SELECT 1 FROM outbox WHERE report_id = p.report_id AND stage IN ('sealed', 'released', 'sent')) "
    "ORDER BY p.seq LIMIT ?";
#undef AIRLOCK_LATEST_
inline constexpr std::string_view produced_before =
    "SELECT number FROM entries WHERE report_id = ? AND kind = 'produced' AND seq < ?";

// Disclosures. Rows are read by `disclosure_in`.
#define AIRLOCK_DISCLOSURES_                                                                                        \
  "SELECT disclosure, disclosure_id, report_id, number, recorded, stage, file, file_sha256, content_sha256, size, " \
  "time, attempts, last_attempt, next_try, last_error, uncertain FROM outbox "
inline constexpr std::string_view disclosures =
    AIRLOCK_DISCLOSURES_ "WHERE disclosure >= ? ORDER BY disclosure LIMIT ?";
inline constexpr std::string_view disclosure_by_id = AIRLOCK_DISCLOSURES_ "WHERE disclosure_id = ?";
inline constexpr std::string_view disclosures_of_report =
    AIRLOCK_DISCLOSURES_ "WHERE report_id = ? ORDER BY disclosure";
inline constexpr std::string_view unfinished =
    AIRLOCK_DISCLOSURES_ "WHERE stage IN ('recorded', 'sealed') ORDER BY disclosure";
inline constexpr std::string_view previous_disclosure = AIRLOCK_DISCLOSURES_
    "WHERE disclosure < ? AND stage IN ('sealed', 'released', 'sent') ORDER BY disclosure DESC LIMIT 1";
inline constexpr std::string_view waiting = AIRLOCK_DISCLOSURES_
    "WHERE stage IN ('queued', 'attempted', 'failed') AND disclosure >= ? ORDER BY disclosure LIMIT ?";
/// For one kind that ends a disclosure.
inline constexpr std::string_view ended_since = AIRLOCK_DISCLOSURES_
    "WHERE disclosure_id IN (SELECT disclosure_id FROM entries WHERE kind = ? AND seq >= ?) AND disclosure < ?";
#undef AIRLOCK_DISCLOSURES_
inline constexpr std::string_view put_disclosure =
    "INSERT INTO outbox (disclosure, disclosure_id, report_id, number, recorded, stage, file, file_sha256, "
    "content_sha256, size, time, attempts, last_attempt, next_try, last_error, uncertain) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (disclosure) DO UPDATE SET "
    "stage = excluded.stage, file = excluded.file, file_sha256 = excluded.file_sha256, "
    "content_sha256 = excluded.content_sha256, size = excluded.size, attempts = excluded.attempts, "
    "last_attempt = excluded.last_attempt, next_try = excluded.next_try, last_error = excluded.last_error, "
    "uncertain = excluded.uncertain";
/// A disclosure with the bodies of all entries that name it. One statement, so that both are from the same moment.
inline constexpr std::string_view disclosure_with_entries =
    "SELECT o.disclosure, o.disclosure_id, o.report_id, o.number, o.recorded, o.stage, o.file, o.file_sha256, "
    "o.content_sha256, o.size, o.time, o.attempts, o.last_attempt, o.next_try, o.last_error, o.uncertain, "
    "e.seq, e.body FROM outbox o LEFT JOIN entries e ON e.disclosure_id = o.disclosure_id "
    "WHERE o.disclosure = (SELECT min(disclosure) FROM outbox WHERE disclosure > ?) ORDER BY e.seq";

// Originals. Rows are read by `original_in`.
inline constexpr std::string_view originals_by_digest =
    "SELECT report_id, sha256, salt, size FROM originals WHERE sha256 = ? ORDER BY seq DESC";
inline constexpr std::string_view original = "SELECT report_id, sha256, salt, size FROM originals WHERE report_id = ?";
inline constexpr std::string_view add_original =
    "INSERT INTO originals (seq, report_id, sha256, salt, size) VALUES (?, ?, ?, ?, ?)";

// Texts that entries name.
inline constexpr std::string_view ceiling = "SELECT text FROM ceilings WHERE sha256 = ?";
inline constexpr std::string_view add_ceiling = "INSERT INTO ceilings (sha256, text) VALUES (?, ?)";
inline constexpr std::string_view next_ceiling =
    "SELECT sha256, text FROM ceilings WHERE sha256 > ? ORDER BY sha256 LIMIT 1";

/// Another number after each commit of another connection.
inline constexpr std::string_view data_version = "PRAGMA data_version";

// For `verify`: rows that no entry can have caused. The tree of n entries has n >> level nodes at a level.
inline constexpr std::string_view surplus_nodes =
    "SELECT idx FROM nodes WHERE level = ?1 AND idx >= ((SELECT coalesce(max(seq) + 1, 0) FROM entries) >> ?1) "
    "UNION ALL SELECT idx FROM nodes WHERE level = ?1 AND idx < 0 LIMIT 1";
inline constexpr std::string_view nodes_of_no_level =
    "SELECT level FROM nodes WHERE level < 1 UNION ALL SELECT level FROM nodes WHERE level > 62 LIMIT 1";
inline constexpr std::string_view originals_between = "SELECT count(*) FROM originals WHERE seq >= ? AND seq < ?";
inline constexpr std::string_view originals_of_no_entry =
    "SELECT seq FROM originals WHERE seq < 0 UNION ALL SELECT seq FROM originals WHERE seq >= "
    "(SELECT coalesce(max(seq) + 1, 0) FROM entries) LIMIT 1";

/// The statements that must not scan.
inline constexpr std::array all{size,
                                leaf,
                                node,
                                add_node,
                                newest_checkpoint,
                                next_checkpoint,
                                add_checkpoint,
                                add_entry,
                                entries,
                                entries_of_kind,
                                entries_of_report,
                                entry_of_report_before,
                                entries_of_disclosure,
                                whole_entries,
                                reports,
                                undisclosed,
                                produced_before,
                                disclosures,
                                disclosure_by_id,
                                disclosures_of_report,
                                unfinished,
                                previous_disclosure,
                                waiting,
                                ended_since,
                                put_disclosure,
                                disclosure_with_entries,
                                originals_by_digest,
                                original,
                                add_original,
                                ceiling,
                                add_ceiling,
                                next_ceiling,
                                surplus_nodes,
                                nodes_of_no_level,
                                originals_between,
                                originals_of_no_entry};

/// Scans, but only the index over disclosures that wait to be sent.
inline constexpr std::string_view count_waiting =
    "SELECT stage, count(*) FROM outbox WHERE stage IN ('queued', 'attempted', 'failed') GROUP BY stage";

}  // namespace airlock::ledger::sql
