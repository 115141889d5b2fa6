#pragma once
/// \file
/// The keys that an open object has had so far, as fingerprints. A hash table without pointers, since a report may have
/// millions of keys. The fingerprints are keyed and therefore evenly spread, so each is its own hash.

#include <cstddef>
#include <vector>

#include "crypto/hash.hpp"

namespace airlock::report {

class KeySet {
 public:
  /// Adds the fingerprint. Returns false if the set already had it. An empty set uses no memory. Otherwise the table is
  /// between 3/8 and 3/4 full, which is 22 to 43 bytes for each key. While it grows, the old and the new table exist.
  [[nodiscard]] bool insert(crypto::Fingerprint key);

 private:
  [[nodiscard]] crypto::Fingerprint& slot_of(const crypto::Fingerprint& key);
  void grow();

  std::vector<crypto::Fingerprint> slots_;  ///< their number is a power of two, or 0; all zero if unused
  std::size_t count_ = 0;
};

}  // namespace airlock::report
