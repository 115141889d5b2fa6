#include "ledger/change.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "ledger/body.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/outbox.hpp"
#include "ledger/queries.hpp"
#include "ledger/rows.hpp"
#include "ledger/rules.hpp"
#include "ledger/state.hpp"
#include "ledger/stored_tree.hpp"

namespace airlock::ledger {

using core::Code;
using core::fail;
using core::quote;

namespace {

/// Whether the text of the member goes into the table of texts.
bool has_table(std::string_view member) { return member == "ceiling" || member == "terms" || member == "declared"; }
bool names_text(const core::Json& members) {
  const auto* const object = members.get_ptr<const core::Json::object_t*>();
  return object != nullptr &&
         std::any_of(object->begin(), object->end(), [](const auto& member) { return has_table(member.first); });
}

/// A salt for the digests of terms. Terms name recipients and destinations, and digests leave in bundles: without a
/// salt somebody could guess the terms. The first entry has a nonce, and no bundle carries it.
Result<std::string> terms_salt(LedgerState& ledger) {
  AIRLOCK_TRY(const VerifiedEntry first, ledger.proven(0));
  return crypto::sha256("airlock-terms\n" + first.entry.body).hex();
}

}  // namespace

struct Change::State {
  State(LedgerState& of, db::Transaction begun, Frontier edge, Counters last)
      : ledger(of),
        transaction(std::move(begun)),
        tree(*of.database),
        frontier(std::move(edge)),
        committed(frontier.size()),
        counters(last) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (!done) ledger.undone();
  }

  LedgerState& ledger;
  db::Transaction transaction;
  StoredTree tree;
  Frontier frontier;
  std::uint64_t committed;  ///< entries before this change
  Counters counters;
  std::map<std::string, std::uint64_t, std::less<>> without_original;  ///< report id to seq of `produced`
  bool failed = false;
  bool done = false;

  Result<std::uint64_t> append(Kind kind, std::string_view report_id, const core::Json& members, Time time,
                               std::string_view nonce);
  Result<core::Json> with_texts_kept(const core::Json& members);
  Result<void> keep_text(std::string_view text, const Digest& digest);
  Result<void> store(const EntryFacts& facts, std::string_view body);
  Result<void> update_outbox(const EntryFacts& facts);
  Result<void> keep_original(const Original& original);
  Result<void> keep_checkpoint(const TreeHead& head, std::string_view note);
};

Result<Change> Change::begin(LedgerState& ledger) {
  AIRLOCK_TRY(auto* database, ledger.use());
  AIRLOCK_TRY(auto transaction, db::Transaction::begin(*database));
  AIRLOCK_TRY(const Frontier* frontier, ledger.edge());
  // Only now, since no other process can append any more.
  AIRLOCK_TRY(const auto number, ledger.last_number());
  AIRLOCK_TRY(const auto disclosure, ledger.last_disclosure());
  return Change(std::make_unique<State>(ledger, std::move(transaction), *frontier, Counters{number, disclosure}));
}

Result<std::uint64_t> Change::State::append(Kind kind, std::string_view report_id, const core::Json& members, Time time,
                                            std::string_view nonce) {
  const std::uint64_t seq = frontier.size();
  std::optional<core::Json> kept;  // where a text of the members is kept beside the entry
  if (names_text(members)) {
    AIRLOCK_TRY(kept, with_texts_kept(members));
  }
  AIRLOCK_TRY(const LedgerState::Latest* latest, ledger.latest_of(seq));
  AIRLOCK_TRY(const std::string body,
              make_body(seq, kind, report_id, kept ? *kept : members, time, nonce, latest->newest, latest->earlier));
  auto facts = read_body(body, seq);
  if (!facts) {
    facts.error().code = Code::unexpected;
    return fail(std::move(facts.error()));
  }
  AIRLOCK_CHECK(check_entry(*ledger.database, *facts, counters));
  AIRLOCK_CHECK(update_outbox(*facts));
  AIRLOCK_CHECK(store(*facts, body));
  ledger.appended(frontier, *facts);
  if (kind == Kind::produced) without_original.emplace(facts->report_id, seq);
  return seq;
}

/// The members, where each text that goes into the table is replaced by its SHA-256.
Result<core::Json> Change::State::with_texts_kept(const core::Json& members) {
  core::Json out = core::Json::object();
  for (const auto& [name, value] : members.items()) {
    if (!has_table(name)) {
      out[name] = value;
      continue;
    }
    std::string text = core::to_text(value);
    if (name == "terms") {
      AIRLOCK_TRY(const std::string salt, terms_salt(ledger));
      text.insert(0, salt + "\n");
    }
    const Digest digest = crypto::sha256(text);
    AIRLOCK_CHECK(keep_text(text, digest));
    out[name + "_sha256"] = digest.hex();
  }
  return out;
}

Result<void> Change::State::keep_text(std::string_view text, const Digest& digest) {
  {
    AIRLOCK_TRY(auto find, ledger.database->prepare(sql::ceiling));
    AIRLOCK_TRY(const bool row, find.bind_blob(digest.view()).step());
    if (row) return {};
  }
  AIRLOCK_TRY(auto add, ledger.database->prepare(sql::add_ceiling));
  return add.bind_blob(digest.view()).bind(text).run();
}

