#pragma once
/// \file
/// Installs a licence. The licence is judged before it is written, and the ledger records it.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "gate/session.hpp"
#include "licence/licence.hpp"
#include "licence/verdict.hpp"
#include "sys/world.hpp"

namespace airlock::office {

using core::Result;

/// A licence that was installed.
struct InstalledLicence {
  licence::Licence licence;
  bool waits = false;                ///< whether it waits to take over from the licence in force
  licence::LicenceVerdict verdict;   ///< on the licence that is in force now
  std::vector<std::string> unknown;  ///< terms of the licence that the kit in force does not know, in sentences
};
/// Installs a licence whose state is valid, grace or not_yet_valid. If a licence is in force that is valid or in grace,
/// a licence that begins later is put beside it and takes over when it begins. `name` is how messages name the file.
/// Errors: verdict (the state does not allow it, or a newer licence waits already), bad_input or integrity (state
/// invalid), those of files and ledger.
[[nodiscard]] Result<InstalledLicence> install_licence(const std::string& directory, std::string_view file,
                                                       std::string_view name,
                                                       const sys::World& world = sys::real_world());

/// Checks that a licence with this verdict may be installed. Error: the verdict, with the exit code of `licence
/// verify`.
[[nodiscard]] Result<void> may_install(const licence::LicenceVerdict& verdict);

/// Puts a licence into force: writes its file, appends the `licence` entry and updates `public/site.json`. Errors:
/// those of writing files and of the ledger, such as not_recorded.
[[nodiscard]] Result<void> put_licence(gate::Session& session, const licence::LicenceVerdict& verdict,
                                       std::string_view file);

}  // namespace airlock::office
