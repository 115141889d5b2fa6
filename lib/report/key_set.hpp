#pragma once
/// \file
/// The keys that an open object has had so far, as fingerprints: a hash table without pointers, since a report may have
/// millions of keys. The fingerprints are keyed and therefore evenly spread, so each serves as its own hash.

#include <cstddef>
#include <vector>

#include "crypto/hash.hpp"

namespace airlock::report {

class KeySet {
 public:
  /// Whether the fingerprint was not there yet; then it is now. An empty set has no memory; a table is between 3/8 and
  /// 3/4 full, that is 22 to 43 bytes a key, and while it grows the old one stands beside the new one.
  [[nodiscard]] bool insert(crypto::Fingerprint key);

 private:
  [[nodiscard]] crypto::Fingerprint& slot_of(const crypto::Fingerprint& key);
  void grow();

  std::vector<crypto::Fingerprint> slots_;  ///< a power of two of them, or none; `empty` where nothing is
  std::size_t count_ = 0;
};

}  // namespace airlock::report
