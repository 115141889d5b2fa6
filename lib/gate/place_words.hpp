#pragma once
/// \file
/// Putting a list of words that an officer signed and dropped into `words.txt` (docs/formats/words.md). The process
/// that takes in drops (signed_drops.hpp) may not write that file, so the supervisor does. It verifies the file once
/// more, since it believes the other process nothing.

#include <string>

#include "core/result.hpp"
#include "sys/world.hpp"

namespace airlock::gate {

/// Puts the list in the claimed file `id` into `words.txt`, in the place of its officer's former one, and makes the
/// list's key. A list that is there already stays. Errors: usage (not an id); refused (not signed by an officer of the
/// site whose certificate is valid now, for another site, older than her list in the file); bad_input (the file is
/// malformed, or would have too many words).
[[nodiscard]] core::Result<void> place_words(const std::string& directory, const std::string& id,
                                             const sys::World& world = sys::real_world());

}  // namespace airlock::gate
