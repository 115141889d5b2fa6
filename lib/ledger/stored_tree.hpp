#pragma once
/// \file
/// The Merkle tree as the file has it. For the source files of ledger/ only.

#include <cstdint>

#include "db/database.hpp"
#include "ledger/merkle.hpp"

namespace airlock::ledger {

/// Reads and adds nodes of the tree. Nothing that it reads is verified. It must go before its database does.
class StoredTree {
 public:
  explicit StoredTree(db::Database& database) : database_(&database) {}
  /// The hash of a node. Error: integrity where the file does not have it.
  [[nodiscard]] Result<Digest> node(unsigned level, std::uint64_t index) const;
  [[nodiscard]] Result<void> add_node(unsigned level, std::uint64_t index, const Digest& hash) const;
  /// The functions above as merkle.hpp takes them. They may outlive this object.
  [[nodiscard]] NodeReader reader() const;
  [[nodiscard]] NodeWriter writer() const;

 private:
  db::Database* database_;
};

}  // namespace airlock::ledger
