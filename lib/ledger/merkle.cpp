#include "ledger/merkle.hpp"

#include <algorithm>
#include <bit>
#include <string>

#include "crypto/hash.hpp"

namespace airlock::ledger {

using core::Code;
using core::fail;

namespace {

/// The root of leaves [begin, begin + size). Precondition: size > 0, and `begin` is a multiple of every power of two up
/// to `size`, as it is for each subtree that RFC 6962 splits off.
Result<Digest> range_root(std::uint64_t begin, std::uint64_t size, const NodeReader& nodes) {
  // From the smallest perfect subtree, at the right, to the largest.
  std::uint64_t end = begin + size;
  auto level = static_cast<unsigned>(std::countr_zero(size));
  AIRLOCK_TRY(Digest hash, nodes(level, (end >> level) - 1));
  for (std::uint64_t rest = size & (size - 1); rest != 0; rest &= rest - 1) {
    end = begin + rest;
    level = static_cast<unsigned>(std::countr_zero(rest));
    AIRLOCK_TRY(const Digest left, nodes(level, (end >> level) - 1));
    hash = node_hash(left, hash);
  }
  return hash;
}

}  // namespace

Digest leaf_hash(std::string_view entry) {
  crypto::Sha256 hash;
  hash.update(std::string_view("\x00", 1));
  hash.update(entry);
  return hash.finish();
}

Digest node_hash(const Digest& left, const Digest& right) {
  crypto::Sha256 hash;
  hash.update("\x01");
  hash.update(left.view());
  hash.update(right.view());
  return hash.finish();
}

Result<Digest> root(std::uint64_t size, const NodeReader& nodes) {
  if (size == 0) return crypto::sha256("");
  return range_root(0, size, nodes);
}

Result<std::vector<Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size, const NodeReader& nodes) {
  // RFC 9162 2.1.3.1, from the root down: each step keeps the half that has the leaf and notes the root of the other.
  std::vector<Digest> proof;
  std::uint64_t begin = 0;
  while (size > 1) {
    const std::uint64_t left = std::bit_floor(size - 1);
    const bool goes_left = index - begin < left;
    AIRLOCK_TRY(const Digest other,
                goes_left ? range_root(begin + left, size - left, nodes) : range_root(begin, left, nodes));
    proof.push_back(other);
    if (!goes_left) begin += left;
    size = goes_left ? left : size - left;
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

Result<void> verify_inclusion(std::uint64_t index, std::uint64_t size, const Digest& leaf,
                              const std::vector<Digest>& proof, const Digest& root) {
  const auto refuse = [&](const std::string& why) {
    return fail(Code::integrity,
                "proof of leaf " + std::to_string(index) + " in a tree of " + std::to_string(size) + " leaves: " + why);
  };
  if (index >= size) return refuse("the tree has no such leaf");
  // RFC 9162 2.1.3.2; the letters are its own.
  std::uint64_t fn = index;
  std::uint64_t sn = size - 1;
  Digest r = leaf;
  for (const Digest& p : proof) {
    if (sn == 0) return refuse("has too many hashes");
    if ((fn & 1) != 0 || fn == sn) {
      r = node_hash(p, r);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      r = node_hash(r, p);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return refuse("has too few hashes");
  if (r != root) return refuse("does not lead to the root");
  return {};
}

Result<std::vector<Digest>> consistency_proof(std::uint64_t from, std::uint64_t size, const NodeReader& nodes) {
  // RFC 9162 2.1.4.1, from the root down, like the one above.
  std::vector<Digest> proof;
  if (from == 0 || from == size) return proof;
  std::uint64_t begin = 0;
  while (from != size) {
    const std::uint64_t left = std::bit_floor(size - 1);
    const bool goes_left = from <= left;
    AIRLOCK_TRY(const Digest other,
                goes_left ? range_root(begin + left, size - left, nodes) : range_root(begin, left, nodes));
    proof.push_back(other);
    if (!goes_left) {
      begin += left;
      from -= left;
    }
    size = goes_left ? left : size - left;
  }
  // The verifier has the root of the old tree. The proof must give it the root of any other part.
  if (begin != 0) {
    AIRLOCK_TRY(const Digest part, range_root(begin, size, nodes));
    proof.push_back(part);
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

Result<void> verify_consistency(std::uint64_t from, std::uint64_t size, const Digest& from_root, const Digest& root,
                                const std::vector<Digest>& proof) {
  const auto refuse = [&](const std::string& why) {
    return fail(Code::integrity, "proof from a tree of " + std::to_string(from) + " leaves to one of " +
                                     std::to_string(size) + " leaves: " + why);
  };
  if (from > size) return refuse("the later tree is smaller");
  if (from == size) {
    if (!proof.empty()) return refuse("has too many hashes");
    if (size == 0 && root != crypto::sha256("")) return refuse("a tree of no leaves has another root");
    return from_root == root ? Result<void>() : refuse("the roots differ");
  }
  if (from == 0) return refuse("a tree of no leaves proves nothing");
  if (proof.empty()) return refuse("has too few hashes");
  // RFC 9162 2.1.4.2; the letters are its own.
  std::uint64_t fn = from - 1;
  std::uint64_t sn = size - 1;
  while ((fn & 1) != 0) {
    fn >>= 1;
    sn >>= 1;
  }
  const bool perfect = std::has_single_bit(from);
  Digest fr = perfect ? from_root : proof.front();
  Digest sr = fr;
  for (std::size_t i = perfect ? 0 : 1; i < proof.size(); ++i) {
    const Digest& c = proof[i];
    if (sn == 0) return refuse("has too many hashes");
    if ((fn & 1) != 0 || fn == sn) {
      fr = node_hash(c, fr);
      sr = node_hash(c, sr);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      sr = node_hash(sr, c);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return refuse("has too few hashes");
  if (fr != from_root) return refuse("does not lead to the earlier root");
  if (sr != root) return refuse("does not lead to the later root");
  return {};
}

Result<Frontier> Frontier::load(std::uint64_t size, const NodeReader& nodes) {
  Frontier frontier;
  while (frontier.size_ < size) {
    const std::uint64_t leaves = std::bit_floor(size - frontier.size_);
    AIRLOCK_TRY(const Digest hash, nodes(static_cast<unsigned>(std::countr_zero(leaves)), frontier.size_ / leaves));
    frontier.hashes_.push_back(hash);
    frontier.size_ += leaves;
  }
  return frontier;
}

Result<void> Frontier::append(const Digest& leaf, const NodeWriter& nodes) {
  Digest hash = leaf;
  std::uint64_t index = size_;
  for (unsigned level = 1; (index & 1) != 0; ++level) {
    hash = node_hash(hashes_.back(), hash);
    hashes_.pop_back();
    index >>= 1;
    AIRLOCK_CHECK(nodes(level, index, hash));
  }
  hashes_.push_back(hash);
  ++size_;
  return {};
}

Digest Frontier::root() const {
  if (hashes_.empty()) return crypto::sha256("");
  Digest hash = hashes_.back();
  for (auto left = hashes_.rbegin() + 1; left != hashes_.rend(); ++left) hash = node_hash(*left, hash);
  return hash;
}

}  // namespace airlock::ledger
