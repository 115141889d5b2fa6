#include "ledger/ledger.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "ledger/entry.hpp"
#include "ledger/queries.hpp"
#include "ledger/schema.hpp"
#include "ledger/state.hpp"
#include "sys/file.hpp"

namespace airlock::ledger {

using core::Code;
using core::fail;
using core::quote;

namespace {

Result<Entry> plain_entry_in(const db::Statement& row, const std::string& path) { return entry_in(row, path); }

Result<Undisclosed> undisclosed_in(const db::Statement& row, const std::string& path) {
  Undisclosed found;
  AIRLOCK_TRY(found.report, report_in(row, path));
  AIRLOCK_TRY(found.produced, entry_in(row, path, 5));
  return found;
}

Result<std::uint64_t> counter(db::Database& database, std::string_view sql) {
  AIRLOCK_TRY(const auto value, database.number(sql));
  return static_cast<std::uint64_t>(value);
}

Result<void> need_entries(db::Database& database, std::uint64_t size) {
  AIRLOCK_TRY(const auto entries, counter(database, sql::size));
  if (size <= entries) return {};
  return fail(Code::bad_input, quote(database.path()) + ": has only " + std::to_string(entries) + " entries");
}

}  // namespace

Result<Ledger> Ledger::create(const std::string& path) {
  // Removed again unless it is kept. It is closed before this function returns, when no lock could be lost with it.
  AIRLOCK_TRY(auto file, sys::NewFile::create(path, sys::private_file));
  AIRLOCK_TRY(auto database, db::Database::open(path, db::Mode::read_write));
  AIRLOCK_CHECK(db::create_schema(database, schema()));
  file.keep();
  return Ledger(std::make_unique<State>(std::move(database)));
}

Result<Ledger> Ledger::open(const std::string& path, db::Mode mode) {
  AIRLOCK_TRY(auto database, db::Database::open(path, mode, db::Journal::emptied));
  if (mode == db::Mode::read_write) AIRLOCK_CHECK(db::upgrade_schema(database, schema()));
  AIRLOCK_CHECK(db::check_schema(database, schema()));
  return Ledger(std::make_unique<State>(std::move(database)));
}

Result<void> Ledger::copy_to(const std::string& path) const {
  AIRLOCK_TRY(auto* database, state_->use());
  return database->copy_to(path);
}

Ledger::Ledger(std::unique_ptr<State> state) : state_(std::move(state)) {}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

void Ledger::after_commit(std::function<void(const TreeHead&)> told) { state_->told = std::move(told); }

Result<TreeHead> Ledger::head() const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(const auto size, counter(*database, sql::size));
  return head(size);
}

Result<TreeHead> Ledger::head(std::uint64_t size) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_CHECK(need_entries(*database, size));
  AIRLOCK_TRY(auto tree, StoredTree::open(*database));
  AIRLOCK_TRY(const Digest hash, root(size, tree.reader()));
  return TreeHead{size, hash};
}

Result<std::vector<Digest>> Ledger::inclusion_proof(std::uint64_t seq, std::uint64_t size) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_CHECK(need_entries(*database, size));
  if (seq >= size) {
    return fail(Code::bad_input, "entry " + std::to_string(seq) + " is not among the first " + std::to_string(size));
  }
  AIRLOCK_TRY(auto tree, StoredTree::open(*database));
  return ledger::inclusion_proof(seq, size, tree.reader());
}

Result<std::vector<Digest>> Ledger::consistency_proof(std::uint64_t from, std::uint64_t size) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_CHECK(need_entries(*database, size));
  if (from > size) {
    return fail(Code::bad_input,
                "a tree of " + std::to_string(from) + " entries is no part of one of " + std::to_string(size));
  }
  AIRLOCK_TRY(auto tree, StoredTree::open(*database));
  return ledger::consistency_proof(from, size, tree.reader());
}

Result<Entry> Ledger::entry(std::uint64_t seq) const {
  AIRLOCK_TRY(auto found, entries(seq, 1));
  if (found.empty() || found.front().seq != seq) {
    return fail(Code::bad_input, quote(state_->path) + ": has no entry " + std::to_string(seq));
  }
  return std::move(found.front());
}

