#pragma once
/// \file
/// The keys that signed a ledger's checkpoints, each with the trees that it may have signed: a ledger keeps its name
/// when its key is rotated, and what a former key signed verifies under that key and no other.

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "crypto/note.hpp"

namespace airlock::ledger {

class Ledger;
struct Entry;

class KeyHistory {
 public:
  struct Key {
    crypto::NoteVerifier verifier;
    std::uint64_t from_size = 0;  ///< the smallest tree that it signed: the one with the entry that put it in force
  };

  /// One key for all trees; implicit, since most who verify have been told exactly one.
  KeyHistory(crypto::NoteVerifier only);  // NOLINT(google-explicit-constructor)
  /// The keys that the ledger's own `key_rotated` entries name. `known` is the one that is trusted: the newest of them,
  /// or, while a rotation is being finished, the one before it. Error: integrity where the entries name others.
  [[nodiscard]] static core::Result<KeyHistory> of(const Ledger& ledger, const crypto::NoteVerifier& known);

  /// The same of `key_rotated` entries that the caller read.
  [[nodiscard]] static core::Result<KeyHistory> of(const std::vector<Entry>& entries,
                                                   const crypto::NoteVerifier& known);

  [[nodiscard]] const std::vector<Key>& keys() const { return keys_; }
  [[nodiscard]] const crypto::NoteVerifier& newest() const { return keys_.back().verifier; }
  /// Whether the key at `index` may have signed a tree of this size.
  [[nodiscard]] bool covers(std::size_t index, std::uint64_t size) const;

 private:
  std::vector<Key> keys_;
};

}  // namespace airlock::ledger
