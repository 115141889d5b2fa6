#include "ledger/stored_tree.hpp"

#include "ledger/queries.hpp"
#include "ledger/rows.hpp"

namespace airlock::ledger {

using core::fail;

Result<StoredTree> StoredTree::open(db::Database& database) {
  AIRLOCK_TRY(auto leaf, database.prepare(sql::leaf));
  AIRLOCK_TRY(auto node, database.prepare(sql::node));
  AIRLOCK_TRY(auto add, database.prepare(sql::add_node));
  return StoredTree(std::move(leaf), std::move(node), std::move(add), database.path());
}

StoredTree::StoredTree(db::Statement leaf, db::Statement node, db::Statement add, std::string path)
    : leaf_(std::move(leaf)), node_(std::move(node)), add_(std::move(add)), path_(std::move(path)) {}

Result<Digest> StoredTree::node(unsigned level, std::uint64_t index) {
  db::Statement& query = level == 0 ? leaf_ : node_;
  query.reset();
  if (level != 0) query.bind(std::int64_t{level});
  AIRLOCK_TRY(const bool row, query.bind(to_column(index)).step());
  const auto hash = Digest::from_bytes(row ? query.blob(0) : "");
  query.reset();
  if (!hash) {
    return fail(
        damaged(path_, "lacks the tree's node " + std::to_string(index) + " of level " + std::to_string(level)));
  }
  return *hash;
}

Result<void> StoredTree::add_node(unsigned level, std::uint64_t index, const Digest& hash) {
  add_.reset();
  return add_.bind(std::int64_t{level}).bind(to_column(index)).bind_blob(hash.view()).run();
}

NodeReader StoredTree::reader() {
  return [this](unsigned level, std::uint64_t index) { return node(level, index); };
}

NodeWriter StoredTree::writer() {
  return [this](unsigned level, std::uint64_t index, const Digest& hash) { return add_node(level, index, hash); };
}

}  // namespace airlock::ledger
