#pragma once
/// \file
/// The Merkle tree of RFC 6962 2.1 over SHA-256: leaf and node hashes, roots, inclusion proofs (RFC 9162 2.1.3) and
/// consistency proofs (2.1.4). Pure functions over values: stored_tree.hpp stores the tree.

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "core/digest.hpp"
#include "core/result.hpp"

namespace airlock::ledger {

using core::Digest;
using core::Result;

/// A tree: how many leaves it has, and its root.
struct TreeHead {
  std::uint64_t size = 0;
  Digest root;
  bool operator==(const TreeHead&) const = default;
};

/// The maximum number of hashes in a proof: a tree of 2^64 leaves has 64 levels above its leaves.
inline constexpr std::size_t proof_limit = 64;

/// SHA-256(0x00 ‖ entry).
[[nodiscard]] Digest leaf_hash(std::string_view entry);
/// SHA-256(0x01 ‖ left ‖ right).
[[nodiscard]] Digest node_hash(const Digest& left, const Digest& right);

/// Returns the hash of a perfect subtree. Level 0 has the leaves. Node (level, index) covers the leaves from
/// index·2^level up to (index+1)·2^level − 1.
using NodeReader = std::function<Result<Digest>(unsigned level, std::uint64_t index)>;

/// The root of the first `size` leaves. Without leaves it is the SHA-256 of no bytes. Reads at most 64 nodes.
[[nodiscard]] Result<Digest> root(std::uint64_t size, const NodeReader& nodes);
/// The proof that leaf `index` is in the tree of the first `size` leaves, from the sibling of the leaf up to the child
/// of the root. Reads at most 128 nodes. Precondition: index < size.
[[nodiscard]] Result<std::vector<Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                                          const NodeReader& nodes);
/// Checks a proof by RFC 9162 2.1.3.2. Error: integrity.
[[nodiscard]] Result<void> verify_inclusion(std::uint64_t index, std::uint64_t size, const Digest& leaf,
                                            const std::vector<Digest>& proof, const Digest& root);

/// The proof that the first `from` leaves are the beginning of the first `size` leaves. It is empty where the two are
/// equal or `from` is 0, since no proof is needed then. Reads at most 128 nodes. Precondition: from <= size.
[[nodiscard]] Result<std::vector<Digest>> consistency_proof(std::uint64_t from, std::uint64_t size,
                                                            const NodeReader& nodes);
/// Checks a proof by RFC 9162 2.1.4.2. Two trees of the same size must have the same root and an empty proof. A proof
/// from a tree without leaves to one with leaves is refused, since it would prove nothing. Error: integrity.
[[nodiscard]] Result<void> verify_consistency(std::uint64_t from, std::uint64_t size, const Digest& from_root,
                                              const Digest& root, const std::vector<Digest>& proof);

/// Is called with each new perfect subtree, in the order in which they are completed.
using NodeWriter = std::function<Result<void>(unsigned level, std::uint64_t index, const Digest& hash)>;

/// The right edge of a growing tree: the roots of the perfect subtrees that make up the tree. At most 64 hashes stand
/// for any number of leaves.
class Frontier {
 public:
  /// The edge of the tree of the first `size` leaves.
  [[nodiscard]] static Result<Frontier> load(std::uint64_t size, const NodeReader& nodes);
  /// Adds the next leaf. Calls `nodes` with every subtree above it that is now perfect (levels 1 and up).
  [[nodiscard]] Result<void> append(const Digest& leaf, const NodeWriter& nodes);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Digest root() const;
  /// The roots of the perfect subtrees, from the largest to the smallest.
  [[nodiscard]] const std::vector<Digest>& hashes() const { return hashes_; }

 private:
  std::uint64_t size_ = 0;
  std::vector<Digest> hashes_;
};

}  // namespace airlock::ledger
