#include "ledger/merkle.hpp"
#include "core/encoding.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "crypto/hash.hpp"

using namespace airlock;
using core::Digest;

namespace {

std::vector<Digest> leaves(std::size_t count) {
  std::vector<Digest> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(ledger::leaf_hash("entry " + std::to_string(i)));
  return out;
}

/// RFC 6962 2.1, as it is written there.
Digest plain_root(const std::vector<Digest>& leaves, std::size_t begin, std::size_t end) {
  if (begin == end) return crypto::sha256("");
  if (end - begin == 1) return leaves[begin];
  const std::size_t middle = begin + std::bit_floor(end - begin - 1);
  return ledger::node_hash(plain_root(leaves, begin, middle), plain_root(leaves, middle, end));
}

/// RFC 6962 2.1.1, as it is written there.
std::vector<Digest> plain_path(const std::vector<Digest>& leaves, std::size_t begin, std::size_t end,
                               std::size_t index) {
  if (end - begin == 1) return {};
  const std::size_t middle = begin + std::bit_floor(end - begin - 1);
  auto path = index < middle ? plain_path(leaves, begin, middle, index) : plain_path(leaves, middle, end, index);
  path.push_back(index < middle ? plain_root(leaves, middle, end) : plain_root(leaves, begin, middle));
  return path;
}

/// RFC 6962 2.1.2, as it is written there: SUBPROOF(m, D[begin:end], whole).
std::vector<Digest> plain_subproof(const std::vector<Digest>& leaves, std::size_t m, std::size_t begin, std::size_t end,
                                   bool whole) {
  if (m == end - begin) return whole ? std::vector<Digest>{} : std::vector<Digest>{plain_root(leaves, begin, end)};
  const std::size_t k = std::bit_floor(end - begin - 1);
  auto proof = m <= k ? plain_subproof(leaves, m, begin, begin + k, whole)
                      : plain_subproof(leaves, m - k, begin + k, end, false);
  proof.push_back(m <= k ? plain_root(leaves, begin + k, end) : plain_root(leaves, begin, begin + k));
  return proof;
}

/// A tree as a ledger stores it: leaves, and the nodes that a frontier reports.
struct Stored {
  std::map<std::pair<unsigned, std::uint64_t>, Digest> nodes;
  ledger::Frontier frontier;

  explicit Stored(const std::vector<Digest>& leaves) {
    for (const Digest& leaf : leaves) {
      nodes[{0, frontier.size()}] = leaf;
      const auto added = frontier.append(leaf, [this](unsigned level, std::uint64_t index, const Digest& hash) {
        CHECK(level > 0);
        CHECK(nodes.emplace(std::pair(level, index), hash).second);
        return core::Result<void>();
      });
      REQUIRE(added);
    }
  }

  [[nodiscard]] ledger::NodeReader reader() const {
    return [this](unsigned level, std::uint64_t index) -> core::Result<Digest> {
      const auto found = nodes.find({level, index});
      if (found == nodes.end()) return core::fail(core::Code::integrity, "no such node");
      return found->second;
    };
  }
};

std::string hex_root(const std::vector<Digest>& leaves) {
  return ledger::root(leaves.size(), Stored(leaves).reader()).value().hex();
}

}  // namespace

