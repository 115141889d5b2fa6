#pragma once
/// \file
/// The vendor's root certificates in a site directory, and how a kit adds its successor roots to them.

#include <vector>

#include "core/result.hpp"
#include "crypto/revocation.hpp"
#include "site/site.hpp"

namespace airlock::site {

/// Adds the successors that are missing to `trust/vendor/`, and then writes all roots of that folder to
/// `public/vendor-root.crt`. Repeating it changes nothing more. Error: of the machine.
[[nodiscard]] core::Result<void> add_roots(const Site& site, const std::vector<crypto::Successor>& successors);

}  // namespace airlock::site
