#include "ledger/ledger.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "ledger/body.hpp"
#include "ledger/proven.hpp"
#include "ledger/queries.hpp"
#include "ledger/rows.hpp"
#include "ledger/schema.hpp"
#include "ledger/state.hpp"
#include "ledger/stored_tree.hpp"
#include "sys/write_file.hpp"

namespace airlock::ledger {

using core::Code;
using core::fail;
using core::quote;

namespace {

Result<void> need_entries(db::Database& database, std::uint64_t size) {
  AIRLOCK_TRY(const auto entries, database.number(sql::size));
  if (size <= static_cast<std::uint64_t>(entries)) return {};
  return fail(Code::bad_input, quote(database.path()) + ": has only " + std::to_string(entries) + " entries");
}

Result<std::vector<Entry>> stored_entries(LedgerState& state, std::string_view report_id, std::uint64_t from_seq,
                                          std::size_t limit) {
  AIRLOCK_TRY(auto* database, state.use());
  AIRLOCK_TRY(auto query, database->prepare(sql::entries_of_report));
  return rows(query.bind(report_id).bind(to_column(from_seq)).bind(to_column(limit)), state.path, plain_entry_in);
}

}  // namespace

Result<Ledger> Ledger::create(const std::string& path) {
  // Removed again unless it is kept. It is closed before this function returns, when no lock could be lost with it.
  AIRLOCK_TRY(auto file, sys::NewFile::create(path, sys::private_file));
  AIRLOCK_TRY(auto database, db::Database::open(path, db::Mode::read_write));
  AIRLOCK_CHECK(db::create_schema(database, schema()));
  file.keep();
  return Ledger(std::make_unique<LedgerState>(std::move(database)));
}

Result<Ledger> Ledger::open(const std::string& path, db::Mode mode) {
  AIRLOCK_TRY(auto database, db::Database::open(path, mode, db::Journal::emptied));
  if (mode == db::Mode::read_write) AIRLOCK_CHECK(db::upgrade_schema(database, schema()));
  AIRLOCK_CHECK(db::check_schema(database, schema()));
  return Ledger(std::make_unique<LedgerState>(std::move(database)));
}

Result<db::ReadTransaction> Ledger::reading() const {
  AIRLOCK_CHECK(state_->latest());  // before the file is locked, since it may have much to read
  AIRLOCK_TRY(auto* database, state_->use());
  return db::ReadTransaction::begin(*database);
}

Result<void> Ledger::copy_to(const std::string& path) const {
  AIRLOCK_TRY(auto* database, state_->use());
  return database->copy_to(path);
}

Ledger::Ledger(std::unique_ptr<LedgerState> state) : state_(std::move(state)) {}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

Result<void> Ledger::believe(const TreeHead& signed_head) const { return state_->believe(signed_head); }
std::uint64_t Ledger::believed() const { return state_->believed(); }

void Ledger::after_commit(std::function<void(const TreeHead&)> report) { state_->after_commit = std::move(report); }

Result<Change> Ledger::change(const sys::Lock&) { return Change::begin(*state_); }

Result<TreeHead> Ledger::head() const {
  // It is signed, so it must not come from nodes that somebody put there.
  AIRLOCK_TRY(const Frontier* edge, state_->edge());
  return TreeHead{edge->size(), edge->root()};
}

Result<TreeHead> Ledger::head(std::uint64_t size) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_CHECK(need_entries(*database, size));
  AIRLOCK_TRY(const Digest hash, root(size, StoredTree(*database).reader()));
  return TreeHead{size, hash};
}

Result<std::vector<Digest>> Ledger::inclusion_proof(std::uint64_t seq, std::uint64_t size) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_CHECK(need_entries(*database, size));
  if (seq >= size) {
    return fail(Code::bad_input, "entry " + std::to_string(seq) + " is not among the first " + std::to_string(size));
  }
  return ledger::inclusion_proof(seq, size, StoredTree(*database).reader());
}

Result<std::vector<Digest>> Ledger::consistency_proof(std::uint64_t from, std::uint64_t size) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_CHECK(need_entries(*database, size));
  if (from > size) {
    return fail(Code::bad_input,
                "a tree of " + std::to_string(from) + " entries is no part of one of " + std::to_string(size));
  }
  return ledger::consistency_proof(from, size, StoredTree(*database).reader());
}

Result<KeyHistory> Ledger::keys(const crypto::NoteVerifier& known) const {
  AIRLOCK_TRY(const auto rotations, entries_of_kind(Kind::key_rotated));
  return KeyHistory::of(rotations, known);
}

Result<Entry> Ledger::entry(std::uint64_t seq) const {
  AIRLOCK_TRY(VerifiedEntry found, state_->proven(seq));
  return std::move(found.entry);
}

