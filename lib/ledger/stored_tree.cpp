#include "ledger/stored_tree.hpp"

#include "ledger/queries.hpp"
#include "ledger/rows.hpp"

namespace airlock::ledger {

using core::fail;

Result<Digest> StoredTree::node(unsigned level, std::uint64_t index) const {
  AIRLOCK_TRY(auto query, database_->prepare(level == 0 ? sql::leaf : sql::node));
  if (level != 0) query.bind(std::int64_t{level});
  AIRLOCK_TRY(const bool row, query.bind(to_column(index)).step());
  const auto hash = Digest::from_bytes(row ? query.blob(0) : "");
  if (hash) return *hash;
  return fail(damaged(database_->path(),
                      "lacks the tree's node " + std::to_string(index) + " of level " + std::to_string(level)));
}

Result<void> StoredTree::add_node(unsigned level, std::uint64_t index, const Digest& hash) const {
  AIRLOCK_TRY(auto add, database_->prepare(sql::add_node));
  return add.bind(std::int64_t{level}).bind(to_column(index)).bind_blob(hash.view()).run();
}

NodeReader StoredTree::reader() const {
  return [tree = *this](unsigned level, std::uint64_t index) { return tree.node(level, index); };
}

NodeWriter StoredTree::writer() const {
  return [tree = *this](unsigned level, std::uint64_t index, const Digest& hash) {
    return tree.add_node(level, index, hash);
  };
}

}  // namespace airlock::ledger
