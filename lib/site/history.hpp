#pragma once
/// \file
/// `history/`: licences, kits and receipts from the vendor that newer ones have replaced. A file's name has its kind,
/// its id and the first digits of its SHA-256: `history/licence-LIC-2026-000017-1f3a5c7e9b2d4f60.p7s`. Only the owner
/// can read it.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "site/site.hpp"

namespace airlock::site {

/// Keeps a file that is about to be replaced; the same bytes are kept once. `kind` is `licence`, `kit` or `receipt`,
/// `id` its serial, number or sequence. Error: not_recorded.
[[nodiscard]] Result<void> keep_in_history(const Site& site, std::string_view kind, std::string_view id,
                                           std::string_view bytes);
/// The paths of the files with this kind and id. Error: of the machine.
[[nodiscard]] Result<std::vector<std::string>> kept_in_history(const Site& site, std::string_view kind,
                                                               std::string_view id);

}  // namespace airlock::site