TEST_CASE("the constants of RFC 6962 come out") {
  CHECK(hex_root({}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex_root({ledger::leaf_hash("")}) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  CHECK(ledger::Frontier().root().hex() == hex_root({}));
}

TEST_CASE("roots and proofs of every tree up to 70 leaves are those of the standard, and verify") {
  constexpr std::size_t most = 70;
  const auto all = leaves(most);
  const Stored stored(all);
  std::size_t proofs = 0;
  for (std::size_t size = 0; size <= most; ++size) {
    CAPTURE(size);
    const Digest root = plain_root(all, 0, size);
    REQUIRE(ledger::root(size, stored.reader()).value() == root);
    const auto frontier = ledger::Frontier::load(size, stored.reader());
    REQUIRE(frontier->root() == root);
    REQUIRE(frontier->size() == size);
    for (std::size_t index = 0; index < size; ++index) {
      const auto proof = ledger::inclusion_proof(index, size, stored.reader());
      REQUIRE(proof.value() == plain_path(all, 0, size, index));
      REQUIRE(ledger::verify_inclusion(index, size, all[index], *proof, root));
      ++proofs;
    }
  }
  CHECK(proofs == 2485);
}

TEST_CASE("a frontier that was loaded grows like one that was not") {
  const auto all = leaves(70);
  for (std::size_t size = 0; size < all.size(); ++size) {
    const Stored stored({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(size)});
    auto frontier = ledger::Frontier::load(size, stored.reader());
    REQUIRE(frontier);
    REQUIRE(frontier->append(all[size], [](unsigned, std::uint64_t, const Digest&) { return core::Result<void>(); }));
    CHECK(frontier->root() == plain_root(all, 0, size + 1));
  }
}

TEST_CASE("a proof does not verify for any other leaf, index, size, root or hash") {
  const auto all = leaves(13);
  const Stored stored(all);
  const Digest root = plain_root(all, 0, 13);
  for (std::uint64_t index = 0; index < 13; ++index) {
    CAPTURE(index);
    const auto proof = ledger::inclusion_proof(index, 13, stored.reader()).value();
    const auto refused = [&](std::uint64_t i, std::uint64_t size, const Digest& leaf, const std::vector<Digest>& hashes,
                             const Digest& to) {
      const auto verified = ledger::verify_inclusion(i, size, leaf, hashes, to);
      return !verified && verified.error().code == core::Code::integrity;
    };
    for (std::uint64_t other = 0; other <= 13; ++other) {
      if (other != index) CHECK(refused(other, 13, all[index], proof, root));
    }
    // Sizes with the same path are one tree to the proof: the root, which the checkpoint ties to its size, differs.
    CHECK(refused(index, 0, all[index], proof, root));
    CHECK(refused(index, 7, all[index], proof, plain_root(all, 0, 7)));
    CHECK(refused(index, 13, all[(index + 1) % 13], proof, root));
    CHECK(refused(index, 13, all[index], proof, plain_root(all, 0, 12)));
    for (std::size_t i = 0; i < proof.size(); ++i) {
      auto changed = proof;
      changed[i].bytes[31] ^= 1;
      CHECK(refused(index, 13, all[index], changed, root));
      changed = proof;
      changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
      CHECK(refused(index, 13, all[index], changed, root));
      changed = proof;
      changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i), root);
      CHECK(refused(index, 13, all[index], changed, root));
    }
  }
}

TEST_CASE("consistency proofs between all trees up to 70 leaves are those of the standard, and verify") {
  constexpr std::size_t most = 70;
  const auto all = leaves(most);
  const Stored stored(all);
  for (std::size_t size = 1; size <= most; ++size) {
    const Digest root = plain_root(all, 0, size);
    for (std::size_t from = 1; from <= size; ++from) {
      CAPTURE(from);
      CAPTURE(size);
      const auto proof = ledger::consistency_proof(from, size, stored.reader());
      REQUIRE(proof.value() == plain_subproof(all, from, 0, size, true));
      REQUIRE(ledger::verify_consistency(from, size, plain_root(all, 0, from), root, *proof));
    }
  }
  CHECK(ledger::consistency_proof(0, 5, stored.reader()).value().empty());
}

TEST_CASE("a consistency proof does not verify for any other size, root or hash") {
  const auto all = leaves(14);
  const Stored stored(all);
  for (std::uint64_t size = 2; size <= 13; ++size) {
    for (std::uint64_t from = 1; from < size; ++from) {
      CAPTURE(from);
      CAPTURE(size);
      const Digest first = plain_root(all, 0, from);
      const Digest second = plain_root(all, 0, size);
      const auto proof = ledger::consistency_proof(from, size, stored.reader()).value();
      const auto refused = [&](std::uint64_t m, std::uint64_t n, const Digest& old, const Digest& root,
                               const std::vector<Digest>& hashes) {
        const auto verified = ledger::verify_consistency(m, n, old, root, hashes);
        return !verified && verified.error().code == core::Code::integrity;
      };
      CHECK(refused(size, from, second, first, proof));
      CHECK(refused(0, size, first, second, proof));
      CHECK(refused(from, size, second, second, proof));
      CHECK(refused(from, size, first, first, proof));
      CHECK(refused(from, size, first, plain_root(all, 0, size + 1), proof));
      CHECK(refused(from, size, plain_root(all, 0, from + 1), second, proof));
      for (std::size_t i = 0; i < proof.size(); ++i) {
        auto changed = proof;
        changed[i].bytes[31] ^= 1;
        CHECK(refused(from, size, first, second, changed));
        changed = proof;
        changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
        CHECK(refused(from, size, first, second, changed));
        changed = proof;
        changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i), second);
        CHECK(refused(from, size, first, second, changed));
      }
    }
  }
  const std::vector<Digest> endless(ledger::proof_limit + 1, all[0]);
  CHECK_FALSE(ledger::verify_consistency(UINT64_MAX - 1, UINT64_MAX, all[0], all[1], endless));
}

