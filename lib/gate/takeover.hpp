#pragma once
/// \file
/// Early renewal on disk: a licence that begins later waits as `public/licence.next.p7s`. Every reader honours it from
/// the moment it begins (public/known_kit.hpp). The functions here only move the files afterwards, and undo a takeover
/// that happened because the clock was wrong.
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
#include "gate/session.hpp"
#include "ledger/ledger.hpp"
#include "licence/licence.hpp"
#include "licence/seen.hpp"
#include "site/site.hpp"

namespace airlock::gate {

/// Copies a licence that is about to be replaced to `history/`, unless no vendor's signature holds for the file. Error:
/// not_recorded.
[[nodiscard]] Result<void> keep_licence(const site::Site& site, const published::LicenceFile& file);

/// Steps 1 and 2 if the next licence has taken over. Also moves the files back for a takeover that was undone. The
/// caller brings `site.json` up to date afterwards. Error: not_recorded.
[[nodiscard]] Result<void> settle_licences(const Session& session);

/// A takeover, or an installation, that happened only because the clock was wrong. Its `licence` entry has a time that
/// is about to be disowned, and its licence has not begun. The licence that was in force before is still on disk, in
/// its place or in `history/`, and would be `valid` or in `grace`.
struct TakeBack {
  licence::Licence licence;  ///< the licence that waits again
  licence::Licence former;   ///< the licence that is in force again
  core::LicenceState former_state = core::LicenceState::valid;
  licence::SeenLicences by_clock;  ///< licences that the ledger has seen, those by the wrong clock included
  licence::SeenLicences right;     ///< the same without those by the wrong clock
};
/// Finds the takeover that is undone if all times in the ledger later than `now` are disowned; nothing if there is
/// none. Errors: of the machine, integrity.
[[nodiscard]] Result<std::optional<TakeBack>> find_take_back(const site::Site& site, const ledger::Ledger& ledger,
                                                             Time now);
/// The members of the `licence` entry that records it. Once that is committed, `settle_licences` moves the files.
[[nodiscard]] core::Json take_back_members(const TakeBack& back);

}  // namespace airlock::gate
