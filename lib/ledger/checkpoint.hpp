#pragma once
/// \file
/// Texts that carry the state of the tree out of the ledger: checkpoints (c2sp.org/tlog-checkpoint) as signed notes,
/// inclusion proofs (c2sp.org/tlog-proof), and consistency proofs. Format: docs/formats/ledger.md.
///
/// A checkpoint says how the tree was. It does not say that the tree has not grown since: compare it with another one
/// to learn that.

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

/// Longest checkpoint and longest proof, in bytes, that are read. Both leave room for signatures of later kinds.
inline constexpr std::size_t checkpoint_text_limit = 64ULL * 1024;
inline constexpr std::size_t proof_text_limit = 128ULL * 1024;

/// `airlock/<site id>`: origin of the log and name of its key.
[[nodiscard]] std::string origin(std::string_view site_id);

/// The signed note for a tree head.
[[nodiscard]] Result<std::string> sign_checkpoint(const TreeHead& head, std::string_view site_id,
                                                  const crypto::PrivateKey& key);
/// Verifies signature and origin, which is the name of the verifier. Of several keys, the one must have signed that was
/// in force for a tree of this size. Extension lines, which Airlock does not write, are refused. Errors: bad_input (not
/// a note), integrity.
[[nodiscard]] Result<TreeHead> verify_checkpoint(std::string_view note, const KeyHistory& keys);

/// The same, but any of the keys may have signed, whatever the size of the tree. For a check of the ledger itself,
/// whose entries say which key was in force when. The error is that of the newest key.
[[nodiscard]] Result<TreeHead> verify_checkpoint_by_any(std::string_view note, const KeyHistory& keys);

/// `proof.txt`: the index of the leaf, its inclusion proof, and the checkpoint.
[[nodiscard]] std::string proof_text(std::uint64_t index, const std::vector<Digest>& proof,
                                     std::string_view checkpoint);
struct Proof {
  std::uint64_t index = 0;
  std::vector<Digest> hashes;
  std::string checkpoint;  ///< not verified yet
};
/// Reads a text of `proof_text`, and verifies nothing of it. An `extra` line, which Airlock does not write and no
/// signature covers, is refused. Error: bad_input.
[[nodiscard]] Result<Proof> read_proof(std::string_view text);
/// Verifies that the log signed by `keys` has `entry` where the proof says. Returns the tree head of the checkpoint.
[[nodiscard]] Result<TreeHead> verify_proof(std::string_view entry, const Proof& proof, const KeyHistory& keys);

/// `consistency.txt`: the proof from an earlier checkpoint, which the text contains, to a later one, which it does not.
[[nodiscard]] std::string consistency_text(const std::vector<Digest>& proof, std::string_view from_checkpoint);
struct Consistency {
  std::vector<Digest> hashes;
  std::string from_checkpoint;  ///< not verified yet
};
/// Reads a text of `consistency_text`, and verifies nothing of it. Error: bad_input.
[[nodiscard]] Result<Consistency> read_consistency(std::string_view text);
/// Verifies that the log signed by `keys` grew from the checkpoint in the proof to `later`. Returns the earlier tree
/// head.
[[nodiscard]] Result<TreeHead> verify_consistency_text(const Consistency& consistency, const TreeHead& later,
                                                       const KeyHistory& keys);

}  // namespace airlock::ledger
