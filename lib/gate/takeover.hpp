#pragma once
/// \file
/// Early renewal on disk: a licence that begins later waits as `public/licence.next.p7s`. Every reader goes by it from
/// the moment it begins (site/known_kit.hpp); what is here only moves files afterwards, and takes a takeover back that
/// a wrong clock made.
///
/// | step of a takeover | on disk | a crash here |
/// |---|---|---|
/// | 1 copy the licence to `history/` | both licences | repeated by the next command that writes |
/// | 2 rename next onto the licence | the new licence | `site.json` follows with the next command that writes |
/// | 3 `site.json` names its sequence | all | nothing to do |

#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "gate/inputs.hpp"
#include "ledger/ledger.hpp"
#include "licence/licence.hpp"
#include "licence/seen.hpp"
#include "site/site.hpp"

namespace airlock::gate {

/// Keeps a licence of the site that is about to be replaced in `history/`, if it is one. Error: not_recorded.
[[nodiscard]] Result<void> keep_licence(const site::Site& site, const published::LicenceFile& file);

/// Steps 1 and 2, where the next licence has taken over; and the files of a takeover that was taken back. The caller
/// holds the lock, and brings `site.json` up to date behind it. Error: not_recorded.
[[nodiscard]] Result<void> settle_licences(const site::Site& site, const ledger::Ledger& ledger, Time now);

/// A takeover, or an installation, that only a wrong clock made: the licence in the ledger's newest entry has not
/// begun, and the one before it is in `history/` and would be `valid` or in `grace`.
struct TakeBack {
  licence::Licence licence;  ///< waits again
  licence::Licence former;   ///< in force again
  core::LicenceState former_state = core::LicenceState::valid;
  licence::SeenLicences by_clock;  ///< what the ledger has seen by the wrong clock
  licence::SeenLicences right;     ///< without it
};
/// Whether disowning all times of the ledger that are later than now takes one back. Error: of the machine, integrity.
[[nodiscard]] Result<std::optional<TakeBack>> find_take_back(const site::Site& site, const ledger::Ledger& ledger,
                                                             Time now);
/// The members of the `licence` entry that records it. From then on `settle_licences` moves the files.
[[nodiscard]] core::Json take_back_members(const TakeBack& back);

}  // namespace airlock::gate
