#pragma once
/// \file
/// What completion offers of a site: numbers of reports, its own id, its bundles.

#include "completion.hpp"

namespace airlock::tools {

/// Reads the site in `--site`, if that was typed, else in `site`. Changes nothing, and offers nothing if the site
/// cannot be read. Only numbers, ids, names that Airlock made and words of its own are offered.
[[nodiscard]] std::vector<console::Candidate> offer_of_site(const std::string& site, console::Kind kind,
                                                            const console::Typed& typed);

}  // namespace airlock::tools
