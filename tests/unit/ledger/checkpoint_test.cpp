#include "ledger/checkpoint.hpp"
#include "core/encoding.hpp"

#include <doctest/doctest.h>

using namespace airlock;
using core::Code;
using ledger::TreeHead;

namespace {

constexpr std::string_view site = "5b0c0a3e-5d0a-4b3e-9c55-0d9a4b1f7e21";

struct Log {
  crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyKind::ed25519).value();
  std::string name = ledger::origin(site);
  crypto::NoteVerifier verifier{name, key.public_key()};

  [[nodiscard]] std::string signed_text(const std::string& text) const {
    return crypto::sign_note(text, name, key).value();
  }
  [[nodiscard]] std::string why(const std::string& text) const {
    const auto head = ledger::verify_checkpoint(signed_text(text), verifier);
    if (head) return "accepted";
    CHECK(head.error().code == Code::integrity);
    return head.error().message;
  }
};

const std::string root_text = core::to_base64(ledger::leaf_hash("a").view());

std::string why_not(const std::string& proof) {
  const auto read = ledger::read_proof(proof);
  if (read) return "accepted";
  CHECK(read.error().code == Code::bad_input);
  return read.error().message;
}

}  // namespace

TEST_CASE("a checkpoint has origin, size and root, and comes back") {
  const Log log;
  const TreeHead head{20852163, ledger::leaf_hash("a")};
  const auto note = ledger::sign_checkpoint(head, site, log.key);
  REQUIRE(note);
  CHECK(note->starts_with("airlock/" + std::string(site) + "\n20852163\n" + root_text + "\n\n— airlock/"));
  CHECK(ledger::verify_checkpoint(*note, log.verifier).value() == head);
}

TEST_CASE("a checkpoint of another key or of another site is refused") {
  const Log log;
  const Log other;
  const auto note = ledger::sign_checkpoint({1, ledger::leaf_hash("a")}, site, other.key).value();
  CHECK(ledger::verify_checkpoint(note, log.verifier).error().code == Code::integrity);

  const crypto::NoteVerifier elsewhere("airlock/elsewhere", log.key.public_key());
  const auto own = ledger::sign_checkpoint({1, ledger::leaf_hash("a")}, site, log.key).value();
  CHECK(ledger::verify_checkpoint(own, elsewhere).error().code == Code::integrity);
  // Signed by the right name, about another log.
  CHECK(log.why("airlock/elsewhere\n1\n" + root_text + "\n") ==
        "checkpoint: is not of the log `airlock/" + std::string(site) + "`");
}

TEST_CASE("every changed byte of a checkpoint is found") {
  const Log log;
  const auto note = ledger::sign_checkpoint({70, ledger::leaf_hash("a")}, site, log.key).value();
  for (std::size_t i = 0; i < note.size(); ++i) {
    CAPTURE(i);
    std::string changed = note;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_FALSE(ledger::verify_checkpoint(changed, log.verifier));
  }
  for (std::size_t i = 0; i < note.size(); ++i) {
    CHECK_FALSE(ledger::verify_checkpoint(std::string_view(note).substr(0, i), log.verifier));
  }
}

TEST_CASE("a signed text that is no checkpoint is refused") {
  const Log log;
  const std::string first = log.name + "\n";
  CHECK(log.why(first + "7\n" + root_text + "\n") == "accepted");
  CHECK(log.why(first + "0\n" + root_text + "\n") == "accepted");
  const std::string no_size = "checkpoint: line 2 is not the size of a tree";
  CHECK(log.why(first) == no_size);
  for (const std::string size : {"", "07", "-1", "+1", " 1", "1 ", "0x1", "18446744073709551616"}) {
    CHECK(log.why(first + size + "\n" + root_text + "\n") == no_size);
  }
  const std::string no_root = "checkpoint: line 3 is not a SHA-256 in base64";
  CHECK(log.why(first + "7\n") == no_root);
  CHECK(log.why(first + "7\nAAAA\n") == no_root);
  CHECK(log.why(first + "7\n" + root_text + " \n") == no_root);
  CHECK(log.why(first + "7\n" + root_text.substr(0, root_text.size() - 2) + "F=\n") == no_root);  // unused bits set
  CHECK(log.why(first + "7\n" + root_text + "\nextension\n") == "checkpoint: has more than three lines");
}

TEST_CASE("a checkpoint that is no note, or too long, is bad input") {
  const Log log;
  CHECK(ledger::verify_checkpoint("", log.verifier).error().code == Code::bad_input);
  CHECK(ledger::verify_checkpoint("hello", log.verifier).error().code == Code::bad_input);
  const std::string long_note(ledger::checkpoint_text_limit + 1, 'x');
  CHECK(ledger::verify_checkpoint(long_note, log.verifier).error().message == "checkpoint: is larger than 65536 bytes");
}

