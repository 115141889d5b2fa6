#pragma once
/// \file
/// The files of a kit at a site. A kit is verified, and its files are put in their place once the ledger names the kit.
/// If that is cut short, the next run does it again.

#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "gate/session.hpp"
#include "site/kit.hpp"
#include "site/site.hpp"

namespace airlock::gate {

using core::Result;

/// Verifies a kit file as this site would, and returns the kit. Errors: bad_input, integrity, refused (another
/// product).
[[nodiscard]] Result<site::Kit> verify_kit_for(const site::Site& site, std::string_view file);

/// Checks that a kit or licence is for this site's product. A site without a product accepts any. `what` is what the
/// message calls it: `the kit`. Error: refused.
[[nodiscard]] Result<void> check_product(const site::Site& site, const std::string& product, std::string_view what);

/// The file of the kit that waits for a person's authorisation; nothing if none waits.
[[nodiscard]] Result<std::optional<std::string>> read_proposed(const site::Site& site);

/// The last step of putting a kit into force, after the ledger names it: adds successor roots, puts the kit's file in
/// its place, and updates `public/site.json`. May be repeated.
[[nodiscard]] Result<void> put_kit_files(const site::Site& site, const published::KitHeader& kit,
                                         std::string_view file);
/// Repeats that step for a kit that waited for authorisation, if the ledger names that kit by now.
[[nodiscard]] Result<void> finish_authorised_kit(const Session& session);

}  // namespace airlock::gate
