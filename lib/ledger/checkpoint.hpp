#pragma once
/// \file
/// Texts that carry the tree's state out of the ledger: checkpoints (c2sp.org/tlog-checkpoint) as signed notes,
/// inclusion proofs (c2sp.org/tlog-proof), and consistency proofs. Format: docs/formats/ledger.md. A checkpoint says
/// what the tree was, never that it is the newest one: that is for whoever compares it with another.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "crypto/note.hpp"
#include "ledger/keys.hpp"
#include "ledger/merkle.hpp"

namespace airlock::ledger {

struct TreeHead {
  std::uint64_t size = 0;
  Digest root;
  bool operator==(const TreeHead&) const = default;
};

/// Longest checkpoint and longest proof, in bytes, that are read. Both leave room for signatures of later kinds.
inline constexpr std::size_t checkpoint_text_limit = 64 * 1024;
inline constexpr std::size_t proof_text_limit = 128 * 1024;

/// `airlock/<site id>`: origin of the log and name of its key.
[[nodiscard]] std::string origin(std::string_view site_id);

/// The signed note for a tree head.
[[nodiscard]] Result<std::string> sign_checkpoint(const TreeHead& head, std::string_view site_id,
                                                  const crypto::PrivateKey& key);
/// Verifies signature and origin (which is the verifier's name). Extension lines, which Airlock does not write, are
/// refused. Errors: bad_input (not a note), integrity.
/// Of several keys, the one that may have signed a tree of this size is asked.
[[nodiscard]] Result<TreeHead> verify_checkpoint(std::string_view note, const KeyHistory& keys);

/// The same under any of the keys, whatever the size of its tree: where the ledger itself, which says which key signed
/// which trees, is what is in question. The error is that of the newest key.
[[nodiscard]] Result<TreeHead> verify_checkpoint_by_any(std::string_view note, const KeyHistory& keys);

/// `proof.txt`: the leaf's index, its inclusion proof, and the checkpoint.
[[nodiscard]] std::string proof_text(std::uint64_t index, const std::vector<Digest>& proof,
                                     std::string_view checkpoint);
struct Proof {
  std::uint64_t index = 0;
  std::vector<Digest> hashes;
  std::string checkpoint;  ///< not verified yet
};
/// Reads what `proof_text` writes; nothing of it is verified. An `extra` line, which Airlock does not write and which
/// no signature covers, is refused. Error: bad_input.
[[nodiscard]] Result<Proof> read_proof(std::string_view text);
/// Verifies that `entry` stands in the log of `verifier` as the proof says. Returns the checkpoint's tree head.
[[nodiscard]] Result<TreeHead> verify_proof(std::string_view entry, const Proof& proof, const KeyHistory& keys);

/// `consistency.txt`: the proof from an earlier checkpoint, which it carries, to a later one, which it does not.
[[nodiscard]] std::string consistency_text(const std::vector<Digest>& proof, std::string_view from_checkpoint);
struct Consistency {
  std::vector<Digest> hashes;
  std::string from_checkpoint;  ///< not verified yet
};
/// Reads what `consistency_text` writes; nothing of it is verified. Error: bad_input.
[[nodiscard]] Result<Consistency> read_consistency(std::string_view text);
/// Verifies that the log of `keys` grew from the proof's checkpoint to `later`. Returns the earlier tree head.
[[nodiscard]] Result<TreeHead> verify_consistency_text(const Consistency& consistency, const TreeHead& later,
                                                       const KeyHistory& keys);

}  // namespace airlock::ledger
