#pragma once
/// \file
/// The cryptographic library of this process, and whether it offers every algorithm that Airlock uses
/// (docs/reference/algorithms.md).

#include <string>
#include <vector>

#include "crypto/key.hpp"

namespace airlock::crypto {

/// An algorithm that Airlock uses.
struct Algorithm {
  std::string name;
  std::string use;  ///< what Airlock uses it for
  bool available = false;
};

struct Inventory {
  std::string library;   ///< `OpenSSL 3.0.22 9 Jun 2026`
  std::string provider;  ///< name and version of the provider in use
  std::vector<Algorithm> algorithms;
};

/// Asks OpenSSL for each algorithm.
[[nodiscard]] Inventory inventory();

/// Kind and size of a key for people: `EC P-256`, `RSA 3072 bits`.
[[nodiscard]] std::string describe(const PublicKey& key);

}  // namespace airlock::crypto
