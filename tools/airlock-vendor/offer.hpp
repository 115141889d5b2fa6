#pragma once
/// \file
/// What completion offers of a vendor's home: sites, licences, and what its newest kit names.

#include "completion.hpp"

namespace airlock::tools {

/// Reads the home in `--home`, if that was typed, else in `home`. Changes nothing, and offers nothing if the home
/// cannot be read.
[[nodiscard]] std::vector<console::Candidate> offer_of_home(const std::string& home, console::Kind kind,
                                                            const console::Typed& typed);

}  // namespace airlock::tools
