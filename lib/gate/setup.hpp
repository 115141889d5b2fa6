#pragma once
/// \file
/// Making a site, and installing what the vendor sends: kit and licence. Each is verified before it is written, and
/// recorded.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "gate/inputs.hpp"
#include "gate/own_redactions.hpp"
#include "licence/verdict.hpp"
#include "site/kit.hpp"

namespace airlock::gate {

struct InitOptions {
  std::string directory;
  std::string vendor_root;             ///< PEM
  std::optional<std::string> kit;      ///< the file's bytes
  std::optional<std::string> licence;  ///< the file's bytes
  std::string licence_name;            ///< what messages call the file
  std::string name;
  std::string site_id;  ///< empty: a random one
};

struct Initialised {
  std::string site_id;
  std::string product;  ///< empty where neither kit nor licence named one
  core::Digest request_fingerprint;
  std::string request_path;
  core::Digest vendor_root_fingerprint;
  std::uint64_t kit_number = 0;  ///< 0: none
  std::optional<licence::LicenceVerdict> licence;
};

/// Makes a site. The caller has confirmed the root's fingerprint. After an error nothing remains of it.
/// Errors: bad_input, integrity, refused, not_recorded, verdict (a licence that may not be installed).
[[nodiscard]] Result<Initialised> init(const InitOptions& options);

/// What of the site's and the machine's `redact_also` selects nothing by the kit's dictionary: reports would be held
/// for it. Error: where the machine's file cannot be read.
[[nodiscard]] Result<std::vector<OwnRedaction>> idle_redactions(const site::Site& site, const site::Kit& kit);

/// Verifies a kit as this site would and tells what it is. Errors: bad_input, integrity.
[[nodiscard]] Result<site::Kit> verify_kit_for(const site::Site& site, std::string_view file);

/// A kit that was put aside: it needs a person to come into force.
struct ProposedKit {
  std::uint64_t in_force = 0;  ///< number of the kit that it would replace
  site::Kit kit;
  std::string file;
};
/// The kit that was put aside last, verified, if it still needs a person. Errors: as `verify_kit_for`.
[[nodiscard]] Result<std::optional<ProposedKit>> proposed_kit(const site::Site& site, const ledger::Ledger& ledger);
/// The last step of putting a kit into force, once the ledger names it: successor roots, the file under its name,
/// `public/site.json`. May be repeated.
[[nodiscard]] Result<void> put_kit_files(const site::Site& site, const site::KitHeader& kit, std::string_view file);
/// That step again, where the ledger names the kit that was put aside and the step was cut short. For `recover`.
[[nodiscard]] Result<void> finish_authorised_kit(const site::Site& site, const ledger::Ledger& ledger);

/// Installs a kit: a higher number than the one in force, or the same kit again. A jump of more than `kit_jump_most` or
/// a step back is refused, and the kit put aside for a person to `authorise`. A kit issued later than now, by more than
/// the clock guard's tolerance, is refused.
inline constexpr std::uint64_t kit_jump_most = 1000;
struct InstalledKit {
  std::uint64_t number = 0;
  std::vector<OwnRedaction> idle;       ///< `redact_also` that selects nothing by this kit: reports are held for it
  std::vector<std::string> by_consent;  ///< paths of new values that may leave, by what a person consented to before
};
[[nodiscard]] Result<InstalledKit> install_kit(const std::string& directory, std::string_view file);

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

}  // namespace airlock::gate
