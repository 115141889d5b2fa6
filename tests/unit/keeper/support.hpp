#pragma once
/// \file
/// What the tests of keeper/ share.

#include <doctest/doctest.h>
#include <unistd.h>

#include <string>

#include "core/result.hpp"
#include "sys/write_file.hpp"
#include "temporary_directory.hpp"

namespace airlock::test {

/// The message of a failed result; `fine` otherwise.
template <typename T>
std::string reason(const core::Result<T>& result) {
  return result ? "fine" : result.error().message;
}

inline const std::string module_path = "/usr/lib/softhsm/libsofthsm2.so";

/// A descriptor from which a secret can be read.
inline int secret_descriptor(const std::string& text) {
  int ends[2] = {-1, -1};
  REQUIRE(::pipe(ends) == 0);
  REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  ::close(ends[1]);
  return ends[0];
}

/// Writes a key file; its path.
inline std::string key_at(const std::string& directory, const std::string& content) {
  const std::string path = directory + "/site.key";
  REQUIRE(sys::replace_file(path, content, sys::private_file));
  return path;
}

}  // namespace airlock::test