TEST_CASE("a proof has the form of c2sp.org/tlog-proof and comes back") {
  const std::vector<core::Digest> hashes{ledger::leaf_hash("a"), ledger::leaf_hash("b")};
  const std::string text = ledger::proof_text(73894, hashes, "the checkpoint\n");
  CHECK(text == "c2sp.org/tlog-proof@v1\nindex 73894\n" + core::to_base64(hashes[0].view()) + "\n" +
                    core::to_base64(hashes[1].view()) + "\n\nthe checkpoint\n");
  const auto proof = ledger::read_proof(text);
  REQUIRE(proof);
  CHECK(proof->index == 73894);
  CHECK(proof->hashes == hashes);
  CHECK(proof->checkpoint == "the checkpoint\n");
  CHECK(ledger::read_proof(ledger::proof_text(0, {}, "c"))->hashes.empty());
}

TEST_CASE("what is no proof is refused with its line") {
  const std::string head = "c2sp.org/tlog-proof@v1\n";
  const std::string hash = root_text + "\n";
  CHECK(why_not(head + "index 0\n" + hash + "\nc") == "accepted");
  CHECK(why_not("") == "proof: line 1 is not `c2sp.org/tlog-proof@v1`");
  CHECK(why_not("c2sp.org/tlog-proof@v2\nindex 0\n\nc") == "proof: line 1 is not `c2sp.org/tlog-proof@v1`");
  for (const std::string line : {"extra AAAA\nindex 0", "index", "index ", "index 00", "index -1", "index 1x",
                                 "index 18446744073709551616", "Index 1"}) {
    CHECK(why_not(head + line + "\n\nc") == "proof: line 2 is not the index of a leaf");
  }
  CHECK(why_not(head + "index 0\n" + hash + "AAAA\n\nc") == "proof: line 4 is not a SHA-256 in base64");
  CHECK(why_not(head + "index 0\n" + hash) == "proof: ends before its checkpoint");
  CHECK(why_not(head + "index 0\n" + hash + root_text) == "proof: ends before its checkpoint");
  std::string long_proof = head + "index 0\n";
  for (std::size_t i = 0; i < ledger::proof_limit; ++i) long_proof += hash;
  CHECK(why_not(long_proof + "\nc") == "accepted");
  CHECK(why_not(long_proof + hash + "\nc") == "proof: has more than 64 hashes");
  CHECK(why_not(std::string(ledger::proof_text_limit + 1, 'x')) == "proof: is larger than 131072 bytes");
}

TEST_CASE("a proof verifies for its entry and its log only") {
  const Log log;
  const auto a = ledger::leaf_hash("a");
  const auto b = ledger::leaf_hash("b");
  const TreeHead head{2, ledger::node_hash(a, b)};
  const auto note = ledger::sign_checkpoint(head, site, log.key).value();
  const auto proof = ledger::read_proof(ledger::proof_text(1, {a}, note)).value();
  CHECK(ledger::verify_proof("b", proof, log.verifier).value() == head);
  CHECK(ledger::verify_proof("a", proof, log.verifier).error().code == Code::integrity);
  CHECK_FALSE(ledger::verify_proof("b", proof, Log().verifier));
  // A node is no entry, and an entry is no node (RFC 6962 2.1: the prefixes).
  const auto grown = ledger::sign_checkpoint({1, head.root}, site, log.key).value();
  const std::string node = std::string(a.view()) + std::string(b.view());
  CHECK_FALSE(ledger::verify_proof(node, {0, {}, grown}, log.verifier));
}

TEST_CASE("a consistency text carries the earlier checkpoint and comes back") {
  const Log log;
  const std::vector<core::Digest> leaves{ledger::leaf_hash("a"), ledger::leaf_hash("b"), ledger::leaf_hash("c")};
  const TreeHead early{2, ledger::node_hash(leaves[0], leaves[1])};
  const TreeHead late{3, ledger::node_hash(early.root, leaves[2])};
  const auto note = ledger::sign_checkpoint(early, site, log.key).value();
  const std::string text = ledger::consistency_text({leaves[2]}, note);
  CHECK(text == "airlock-consistency/1\n" + core::to_base64(leaves[2].view()) + "\n\n" + note);
  const auto read = ledger::read_consistency(text).value();
  CHECK(ledger::verify_consistency_text(read, late, log.verifier).value() == early);

  CHECK_FALSE(ledger::verify_consistency_text(read, {3, leaves[0]}, log.verifier));
  CHECK_FALSE(ledger::verify_consistency_text(read, {1, late.root}, log.verifier));
  CHECK_FALSE(ledger::verify_consistency_text(read, late, Log().verifier));
  const auto refused = [](const std::string& changed) {
    const auto result = ledger::read_consistency(changed);
    return !result && result.error().code == Code::bad_input;
  };
  CHECK(refused(""));
  CHECK(refused("airlock-consistency/2\n\n" + note));
  CHECK(refused("airlock-consistency/1\nabc\n\n" + note));
  CHECK(refused("airlock-consistency/1\n"));
  CHECK(refused(std::string(ledger::proof_text_limit + 1, 'x')));
}
