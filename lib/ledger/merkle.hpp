#pragma once
/// \file
/// The Merkle tree of RFC 6962 2.1 over SHA-256: leaf and node hashes, roots, inclusion proofs (RFC 9162 2.1.3) and
/// consistency proofs (2.1.4). Pure functions over values; storing the tree is the business of ledger.hpp.

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

/// No proof has more hashes: a tree of 2^64 leaves is 64 nodes high.
inline constexpr std::size_t proof_limit = 64;

/// SHA-256(0x00 ‖ entry).
[[nodiscard]] Digest leaf_hash(std::string_view entry);
/// SHA-256(0x01 ‖ left ‖ right).
[[nodiscard]] Digest node_hash(const Digest& left, const Digest& right);

/// Where a perfect subtree's hash comes from: `level` 0 are leaves, node (level, index) covers leaves
/// index·2^level … (index+1)·2^level − 1.
using NodeReader = std::function<Result<Digest>(unsigned level, std::uint64_t index)>;

/// The root of the first `size` leaves; of none it is SHA-256 of nothing. Reads at most 64 nodes.
[[nodiscard]] Result<Digest> root(std::uint64_t size, const NodeReader& nodes);
/// The proof that leaf `index` is in the tree of the first `size` leaves, from the leaf's sibling to the root's child.
/// Reads at most 128 nodes. Precondition: index < size.
[[nodiscard]] Result<std::vector<Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                                          const NodeReader& nodes);
/// Checks a proof as RFC 9162 2.1.3.2 says. Error: integrity.
[[nodiscard]] Result<void> verify_inclusion(std::uint64_t index, std::uint64_t size, const Digest& leaf,
                                            const std::vector<Digest>& proof, const Digest& root);

/// The proof that the tree of the first `from` leaves is a prefix of that of the first `size`; none is needed, and none
/// is given, where the two are equal or `from` is 0. Reads at most 128 nodes. Precondition: from <= size.
[[nodiscard]] Result<std::vector<Digest>> consistency_proof(std::uint64_t from, std::uint64_t size,
                                                            const NodeReader& nodes);
/// Checks a proof as RFC 9162 2.1.4.2 says. Two trees of one size must have one root and an empty proof; from a tree of
/// no leaves to one of some nothing can be proven, and that is refused. Error: integrity.
[[nodiscard]] Result<void> verify_consistency(std::uint64_t from, std::uint64_t size, const Digest& from_root,
                                              const Digest& root, const std::vector<Digest>& proof);

/// Hears of each perfect subtree, in the order in which they come to be.
using NodeWriter = std::function<Result<void>(unsigned level, std::uint64_t index, const Digest& hash)>;

/// The right edge of a growing tree: one hash for each bit of its size, so any number of leaves in 64 hashes.
class Frontier {
 public:
  /// That of the first `size` leaves.
  [[nodiscard]] static Result<Frontier> load(std::uint64_t size, const NodeReader& nodes);
  /// Adds the next leaf, and tells `nodes` of every subtree above it that is now perfect (levels 1 and up).
  [[nodiscard]] Result<void> append(const Digest& leaf, const NodeWriter& nodes);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Digest root() const;
  /// Of the perfect subtrees that make up the tree, from the largest to the smallest.
  [[nodiscard]] const std::vector<Digest>& hashes() const { return hashes_; }

 private:
  std::uint64_t size_ = 0;
  std::vector<Digest> hashes_;
};

}  // namespace airlock::ledger
