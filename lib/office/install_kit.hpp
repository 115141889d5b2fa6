#pragma once
/// \file
/// Installs the vendor's kit. The kit is verified before it is written, and the ledger records it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "gate/own_redactions.hpp"
#include "gate/session.hpp"
#include "ledger/ledger.hpp"
#include "office/raises.hpp"
#include "site/kit.hpp"
#include "site/site.hpp"
#include "sys/world.hpp"

namespace airlock::office {

using core::Result;

/// How far the number of a new kit may be above that of the kit in force. A kit beyond that needs a person.
inline constexpr std::uint64_t kit_jump_maximum = 1000;
struct InstalledKit {
  std::uint64_t number = 0;
  std::vector<gate::OwnRedaction> idle;  ///< `redact_also` that selects nothing in this kit, so that reports are held
  policy::Approvals approvals;           ///< those that site, machine and this kit ask for together
  KitEffect effect;
};
/// Installs a kit with a higher number than the kit in force, or the same kit again. Refuses a lower number and a jump
/// of more than `kit_jump_maximum`, and puts such a kit aside for a person to `authorise`. Also refuses a kit that was
/// issued later than now, by more than the clock guard's tolerance, unless it is in force already. Errors: refused,
/// bad_input, integrity, not_recorded.
[[nodiscard]] Result<InstalledKit> install_kit(const std::string& directory, std::string_view file,
                                               const sys::World& world = sys::real_world());

/// The items in the site's and the machine's `redact_also` that select nothing in the kit's dictionary. Reports would
/// be held because of them. Error: the machine's file cannot be read.
[[nodiscard]] Result<std::vector<gate::OwnRedaction>> idle_redactions(const site::Site& site, const site::Kit& kit);

/// A kit that was put aside. It comes into force only when a person authorises it.
struct ProposedKit {
  std::uint64_t in_force = 0;  ///< number of the newest kit that the site knows, which this kit would replace
  site::Kit kit;
  std::string file;
};
/// The kit that was put aside last, verified, if it still needs a person. If a restored backup brought back an older
/// kit than `public/site.json` knows, returns that one. Errors: those of `verify_kit_for` and `check_issued`.
[[nodiscard]] Result<std::optional<ProposedKit>> proposed_kit(const site::Site& site, const ledger::Ledger& ledger);

/// Checks that the kit was not issued in the future. Error: refused if it was issued later than now, by more than the
/// clock guard's tolerance.
[[nodiscard]] Result<void> check_issued(const site::Kit& kit, core::Time now);

/// Writes the product into the site's configuration if it has none yet: a site learns its product from its first kit or
/// licence. Error: not_recorded.
[[nodiscard]] Result<void> adopt_product(const site::Site& site, const std::string& product);

/// Brings `public/site.json` up to date. Opens the site again, since its product may just have become known. After a
/// crash before this step the next `process` does it.
[[nodiscard]] Result<void> show_publicly(const gate::Session& session);

/// Puts a kit into force in three steps: writes the file aside, so that the next run can finish if this one is cut
/// short; appends the `kit` entry; calls `put_kit_files`. Until all three are done, every report is withheld. Returns
/// what the kit does here.
[[nodiscard]] Result<KitEffect> put_kit(gate::Session& session, site::Kit kit, std::string_view file);

}  // namespace airlock::office