Result<void> Change::State::update_outbox(const EntryFacts& facts) {
  if (facts.disclosure_id.empty()) return {};
  AIRLOCK_TRY(auto disclosure, find_disclosure(*ledger.database, facts.disclosure_id));
  const auto before = disclosure;
  AIRLOCK_CHECK(advance(disclosure, facts));
  if (disclosure == before) return {};
  return put_disclosure(*ledger.database, *disclosure);
}

Result<void> Change::State::store(const EntryFacts& facts, std::string_view body) {
  const Digest leaf = leaf_hash(body);
  AIRLOCK_TRY(auto add, ledger.database->prepare(sql::add_entry));
  add.bind(to_column(facts.seq)).bind(body).bind_blob(leaf.view()).bind(facts.time.text()).bind(name(facts.kind));
  add.bind(facts.report_id).bind(facts.kind == Kind::produced ? to_column(facts.number) : 0).bind(facts.disclosure_id);
  AIRLOCK_CHECK(add.run());
  return frontier.append(leaf, tree.writer());
}

Result<void> Change::State::keep_original(const Original& original) {
  if (original.salt.size() != salt_size) return fail(Code::unexpected, "a salt must have 32 bytes");
  const auto produced = without_original.find(original.report_id);
  if (produced == without_original.end()) {
    return fail(Code::unexpected, "no report " + quote(original.report_id) + " of this change lacks an original");
  }
  AIRLOCK_TRY(auto add, ledger.database->prepare(sql::add_original));
  add.bind(to_column(produced->second)).bind(original.report_id).bind_blob(original.sha256.view());
  AIRLOCK_CHECK(add.bind_blob(original.salt).bind(to_column(original.size)).run());
  without_original.erase(produced);
  return {};
}

Result<void> Change::State::keep_checkpoint(const TreeHead& head, std::string_view note) {
  const auto refuse = [&](const std::string& why) {
    return fail(Code::unexpected, "the checkpoint of " + std::to_string(head.size) + " entries " + why);
  };
  if (head.size == 0 || head.size > committed) return refuse("is not of a committed tree");
  AIRLOCK_TRY(const Digest hash, root(head.size, tree.reader()));
  if (hash != head.root) return refuse("is of another tree");
  if (note.empty() || note.size() > checkpoint_text_limit) return refuse("has no text, or too much");
  {
    AIRLOCK_TRY(auto newest, ledger.database->prepare(sql::newest_checkpoint));
    AIRLOCK_TRY(const bool row, newest.step());
    if (row && newest.integer(0) >= to_column(head.size)) {
      if (newest.integer(0) == to_column(head.size) && newest.text(1) == note) return {};
      return refuse("is not newer than the last one");
    }
  }
  AIRLOCK_TRY(auto add, ledger.database->prepare(sql::add_checkpoint));
  return add.bind(to_column(head.size)).bind(note).run();
}

Change::Change(std::unique_ptr<State> state) : state_(std::move(state)) {}
Change::Change(Change&&) noexcept = default;
Change::~Change() = default;

namespace {

/// Runs a step of a change; after one that failed, no other runs.
template <typename State, typename Step>
auto guarded(State* state, Step step) -> decltype(step(*state)) {
  if (state == nullptr || state->failed) {
    return fail(Code::unexpected, state == nullptr ? "the change is over" : "an earlier step of the change failed");
  }
  auto result = step(*state);
  state->failed = !result;
  return result;
}

}  // namespace

Result<std::uint64_t> Change::append(Kind kind, std::string_view report_id, const core::Json& members, Time time,
                                     std::string_view nonce) {
  return guarded(state_.get(), [&](State& state) { return state.append(kind, report_id, members, time, nonce); });
}

Result<void> Change::keep_original(const Original& original) {
  return guarded(state_.get(), [&](State& state) { return state.keep_original(original); });
}

Result<void> Change::keep_checkpoint(const TreeHead& head, std::string_view note) {
  return guarded(state_.get(), [&](State& state) { return state.keep_checkpoint(head, note); });
}

Result<TreeHead> Change::commit() {
  AIRLOCK_CHECK(guarded(state_.get(), [](State& state) -> Result<void> {
    if (state.without_original.empty()) return {};
    return fail(Code::unexpected, "the report " + quote(state.without_original.begin()->first) + " has no original");
  }));
  const TreeHead head{state_->frontier.size(), state_->frontier.root()};
  LedgerState& ledger = state_->ledger;
  const auto committed = state_->transaction.commit();
  state_->done = true;
  if (committed) ledger.committed(state_->frontier);
  state_.reset();  // Ends every statement, and rolls back what is not committed.
  if (committed) {
    if (ledger.after_commit) ledger.after_commit(head);
    return head;
  }
  ledger.give_up();
  return fail(committed.error());
}

}  // namespace airlock::ledger
