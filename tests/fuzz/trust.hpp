#pragma once
/// \file
/// What the seeds of the fuzz targets were made with (make-seeds): whom to believe, and what was truly signed. A target
/// that verifies can so demand that whatever verifies is one of these.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/io.hpp"
#include "crypto/certificate.hpp"
#include "crypto/hash.hpp"

namespace airlock::test {

/// A file of `seeds/trust`.
inline std::string trusted(const std::string& name) {
  std::ifstream file(std::string(AIRLOCK_FUZZ_TRUST "/") + name, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  if (!file && !file.eof()) throw std::runtime_error("cannot read " + name);
  return bytes;
}

inline crypto::Certificate trusted_certificate(const std::string& name) {
  return crypto::Certificate::from_pem(trusted(name)).value();
}

/// Whether these bytes are among those that were signed or sealed for the seeds.
inline bool was_signed(std::string_view content) {
  static const std::set<std::string> digests = [] {
    std::istringstream lines(trusted("contents"));
    return std::set<std::string>(std::istream_iterator<std::string>(lines), {});
  }();
  return digests.contains(crypto::sha256(content).hex());
}

}  // namespace airlock::test
