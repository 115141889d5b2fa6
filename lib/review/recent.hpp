#pragma once
/// \file
/// The figures of the last reports that a site disclosed, read from the bundles in its outbox.

#include <string>
#include <vector>

#include "core/result.hpp"
#include "dictionary/dictionary.hpp"
#include "review/page.hpp"

namespace airlock::review {

/// How many bundles are opened, how many figures a page shows, and how many bytes of reports are read for them.
inline constexpr std::size_t recent_bundles = 12;
inline constexpr std::size_t recent_figures_limit = 4;
inline constexpr std::uint64_t recent_bytes = 64ULL * 1024 * 1024;

/// The first few figures of class `usage` that the dictionary declares by a path without `*`, those for billing first,
/// in the newest bundles. A bundle that is gone, or that this site cannot open, is left out; figures of fewer than two
/// bundles make no trend. Error: of the machine or the ledger only.
[[nodiscard]] core::Result<std::vector<Trend>> recent_figures(const std::string& directory,
                                                              const dictionary::Dictionary& dictionary);

}  // namespace airlock::review
