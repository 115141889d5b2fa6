#include "ledger/state.hpp"

#include <bit>
#include <vector>

#include "core/text.hpp"
#include "ledger/queries.hpp"
#include "ledger/rows.hpp"
#include "ledger/stored_tree.hpp"

namespace airlock::ledger {

using core::Code;
using core::fail;
using core::quote;

namespace {

/// For trees that are computed and not stored.
Result<void> keep_nothing(unsigned, std::uint64_t, const Digest&) { return {}; }

/// One of the perfect subtrees of which the edge has the roots.
struct Subtree {
  unsigned level = 0;
  std::size_t place = 0;  ///< among the hashes of the edge
};
/// The subtree that covers a leaf in a tree of `size` leaves.
Subtree subtree_with(std::uint64_t leaf, std::uint64_t size) {
  Subtree out;
  for (std::uint64_t begin = 0;; ++out.place) {
    const std::uint64_t leaves = std::bit_floor(size - begin);
    if (leaf < begin + leaves) {
      out.level = static_cast<unsigned>(std::countr_zero(leaves));
      return out;
    }
    begin += leaves;
  }
}

}  // namespace

Result<db::Database*> LedgerState::use() {
  if (!database) {
    return fail(Code::not_recorded, quote(path) + ": it is not known whether the last change was recorded",
                "run the command again: it checks that, and continues");
  }
  return &*database;
}

void LedgerState::give_up() { database.reset(); }

Result<std::uint64_t> LedgerState::size() {
  AIRLOCK_TRY(auto* file, use());
  AIRLOCK_TRY(const std::int64_t size, file->number(sql::size));
  return static_cast<std::uint64_t>(size);
}

Result<void> LedgerState::believe(const TreeHead& head) {
  AIRLOCK_TRY(auto* file, use());
  AIRLOCK_TRY(const auto reading, db::ReadTransaction::begin(*file));
  AIRLOCK_TRY(const std::uint64_t size, this->size());
  if (size < head.size) {
    return fail(damaged(path, "has " + std::to_string(size) + " entries, fewer than the " + std::to_string(head.size) +
                                  " that were signed"));
  }
  AIRLOCK_TRY(auto frontier, Frontier::load(head.size, StoredTree(*file).reader()));
  if (frontier.root() != head.root) {
    return fail(damaged(path, "its first " + std::to_string(head.size) + " entries are not those that were signed"));
  }
  believed_ = std::move(frontier);
  undone();
  return {};
}

Result<const Frontier*> LedgerState::edge() {
  AIRLOCK_TRY(auto* file, use());
  AIRLOCK_TRY(const std::uint64_t size, this->size());
  if (!believed_) {
    AIRLOCK_TRY(believed_, Frontier::load(size, StoredTree(*file).reader()));
    undone();
  }
  if (size < believed_->size()) {
    return fail(damaged(path, "has " + std::to_string(size) + " entries and had " + std::to_string(believed_->size())));
  }
  if (size < edge_.size()) undone();
  while (edge_.size() < size) {
    AIRLOCK_TRY(auto query, file->prepare(sql::entries));
    AIRLOCK_TRY(const auto page, rows(query.bind(to_column(edge_.size())).bind(entries_page), path, plain_entry_in));
    for (const Entry& entry : page) {
      if (entry.seq != edge_.size()) break;
      AIRLOCK_CHECK(edge_.append(leaf_hash(entry.body), keep_nothing));
    }
    if (page.empty() || page.back().seq + 1 != edge_.size()) {
      return fail(damaged(path, "entry " + std::to_string(edge_.size()) + ": is missing"));
    }
    latest_.reset();
    if (edge_.size() < size) continue;
    AIRLOCK_TRY(const auto committed, Frontier::load(edge_.size(), StoredTree(*file).reader()));
    if (committed.root() != edge_.root()) {
      return fail(damaged(path, "its tree does not fit its entries from " + std::to_string(believed_->size()) + " on"));
    }
  }
  return &edge_;
}

Result<void> LedgerState::reach(std::uint64_t seq) {
  // What was in the tree once stays there.
  if (!believed_ || seq >= edge_.size()) AIRLOCK_CHECK(this->edge());
  return {};
}

Result<VerifiedEntry> LedgerState::prove(Entry entry) {
  const std::string about = "entry " + std::to_string(entry.seq) + ": ";
  AIRLOCK_CHECK(reach(entry.seq));
  if (entry.seq >= edge_.size()) return fail(damaged(path, about + "is not in the tree"));
  const Digest leaf = leaf_hash(entry.body);
  const auto known = leaves_.find(entry.seq);
  if (known == leaves_.end()) {
    const Subtree above = subtree_with(entry.seq, edge_.size());
    AIRLOCK_TRY(auto* file, use());
    const StoredTree tree(*file);
    AIRLOCK_TRY(const auto reading, db::ReadTransaction::begin(*file));
    Digest hash = leaf;
    std::uint64_t index = entry.seq;
    for (unsigned level = 0; level < above.level; ++level, index >>= 1) {
      AIRLOCK_TRY(const Digest other, tree.node(level, index ^ 1));
      hash = (index & 1) != 0 ? node_hash(other, hash) : node_hash(hash, other);
    }
    if (hash != edge_.hashes()[above.place]) {
      return fail(damaged(path, about + "it, or a node of the tree above it, differs from what was signed"));
    }
    leaves_.emplace(entry.seq, leaf);
  } else if (known->second != leaf) {
    return fail(damaged(path, about + "was changed"));
  }
  auto facts = read_body(entry.body, entry.seq);
  if (!facts) return fail(damaged(path, about + facts.error().message));
  if (entry.time != facts->time || entry.kind != facts->kind || entry.report_id != facts->report_id) {
    return fail(damaged(path, about + "a column differs from its body"));
  }
  return VerifiedEntry{std::move(entry), std::move(*facts)};
}

Result<VerifiedEntry> LedgerState::proven(std::uint64_t seq) {
  AIRLOCK_TRY(auto* file, use());
  AIRLOCK_CHECK(reach(seq));  // before the file is locked, since it may have much to read
  AIRLOCK_TRY(const auto reading, db::ReadTransaction::begin(*file));
  std::vector<Entry> found;
  {
    AIRLOCK_TRY(auto query, file->prepare(sql::entries));
    AIRLOCK_TRY(found, rows(query.bind(to_column(seq)).bind(std::int64_t{1}), path, plain_entry_in));
  }
  if (found.empty() || found.front().seq != seq) {
    return fail(Code::bad_input, quote(path) + ": has no entry " + std::to_string(seq));
  }
  return prove(std::move(found.front()));
}

Result<const VerifiedEntry*> LedgerState::remembered(std::uint64_t seq) {
  if (const auto found = remembered_.find(seq); found != remembered_.end()) return &found->second;
  if (remembered_.size() >= linked_kinds.size()) remembered_.clear();
  AIRLOCK_TRY(VerifiedEntry entry, proven(seq));
  return &remembered_.emplace(seq, std::move(entry)).first->second;
}

Result<const VerifiedEntry*> LedgerState::newest(Kind kind) {
  AIRLOCK_TRY(const std::size_t link, link_of(kind));
  AIRLOCK_TRY(const Latest* latest, this->latest());
  const auto seq = latest->newest.kinds.at(link);
  if (!seq) return nullptr;
  AIRLOCK_TRY(const VerifiedEntry* found, remembered(*seq));
  if (found->facts.kind == kind) return found;
  return fail(damaged(path, "entry " + std::to_string(*seq) + ": is not of the kind that a later one names"));
}

Result<std::uint64_t> LedgerState::last_number() {
  AIRLOCK_TRY(const VerifiedEntry* produced, newest(Kind::produced));
  return produced != nullptr ? produced->facts.number : 0;
}

Result<std::uint64_t> LedgerState::last_disclosure() {
  AIRLOCK_TRY(const Latest* latest, this->latest());
  if (!latest->newest.disclosure) return std::uint64_t{0};
  AIRLOCK_TRY(const VerifiedEntry found, proven(*latest->newest.disclosure));
  return found.facts.disclosure;
}

Result<const LedgerState::Latest*> LedgerState::latest_of(std::uint64_t size) {
  return latest_ && edge_.size() == size ? &*latest_ : latest();
}

Result<const LedgerState::Latest*> LedgerState::latest() {
  AIRLOCK_TRY(const Frontier* edge, this->edge());
  if (latest_) return &*latest_;
  if (edge->size() == 0) return &latest_.emplace();
  AIRLOCK_TRY(const VerifiedEntry last, proven(edge->size() - 1));
  if (last.facts.newest) {
    latest_ = Latest{after(*last.facts.newest, last.facts), {}};
  } else {
    AIRLOCK_TRY(latest_, scan());
  }
  return &*latest_;
}

Result<void> LedgerState::read_all(const std::function<Result<void>(std::uint64_t, const std::string&)>& read) {
  AIRLOCK_TRY(auto* file, use());
  AIRLOCK_TRY(const Frontier* edge, this->edge());
  const std::uint64_t size = edge->size();
  Frontier tree;
  for (bool more = true; more && tree.size() < size;) {
    AIRLOCK_TRY(auto query, file->prepare(sql::entries));
    AIRLOCK_TRY(const auto page, rows(query.bind(to_column(tree.size())).bind(entries_page), path, plain_entry_in));
    more = !page.empty();
    for (const Entry& entry : page) {
      if (tree.size() == size) break;
      AIRLOCK_CHECK(read(tree.size(), entry.body));
      AIRLOCK_CHECK(tree.append(leaf_hash(entry.body), keep_nothing));
    }
  }
  if (tree.size() == size && tree.root() == edge_.root()) return {};
  return fail(damaged(path, "its entries are not those that were signed"));
}

Result<LedgerState::Latest> LedgerState::scan() {
  Latest out;
  out.earlier.emplace();
  AIRLOCK_CHECK(read_all([&](std::uint64_t seq, const std::string& body) -> Result<void> {
    const auto facts = read_body(body, seq);
    if (!facts) return fail(damaged(path, "entry " + std::to_string(seq) + ": " + facts.error().message));
    out.newest = after(out.newest, *facts);
    note_earlier(*out.earlier, *facts);
    return {};
  }));
  return out;
}

void LedgerState::appended(const Frontier& edge, const EntryFacts& facts) {
  edge_ = edge;
  latest_ = Latest{after(*facts.newest, facts), {}};
}

void LedgerState::undone() {
  edge_ = *believed_;
  leaves_.clear();
  remembered_.clear();
  latest_.reset();
}

void LedgerState::committed(const Frontier& edge) { believed_ = edge; }

}  // namespace airlock::ledger