Result<std::vector<Entry>> Ledger::entries(std::uint64_t from_seq, std::size_t limit) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::entries));
  return rows(query.bind(to_column(from_seq)).bind(to_column(limit)), state_->path, plain_entry_in);
}

Result<std::optional<Entry>> Ledger::newest(Kind kind) const {
  AIRLOCK_TRY(const VerifiedEntry* found, state_->newest(kind));
  return found != nullptr ? std::optional(found->entry) : std::nullopt;
}

Result<std::vector<Entry>> Ledger::entries_of_kind(Kind kind) const {
  AIRLOCK_TRY(const std::size_t link, link_of(kind));
  if (!is_walked(kind)) {
    return fail(Code::unexpected, "entries of kind " + quote(name(kind)) + " are not read one by one");
  }
  AIRLOCK_TRY(const auto* latest, state_->latest());
  std::optional<EarlierEntries> earlier = latest->earlier;
  if (latest->newest.upgrade) {
    AIRLOCK_TRY(VerifiedEntry upgrade, state_->proven(*latest->newest.upgrade));
    earlier = std::move(upgrade.facts.earlier);
  }
  std::vector<Entry> out;
  for (auto seq = latest->newest.kinds.at(link); seq;) {
    AIRLOCK_TRY(VerifiedEntry found, state_->proven(*seq));
    if (!found.facts.newest) break;  // of format 1, as are those before it
    seq = found.facts.newest->kinds.at(link);
    out.push_back(std::move(found.entry));
  }
  if (earlier) {
    const auto& seqs = (*earlier)[kind];
    for (auto seq = seqs.rbegin(); seq != seqs.rend(); ++seq) {
      AIRLOCK_TRY(VerifiedEntry found, state_->proven(*seq));
      out.push_back(std::move(found.entry));
    }
  }
  std::reverse(out.begin(), out.end());
  return out;
}

Result<std::vector<Entry>> Ledger::entries_of_report(std::string_view report_id, std::uint64_t from_seq,
                                                     std::size_t limit) const {
  AIRLOCK_TRY(auto found, stored_entries(*state_, report_id, from_seq, limit));
  AIRLOCK_TRY(const auto proven, prove_all(*state_, std::move(found)));
  return entries_in(proven);
}

Result<std::vector<Entry>> Ledger::entries_about(std::string_view report_id) const {
  return stored_entries(*state_, report_id, 0, all);
}

Result<std::optional<Entry>> Ledger::entry_of_report_before(std::string_view report_id, std::uint64_t seq) const {
  AIRLOCK_TRY(auto* database, state_->use());
  std::optional<Entry> found;
  {
    AIRLOCK_TRY(auto query, database->prepare(sql::entry_of_report_before));
    AIRLOCK_TRY(found, one(query.bind(report_id).bind(to_column(seq)), state_->path, plain_entry_in));
  }
  if (!found) return found;
  AIRLOCK_TRY(VerifiedEntry proven, state_->prove(std::move(*found)));
  return std::optional(std::move(proven.entry));
}

Result<bool> Ledger::is_of_format_1() const {
  AIRLOCK_TRY(const Frontier* edge, state_->edge());
  if (edge->size() == 0) return false;
  AIRLOCK_TRY(const VerifiedEntry last, state_->proven(edge->size() - 1));
  return !last.facts.newest;
}

Result<bool> Ledger::knows_report(std::string_view report_id) const {
  AIRLOCK_TRY(const auto found, entries_of_report(report_id, 0, 1));
  if (!found.empty()) return true;
  bool known = false;
  AIRLOCK_CHECK(state_->read_all([&](std::uint64_t, const std::string& body) -> Result<void> {
    known = known || body.find(report_id) != body.npos;
    return {};
  }));
  return known;
}

Result<std::vector<Entry>> Ledger::entries_of_disclosure(std::string_view id) const {
  AIRLOCK_TRY(const auto proven, proven_of_disclosure(*state_, id));
  return entries_in(proven);
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

Result<std::optional<ReportRow>> Ledger::report_of(std::string_view report_id) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::report_by_id));
  return one(query.bind(report_id), state_->path, report_in);
}

Result<std::uint64_t> Ledger::last_number() const { return state_->last_number(); }

Result<std::uint64_t> Ledger::last_disclosure() const { return state_->last_disclosure(); }

Result<std::optional<Time>> Ledger::newest_time() const {
  AIRLOCK_TRY(const auto* latest, state_->latest());
  return latest->newest.time;
}

Result<std::string> Ledger::text(const Digest& sha256) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::ceiling));
  AIRLOCK_TRY(const bool row, query.bind_blob(sha256.view()).step());
  std::string text = row ? query.text(0) : "";
  if (row && crypto::sha256(text) == sha256) return text;
  return fail(damaged(state_->path, "the text with SHA-256 " + sha256.hex() + " that an entry names is " +
                                        (row ? "another" : "missing")));
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