TEST_CASE("a proof of the largest index ends") {
  const std::vector<Digest> proof(ledger::proof_limit, ledger::leaf_hash("x"));
  CHECK_FALSE(ledger::verify_inclusion(UINT64_MAX - 1, UINT64_MAX, proof[0], proof, proof[0]));
  CHECK_FALSE(ledger::verify_inclusion(UINT64_MAX, UINT64_MAX, proof[0], proof, proof[0]));
}

TEST_CASE("an error of the node reader is passed on") {
  const auto broken = [](unsigned, std::uint64_t) -> core::Result<Digest> {
    return core::fail(core::Code::not_recorded, "disk");
  };
  CHECK(ledger::root(3, broken).error().message == "disk");
  CHECK(ledger::inclusion_proof(0, 3, broken).error().message == "disk");
  CHECK(ledger::consistency_proof(2, 3, broken).error().message == "disk");
  CHECK(ledger::Frontier::load(3, broken).error().message == "disk");
}

TEST_CASE("all inclusion vectors of transparency-dev/merkle give the verdict that they ask for") {
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(AIRLOCK_TEST_KIT "/foreign/merkle/inclusion")) {
    if (!file.is_regular_file()) continue;
    CAPTURE(file.path().string());
    std::ifstream stream(file.path());
    const auto vector = nlohmann::json::parse(stream);
    // A root, leaf or hash that is no SHA-256 cannot even be asked about.
    bool representable = true;
    const auto digest = [&](const nlohmann::json& base64) {
      const auto raw = core::from_base64(base64.get<std::string>());
      const auto value = Digest::from_bytes(raw.value_or(""));
      representable = representable && value.has_value();
      return value.value_or(Digest{});
    };
    const Digest root = digest(vector.at("root"));
    const Digest leaf = digest(vector.at("leafHash"));
    std::vector<Digest> proof;
    if (!vector.at("proof").is_null()) {
      for (const auto& hash : vector.at("proof")) proof.push_back(digest(hash));
    }
    const bool accept =
        representable && ledger::verify_inclusion(vector.at("leafIdx").get<std::uint64_t>(),
                                                  vector.at("treeSize").get<std::uint64_t>(), leaf, proof, root);
    CHECK(accept != vector.at("wantErr").get<bool>());
    ++(accept ? accepted : refused);
  }
  CHECK(accepted == 6);
  CHECK(refused == 92);
}

TEST_CASE(
    "all consistency vectors of transparency-dev/merkle give the verdict that they ask for, and their proofs are "
    "ours") {
  // The leaves of the trees that the vectors are about.
  std::vector<Digest> published;
  for (const std::string_view hex :
       {"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}) {
    published.push_back(ledger::leaf_hash(core::from_hex(hex).value()));
  }
  const Stored stored(published);
  std::size_t accepted = 0;
  std::size_t refused = 0;
  std::size_t made = 0;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(AIRLOCK_TEST_KIT "/foreign/merkle/consistency")) {
    if (!file.is_regular_file()) continue;
    CAPTURE(file.path().string());
    std::ifstream stream(file.path());
    const auto vector = nlohmann::json::parse(stream);
    // What is no SHA-256 stands for some other digest; equal ones stay equal.
    const auto digest = [](const nlohmann::json& base64) {
      const std::string raw = core::from_base64(base64.get<std::string>()).value_or("no base64");
      const auto value = Digest::from_bytes(raw);
      return value ? *value : crypto::sha256(raw);
    };
    std::vector<Digest> proof;
    if (!vector.at("proof").is_null()) {
      for (const auto& hash : vector.at("proof")) proof.push_back(digest(hash));
    }
    const auto from = vector.at("size1").get<std::uint64_t>();
    const auto size = vector.at("size2").get<std::uint64_t>();
    const bool accept =
        ledger::verify_consistency(from, size, digest(vector.at("root1")), digest(vector.at("root2")), proof)
            .has_value();
    CHECK(accept != vector.at("wantErr").get<bool>());
    ++(accept ? accepted : refused);
    if (vector.at("desc") != "happy path") continue;
    ++made;
    CHECK(ledger::root(size, stored.reader()).value() == digest(vector.at("root2")));
    CHECK(ledger::consistency_proof(from, size, stored.reader()).value() == proof);
  }
  MESSAGE("counted: " << accepted << " accepted, " << refused << " refused, " << made << " proofs made again");
  CHECK(accepted + refused == 98);
  CHECK(made == 5);
}
