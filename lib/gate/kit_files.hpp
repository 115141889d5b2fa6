#pragma once
/// \file
/// The files of a kit at a site: verified, put in their place once the ledger names the kit, and put there by the next
/// run where that was cut short.

#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "ledger/ledger.hpp"
#include "site/kit.hpp"
#include "site/site.hpp"

namespace airlock::gate {

using core::Result;

/// Verifies a kit as this site would and tells what it is. Errors: bad_input, integrity.
[[nodiscard]] Result<site::Kit> verify_kit_for(const site::Site& site, std::string_view file);

/// Whether kit or licence (`what`) is for the product of this site, if the site has one. Error: refused.
[[nodiscard]] Result<void> check_product(const site::Site& site, const std::string& product, std::string_view what);

/// The file of the kit that was put aside for a person, if there is one.
[[nodiscard]] Result<std::optional<std::string>> read_proposed(const site::Site& site);

/// The last step of putting a kit into force, once the ledger names it: successor roots, the file under its name,
/// `public/site.json`. May be repeated.
[[nodiscard]] Result<void> put_kit_files(const site::Site& site, const published::KitHeader& kit, std::string_view file);
/// That step again, where the ledger names the kit that was put aside and the step was cut short.
[[nodiscard]] Result<void> finish_authorised_kit(const site::Site& site, const ledger::Ledger& ledger);

}  // namespace airlock::gate
