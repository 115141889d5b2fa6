#pragma once
/// \file
/// `history/`: what the vendor sent and something newer has replaced, each file under its kind, its own name and the
/// beginning of its SHA-256: `history/licence-LIC-2026-000017-1f3a5c7e9b2d4f60.p7s`. Only the owner reads it.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "site/site.hpp"

namespace airlock::site {

/// Keeps a file that is about to be replaced. `kind` is what it is (`licence`, `kit`, `receipt`), `id` its serial,
/// number or sequence. The same bytes are kept once. Error: not_recorded.
[[nodiscard]] Result<void> keep_in_history(const Site& site, std::string_view kind, std::string_view id,
                                           std::string_view bytes);
/// The paths of what is kept under this kind and id. Error: of the machine.
[[nodiscard]] Result<std::vector<std::string>> kept_in_history(const Site& site, std::string_view kind,
                                                               std::string_view id);

}  // namespace airlock::site
