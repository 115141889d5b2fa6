#pragma once
/// \file
/// The Merkle tree as the file has it. For the source files of ledger/ only.

#include <cstdint>
#include <string>

#include "db/database.hpp"
#include "ledger/merkle.hpp"

namespace airlock::ledger {

/// Reads and adds nodes of the tree. Nothing that it reads is verified. It must go before its database does.
class StoredTree {
 public:
  [[nodiscard]] static Result<StoredTree> open(db::Database& database);
  /// The hash of a node. Error: integrity where the file does not have it.
  [[nodiscard]] Result<Digest> node(unsigned level, std::uint64_t index);
  [[nodiscard]] Result<void> add_node(unsigned level, std::uint64_t index, const Digest& hash);
  /// The functions above as merkle.hpp takes them. This object must outlive them.
  [[nodiscard]] NodeReader reader();
  [[nodiscard]] NodeWriter writer();

 private:
  StoredTree(db::Statement leaf, db::Statement node, db::Statement add, std::string path);
  db::Statement leaf_;
  db::Statement node_;
  db::Statement add_;
  std::string path_;
};

}  // namespace airlock::ledger
