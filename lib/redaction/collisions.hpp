#pragma once
/// \file
/// The first pass over a report whose keys a plan coarsens: which members would have the same key afterwards. All of
/// them are dropped. Keeping one would reveal which key it was, and JSON readers disagree about objects with equal keys
/// (RFC 7493 2.3).

#include <cstdint>
#include <vector>

#include "redaction/walk.hpp"

namespace airlock::redaction {

/// The offsets at which the keys begin that collide with another key of their object, ascending. Members that are
/// dropped anyway are not compared; keys that stay as they are, are. Memory: 24 bytes for each key of the objects open
/// at one time. Errors: those of Walk.
[[nodiscard]] core::Result<std::vector<std::uint64_t>> find_collisions(Walk walk,
                                                                       const crypto::Secret& fingerprint_key);

}  // namespace airlock::redaction
