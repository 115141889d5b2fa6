#include <algorithm>
#include <iterator>

#include "core/text.hpp"
#include "ledger/body.hpp"
#include "ledger/ledger.hpp"
#include "ledger/proven.hpp"
#include "ledger/queries.hpp"
#include "ledger/rows.hpp"
#include "ledger/state.hpp"

namespace airlock::ledger {

using core::Code;
using core::fail;
using core::quote;

namespace {

Result<Undisclosed> undisclosed_in(const db::Statement& row, const std::string& path) {
  Undisclosed found;
  AIRLOCK_TRY(found.report, report_in(row, path));
  AIRLOCK_TRY(found.produced, entry_in(row, path, 6));
  return found;
}

}  // namespace

Result<std::optional<Disclosure>> Ledger::disclosure(std::string_view id) const { return disclosure_of(*state_, id); }

Result<std::optional<Disclosure>> Ledger::unproven_disclosure(std::string_view id) const { return row_of(*state_, id); }

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

}  // namespace airlock::ledger
