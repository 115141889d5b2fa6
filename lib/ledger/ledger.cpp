#include "ledger/ledger.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "ledger/entry.hpp"
#include "ledger/queries.hpp"
#include "ledger/rules.hpp"
#include "ledger/schema.hpp"
#include "ledger/state.hpp"
#include "sys/write_file.hpp"

namespace airlock::ledger {

using core::Code;
using core::fail;
using core::quote;

namespace {


Result<std::vector<Entry>> entries_in(const std::vector<ProvenEntry>& proven) {
  std::vector<Entry> out;
  for (const ProvenEntry& one : proven) out.push_back(one.entry);
  return out;
}

/// The rows of an index, each proven to be what the tree has.
Result<std::vector<ProvenEntry>> prove_all(Ledger::State& state, std::vector<Entry> entries) {
  std::vector<ProvenEntry> out;
  for (Entry& entry : entries) {
    AIRLOCK_TRY(ProvenEntry proven, state.prove(std::move(entry)));
    out.push_back(std::move(proven));
  }
  return out;
}

Result<std::vector<ProvenEntry>> proven_of_disclosure(Ledger::State& state, std::string_view id) {
  AIRLOCK_TRY(auto* database, state.use());
  std::vector<Entry> found;
  {
    AIRLOCK_TRY(auto query, database->prepare(sql::entries_of_disclosure));
    AIRLOCK_TRY(found, rows(query.bind(id), state.path, plain_entry_in));
  }
  AIRLOCK_TRY(auto proven, prove_all(state, std::move(found)));
  for (const ProvenEntry& one : proven) {
    if (one.facts.disclosure_id != id) {
      return fail(damaged(state.path, "entry " + std::to_string(one.entry.seq) + ": a column differs from its body"));
    }
  }
  return proven;
}

/// The row of a disclosure, if its proven entries say the same.
Result<Disclosure> proven_disclosure(Ledger::State& state, Disclosure row) {
  AIRLOCK_TRY(const auto entries, proven_of_disclosure(state, row.id));
  std::optional<Disclosure> derived;
  for (const ProvenEntry& one : entries) {
    if (!advance(derived, one.facts)) break;
  }
  if (derived == row) return row;
  return fail(damaged(
      state.path, "disclosure " + std::to_string(row.disclosure) + ": the outbox does not say what the entries say"));
}

Result<std::vector<Disclosure>> proven_disclosures(Ledger::State& state, std::vector<Disclosure> rows) {
  for (Disclosure& row : rows) {
    AIRLOCK_TRY(row, proven_disclosure(state, std::move(row)));
  }
  return rows;
}

Result<std::optional<Disclosure>> proven_disclosure(Ledger::State& state, std::optional<Disclosure> row) {
  if (row) {
    AIRLOCK_TRY(row, proven_disclosure(state, std::move(*row)));
  }
  return row;
}

Result<Undisclosed> undisclosed_in(const db::Statement& row, const std::string& path) {
  Undisclosed found;
  AIRLOCK_TRY(found.report, report_in(row, path));
  AIRLOCK_TRY(found.produced, entry_in(row, path, 6));
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

Result<void> Ledger::believe(const TreeHead& signed_head) const { return state_->believe(signed_head); }
std::uint64_t Ledger::believed() const { return state_->believed(); }

void Ledger::after_commit(std::function<void(const TreeHead&)> told) { state_->told = std::move(told); }

Result<TreeHead> Ledger::head() const {
  // It is signed, so it must not come from nodes that somebody put there.
  AIRLOCK_TRY(const Frontier* edge, state_->edge());
  return TreeHead{edge->size(), edge->root()};
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
  AIRLOCK_TRY(ProvenEntry found, state_->proven(seq));
  return std::move(found.entry);
}

Result<std::vector<Entry>> Ledger::entries(std::uint64_t from_seq, std::size_t limit) const {
  AIRLOCK_TRY(auto* database, state_->use());
  AIRLOCK_TRY(auto query, database->prepare(sql::entries));
  return rows(query.bind(to_column(from_seq)).bind(to_column(limit)), state_->path, plain_entry_in);
}

Result<std::optional<Entry>> Ledger::newest(Kind kind) const {
  AIRLOCK_TRY(const std::size_t link, link_of(kind));
  AIRLOCK_TRY(const auto* latest, state_->latest());
  const auto seq = latest->newest.kinds.at(link);
  if (!seq) return std::nullopt;
  AIRLOCK_TRY(const ProvenEntry* found, state_->remembered(*seq));
  if (found->facts.kind == kind) return std::optional(found->entry);
  return fail(damaged(state_->path, "entry " + std::to_string(*seq) + ": is not of the kind that a later one names"));
}

Result<std::vector<Entry>> Ledger::entries_of_kind(Kind kind) const {
  AIRLOCK_TRY(const std::size_t link, link_of(kind));
  if (!is_walked(kind)) {
    return fail(Code::unexpected, "entries of kind " + quote(name(kind)) + " are not read one by one");
  }
  AIRLOCK_TRY(const auto* latest, state_->latest());
  std::optional<Earlier> earlier = latest->earlier;
  if (latest->newest.upgrade) {
    AIRLOCK_TRY(ProvenEntry upgrade, state_->proven(*latest->newest.upgrade));
    earlier = std::move(upgrade.facts.earlier);
  }
  std::vector<Entry> out;
  for (auto seq = latest->newest.kinds.at(link); seq;) {
    AIRLOCK_TRY(ProvenEntry found, state_->proven(*seq));
    if (!found.facts.newest) break;  // of format 1, as are those before it
    seq = found.facts.newest->kinds.at(link);
    out.push_back(std::move(found.entry));
  }
  if (earlier) {
    const auto& seqs = (*earlier)[kind];
    for (auto seq = seqs.rbegin(); seq != seqs.rend(); ++seq) {
      AIRLOCK_TRY(ProvenEntry found, state_->proven(*seq));
      out.push_back(std::move(found.entry));
    }
  }
  std::reverse(out.begin(), out.end());
  return out;
}

Result<std::vector<Entry>> Ledger::entries_of_report(std::string_view report_id, std::uint64_t from_seq,
                                                     std::size_t limit) const {
  AIRLOCK_TRY(auto* database, state_->use());
  std::vector<Entry> found;
  {
    AIRLOCK_TRY(auto query, database->prepare(sql::entries_of_report));
    query.bind(report_id).bind(to_column(from_seq)).bind(to_column(limit));
    AIRLOCK_TRY(found, rows(query, state_->path, plain_entry_in));
  }
  AIRLOCK_TRY(const auto proven, prove_all(*state_, std::move(found)));
  return entries_in(proven);
}

Result<bool> Ledger::is_of_format_1() const {
  AIRLOCK_TRY(const Frontier* edge, state_->edge());
  if (edge->size() == 0) return false;
  AIRLOCK_TRY(const ProvenEntry last, state_->proven(edge->size() - 1));
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

Result<std::uint64_t> Ledger::last_number() const {
  AIRLOCK_TRY(const auto produced, newest(Kind::produced));
  if (!produced) return std::uint64_t{0};
  AIRLOCK_TRY(const ProvenEntry found, state_->proven(produced->seq));
  return found.facts.number;
}

Result<std::uint64_t> Ledger::last_disclosure() const {
  AIRLOCK_TRY(const auto* latest, state_->latest());
  if (!latest->newest.disclosure) return std::uint64_t{0};
  AIRLOCK_TRY(const ProvenEntry found, state_->proven(*latest->newest.disclosure));
  return found.facts.disclosure;
}

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

Result<std::optional<Disclosure>> Ledger::disclosure(std::string_view id) const {
  AIRLOCK_TRY(auto* database, state_->use());
  std::optional<Disclosure> row;
  {
    AIRLOCK_TRY(auto query, database->prepare(sql::disclosure_by_id));
    AIRLOCK_TRY(row, one(query.bind(id), state_->path, disclosure_in));
  }
  return proven_disclosure(*state_, std::move(row));
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
  std::vector<Disclosure> found;
  {
    AIRLOCK_TRY(auto query, database->prepare(sql::disclosures_of_report));
    AIRLOCK_TRY(found, rows(query.bind(report_id), state_->path, disclosure_in));
  }
  return proven_disclosures(*state_, std::move(found));
}

Result<std::vector<Disclosure>> Ledger::unfinished() const {
  AIRLOCK_TRY(auto* database, state_->use());
  std::vector<Disclosure> found;
  {
    AIRLOCK_TRY(auto query, database->prepare(sql::unfinished));
    AIRLOCK_TRY(found, rows(query, state_->path, disclosure_in));
  }
  return proven_disclosures(*state_, std::move(found));
}

Result<std::optional<Disclosure>> Ledger::previous_disclosure(std::uint64_t before) const {
  AIRLOCK_TRY(auto* database, state_->use());
  std::optional<Disclosure> row;
  {
    AIRLOCK_TRY(auto query, database->prepare(sql::previous_disclosure));
    AIRLOCK_TRY(row, one(query.bind(to_column(before)), state_->path, disclosure_in));
  }
  return proven_disclosure(*state_, std::move(row));
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
