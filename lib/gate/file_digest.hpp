#pragma once
/// \file
/// The digest of a file's content.

#include <string>

#include "core/digest.hpp"
#include "crypto/hash.hpp"
#include "sys/read_file.hpp"

namespace airlock::gate {

/// The SHA-256 of the file's content. Errors: those of `sys::FileBlob::open`; not_recorded if the disk cannot be read.
[[nodiscard]] inline core::Result<core::Digest> digest_of_file(const std::string& path) {
  AIRLOCK_TRY(const auto blob, sys::FileBlob::open(path));
  return crypto::sha256(blob);
}

}  // namespace airlock::gate