Result<std::vector<Entry>> Ledger::entries(std::uint64_t from_seq, std::size_t limit) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::entries));
  return rows(query.bind(to_column(from_seq)).bind(to_column(limit)), state_->path, plain_entry_in);
}

Result<std::optional<Entry>> Ledger::newest(Kind kind) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::newest_of_kind));
  return one(query.bind(name(kind)), state_->path, plain_entry_in);
}

Result<std::vector<Entry>> Ledger::entries_of_kind(Kind kind, std::uint64_t from_seq, std::size_t limit) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::entries_of_kind));
  return rows(query.bind(name(kind)).bind(to_column(from_seq)).bind(to_column(limit)), state_->path, plain_entry_in);
}

Result<std::vector<Entry>> Ledger::entries_of_report(std::string_view report_id, std::uint64_t from_seq,
                                                     std::size_t limit) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::entries_of_report));
  return rows(query.bind(report_id).bind(to_column(from_seq)).bind(to_column(limit)), state_->path, plain_entry_in);
}

Result<std::vector<Entry>> Ledger::entries_of_disclosure(std::string_view id) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::entries_of_disclosure));
  return rows(query.bind(id), state_->path, plain_entry_in);
}

Result<std::vector<ReportRow>> Ledger::reports(std::uint64_t from_number, std::size_t limit) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::reports));
  return rows(query.bind(to_column(from_number)).bind(to_column(limit)), state_->path, report_in);
}

Result<std::optional<ReportRow>> Ledger::report(std::uint64_t number) const {
  AIRLOCK_TRY(auto found, reports(number, 1));
  if (found.empty() || found.front().number != number) return std::optional<ReportRow>();
  return std::optional<ReportRow>(std::move(found.front()));
}

Result<std::uint64_t> Ledger::last_number() const {
  AIRLOCK_TRY(auto* database, state_->use());
  return counter(*database, sql::last_number);
}

Result<std::uint64_t> Ledger::last_disclosure() const {
  AIRLOCK_TRY(auto* database, state_->use());
  return counter(*database, sql::last_disclosure);
}

Result<std::optional<Time>> Ledger::newest_time() const {
  AIRLOCK_TRY(auto* database, state_->use());
  const auto time_in = [&](std::string_view text) -> Result<std::optional<Time>> {
    const auto time = Time::from_text(text);
    if (!time) return fail(damaged(state_->path, "the newest time of an entry is none"));
    return std::optional<Time>(*time);
  };
  std::optional<Time> newest;
  std::int64_t disowning = -1;
  {
    AIRLOCK_TRY(auto query, database->prepare(sql::newest_disowning));
    AIRLOCK_TRY(const bool row, query.step());
    if (row) {
      disowning = query.integer(0);
      AIRLOCK_TRY(newest, time_in(query.text(1)));
    }
  }
  AIRLOCK_TRY(auto query, database->prepare(sql::newest_time));
  AIRLOCK_TRY(const bool row, query.bind(newest ? newest->text() : "").bind(disowning).step());
  if (!row) return newest;
  return time_in(query.text(0));
}

Result<std::optional<Disclosure>> Ledger::disclosure(std::string_view id) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::disclosure_by_id));
  return one(query.bind(id), state_->path, disclosure_in);
}

Result<std::optional<Disclosure>> Ledger::disclosure_by_number(std::uint64_t disclosure) const {
  AIRLOCK_TRY(auto found, disclosures(disclosure, 1));
  if (found.empty() || found.front().disclosure != disclosure) return std::optional<Disclosure>();
  return std::optional<Disclosure>(std::move(found.front()));
}

Result<std::vector<Disclosure>> Ledger::disclosures(std::uint64_t from, std::size_t limit) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::disclosures));
  return rows(query.bind(to_column(from)).bind(to_column(limit)), state_->path, disclosure_in);
}

