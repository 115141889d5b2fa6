#pragma once
/// \file
/// Installing a licence: judged before it is written, and recorded.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/ledger.hpp"
#include "licence/licence.hpp"
#include "licence/verdict.hpp"
#include "site/site.hpp"

namespace airlock::office {

using core::Result;

/// Installs a licence whose state is valid, grace or not_yet_valid. Where one is in force that is valid or in grace, a
/// licence that begins later is put beside it and takes over when it begins. Errors: verdict (or bad_input, integrity
/// for invalid; also where a newer one waits already). `name` is what messages call the file.
struct InstalledLicence {
  licence::Licence licence;          ///< that was installed
  bool waits = false;                ///< whether it waits to take over
  licence::LicenceVerdict verdict;          ///< on what is in force now
  std::vector<std::string> unknown;  ///< what of it the kit in force does not know, in sentences
};
[[nodiscard]] Result<InstalledLicence> install_licence(const std::string& directory, std::string_view file,
                                                       std::string_view name);

/// Whether a licence with this verdict may be installed. Error: the verdict, with the exit code of `licence verify`.
[[nodiscard]] Result<void> may_install(const licence::LicenceVerdict& verdict);

/// Under the lock: the file under its name, the entry, `public/site.json`. Error: not_recorded and the like.
[[nodiscard]] Result<void> put_licence(const site::Site& site, ledger::Ledger& ledger, const licence::LicenceVerdict& verdict,
                         std::string_view file, core::Time now);

}  // namespace airlock::office
