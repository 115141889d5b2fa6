#pragma once
/// \file
/// What the cryptographic library of this process is, and whether it has what Airlock uses (docs/reference/algorithms.md).

#include <string>
#include <vector>

#include "crypto/key.hpp"

namespace airlock::crypto {

/// One algorithm that Airlock uses, and what for.
struct Algorithm {
  std::string name;
  std::string use;
  bool available = false;
};

struct Inventory {
  std::string library;   ///< `OpenSSL 3.0.22 9 Jun 2026`
  std::string provider;  ///< name and version of the provider in use
  std::vector<Algorithm> algorithms;
};

[[nodiscard]] Inventory inventory();

/// Kind and size of a key: `EC P-256`, `RSA 3072 bits`.
[[nodiscard]] std::string describe(const PublicKey& key);

}  // namespace airlock::crypto