Result<std::vector<Disclosure>> Ledger::disclosures_of_report(std::string_view report_id) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::disclosures_of_report));
  return rows(query.bind(report_id), state_->path, disclosure_in);
}

Result<std::vector<Disclosure>> Ledger::unfinished() const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::unfinished));
  return rows(query, state_->path, disclosure_in);
}

Result<std::optional<Disclosure>> Ledger::previous_disclosure(std::uint64_t before) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::previous_disclosure));
  return one(query.bind(to_column(before)), state_->path, disclosure_in);
}

Result<std::optional<Disclosure>> Ledger::newest_disclosure() const {
  AIRLOCK_TRY(const std::uint64_t last, last_disclosure());
  return previous_disclosure(last + 1);
}

Result<std::vector<Disclosure>> Ledger::waiting(std::uint64_t from, std::size_t limit) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::waiting));
  return rows(query.bind(to_column(from)).bind(to_column(limit)), state_->path, disclosure_in);
}

Result<Ledger::Waiting> Ledger::count_waiting() const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::count_waiting));
  Waiting out;
  for (;;) {
    AIRLOCK_TRY(const bool row, query.step());
    if (!row) return out;
    (query.text(0) == name(Stage::failed) ? out.failed : out.queued) += static_cast<std::uint64_t>(query.integer(1));
  }
}

Result<std::vector<Disclosure>> Ledger::ended_since(std::uint64_t from_seq, std::uint64_t below) const {
  AIRLOCK_TRY(auto* database, state_->use());
  std::vector<Disclosure> out;
  for (const Kind kind : {Kind::abandoned, Kind::withdrawn, Kind::payload_lost}) {
    AIRLOCK_TRY(auto query, database->prepare(sql::ended_since));
    query.bind(name(kind)).bind(to_column(from_seq)).bind(to_column(below));
    AIRLOCK_TRY(auto ended, rows(query, state_->path, disclosure_in));
    out.insert(out.end(), std::make_move_iterator(ended.begin()), std::make_move_iterator(ended.end()));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.disclosure < b.disclosure; });
  return out;
}

Result<std::vector<Undisclosed>> Ledger::undisclosed(std::uint64_t from_seq, std::size_t limit) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::undisclosed));
  return rows(query.bind(to_column(from_seq)).bind(to_column(limit)), state_->path, undisclosed_in);
}

Result<Clearance> Ledger::clear(core::Permit permit, std::string_view disclosure_id) const {
  AIRLOCK_TRY(const auto found, disclosure(disclosure_id));
  if (!permit.leaf() || !found || found->stage != Stage::attempted) {
    return fail(Code::unexpected, "the disclosure " + quote(disclosure_id) + " has no permit, or no open attempt");
  }
  AIRLOCK_TRY(const Entry recorded, entry(found->recorded));
  const Digest leaf = leaf_hash(recorded.body);
  const auto facts = read_body(recorded.body, recorded.seq);
  if (leaf != *permit.leaf() || !facts || facts->disclosure_id != found->id) {
    return fail(Code::unexpected, "the permit is not for the disclosure " + quote(disclosure_id));
  }
  AIRLOCK_TRY(const TreeHead tree, head());
  AIRLOCK_TRY(const auto proof, inclusion_proof(recorded.seq, tree.size));
  AIRLOCK_CHECK(verify_inclusion(recorded.seq, tree.size, leaf, proof, tree.root));
  AIRLOCK_TRY(const Digest payload, Digest::from_hex(found->content_sha256));
  return Clearance(payload);
}

Result<std::vector<Original>> Ledger::originals(const Digest& sha256) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::originals_by_digest));
  return rows(query.bind_blob(sha256.view()), state_->path, original_in);
}

Result<std::optional<Original>> Ledger::original(std::string_view report_id) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::original));
  return one(query.bind(report_id), state_->path, original_in);
}

Result<std::optional<std::string>> Ledger::newest_checkpoint() const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::newest_checkpoint));
  AIRLOCK_TRY(const bool row, query.step());
  return row ? std::optional<std::string>(query.text(1)) : std::nullopt;
}

}  // namespace airlock::ledger
