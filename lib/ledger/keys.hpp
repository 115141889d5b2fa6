#pragma once
/// \file
/// The keys that signed the checkpoints of a ledger, each with the trees that it may have signed. A ledger keeps its
/// name when its key is rotated. A checkpoint of a former key verifies under that key and no other.

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "crypto/note.hpp"
#include "ledger/entry.hpp"

namespace airlock::ledger {

class KeyHistory {
 public:
  struct DatedKey {
    crypto::NoteVerifier verifier;
    std::uint64_t from_size = 0;  ///< the smallest tree that it signed: the one with the entry that put it in force
  };

  /// One key for all trees. Implicit, since most callers know exactly one key.
  KeyHistory(crypto::NoteVerifier only);  // NOLINT(google-explicit-constructor)
  /// The keys that `rotations`, the `key_rotated` entries of the ledger, name. `known` is the key that the caller
  /// trusts: the newest of them or, while a rotation is being finished, the one before it. Error: integrity where the
  /// entries name others.
  [[nodiscard]] static core::Result<KeyHistory> of(const std::vector<Entry>& rotations,
                                                   const crypto::NoteVerifier& known);

  [[nodiscard]] const std::vector<DatedKey>& keys() const { return keys_; }
  [[nodiscard]] const crypto::NoteVerifier& newest() const { return keys_.back().verifier; }
  /// Whether the key at `index` may have signed a tree of this size.
  [[nodiscard]] bool covers(std::size_t index, std::uint64_t size) const;

 private:
  std::vector<DatedKey> keys_;
};

}  // namespace airlock::ledger
