#pragma once
/// \file
/// Installing the vendor's kit: verified before it is written, and recorded.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "gate/own_redactions.hpp"
#include "ledger/ledger.hpp"
#include "site/kit.hpp"
#include "site/site.hpp"

namespace airlock::office {

using core::Result;

/// Installs a kit: a higher number than the one in force, or the same kit again. A jump of more than `kit_jump_most` or
/// a step back is refused, and the kit put aside for a person to `authorise`. A kit issued later than now, by more than
/// the clock guard's tolerance, is refused.
inline constexpr std::uint64_t kit_jump_most = 1000;
struct InstalledKit {
  std::uint64_t number = 0;
  std::vector<gate::OwnRedaction> idle;       ///< `redact_also` that selects nothing by this kit: reports are held for it
  std::vector<std::string> by_consent;  ///< paths of new values that may leave, by what a person consented to before
};
[[nodiscard]] Result<InstalledKit> install_kit(const std::string& directory, std::string_view file);

/// What of the site's and the machine's `redact_also` selects nothing by the kit's dictionary: reports would be held
/// for it. Error: where the machine's file cannot be read.
[[nodiscard]] Result<std::vector<gate::OwnRedaction>> idle_redactions(const site::Site& site, const site::Kit& kit);

/// A kit that was put aside: it needs a person to come into force.
struct ProposedKit {
  std::uint64_t in_force = 0;  ///< number of the kit that it would replace
  site::Kit kit;
  std::string file;
};
/// The kit that was put aside last, verified, if it still needs a person. Errors: as `verify_kit_for`.
[[nodiscard]] Result<std::optional<ProposedKit>> proposed_kit(const site::Site& site, const ledger::Ledger& ledger);

/// Whether the kit was issued by now. Error: refused where it was issued later, by more than the clock guard's tolerance.
[[nodiscard]] Result<void> check_issued(const site::Kit& kit, core::Time now);

/// The first kit or licence tells a site its product: writes it into the configuration. Error: not_recorded.
[[nodiscard]] Result<void> adopt_product(const site::Site& site, const std::string& product);

/// Brings `public/site.json` up to date. Opens the site again, since its product may just have become known. A crash
/// before it is made good by the next `process`.
[[nodiscard]] Result<void> show_publicly(const site::Site& site, const ledger::Ledger& ledger, core::Time now);

/// Under the lock: the file aside, so that the next run can finish what is cut short; the entry; then `put_kit_files`.
/// Until all are done everything is withheld. Returns the paths that a consent let in.
[[nodiscard]] Result<std::vector<std::string>> put_kit(const site::Site& site, ledger::Ledger& ledger, site::Kit kit,
                                         std::string_view file, core::Time now);

}  // namespace airlock::office
