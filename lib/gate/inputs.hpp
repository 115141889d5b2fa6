#pragma once
/// \file
/// All that a decision depends on besides the report: configuration, kit in force, licence verdict. Read before the
/// lock is taken, read again under it, and compared by digest, so that a decision is never carried out on stale inputs.

#include <optional>
#include <string>
#include <vector>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "gate/hold.hpp"
#include "gate/recorded.hpp"
#include "ledger/ledger.hpp"
#include "licence/seen.hpp"
#include "licence/verdict.hpp"
#include "policy/ceiling.hpp"
#include "policy/policy.hpp"
#include "public/known_kit.hpp"
#include "site/kit.hpp"
#include "site/machine.hpp"
#include "site/site.hpp"
#include "public/judge.hpp"

namespace airlock::gate {

using core::Result;
using core::Time;

/// The licence of the site, judged.
struct LicenceInput {
  published::LicencePair files;
  bool next_in_force = false;  ///< whether the next licence has taken over, and still lies under its own name
  licence::LicenceVerdict verdict;

  [[nodiscard]] static LicenceInput of(published::LicencePair files, published::JudgedByKit judged) {
    return {.files = std::move(files), .next_in_force = judged.next_in_force, .verdict = std::move(judged.verdict)};
  }

  /// The bytes of the file that the verdict is about; nothing where there is none.
  [[nodiscard]] const std::optional<std::string>& file() const {
    return next_in_force ? files.next.bytes : files.present.bytes;
  }
};

struct Inputs {
  site::Site site;
  site::Machine machine;         ///< what the machine demands of every site
  std::optional<site::Kit> kit;  ///< the kit in force, if it is at hand and sound
  core::Error no_kit;            ///< why there is none, with a hint
  LicenceInput licence;
  Time now;
  core::Digest fingerprint;  ///< changes when any of the files or the kit in force does

  /// The facts of a decision but for the event. `tier` is `unlicensed` for a declared site without licence.
  [[nodiscard]] policy::DecisionFacts facts() const;
  bool seen_licence = false;  ///< whether the ledger has ever recorded one

  /// What a person authorised; nothing until the site first has both kit and licence. Licences and first decisions that
  /// the ledger has not recorded yet have already had their say.
  std::optional<policy::Ceiling> ceiling;
  bool ceiling_moved = false;  ///< whether it is other than the ledger says, so that it is to be recorded
  std::optional<Hold> hold;    ///< while it is in force nothing leaves

  /// Where reports would be sent to: as the configuration says, else as the kit says.
  [[nodiscard]] const std::vector<published::Destination>& destinations() const;
  /// What site and machine redact on top of the policy.
  [[nodiscard]] std::vector<redaction::Redaction> redact_also() const;
};

/// What a licence, a receipt and the next kit are judged by: the revocations of the kit in `public/`, or why nobody can
/// say what is revoked. Error: of the machine only.
[[nodiscard]] Result<published::Revocations> revocations(const site::Site& site, const ledger::Ledger& ledger);

/// What a site's licence is judged by besides the kit: configuration, keys, and what the ledger knows. To be read
/// before the licence files are: a writer at work puts them into their place before the ledger names them.
struct LicenceTerms {
  crypto::TrustStore trust;
  std::string product;
  std::string site_id;
  std::string key_sha256;
  std::optional<Time> newest;  ///< of the ledger's times
  licence::SeenLicences seen;
};
[[nodiscard]] Result<LicenceTerms> licence_terms(const site::Site& site, const ledger::Ledger& ledger);
/// Judges the licences for a site: revocations of the kit, licences the ledger has seen, product, binding, clock guard
/// over ledger and kit.
[[nodiscard]] published::JudgedByKit judge_for_site(const published::LicencePair& files, const LicenceTerms& terms,
                                               const published::Revocations& revocations, Time now);
/// All of it for the files of the site as they are.
[[nodiscard]] Result<LicenceInput> read_licence_input(const site::Site& site, const ledger::Ledger& ledger, Time now);

/// Lets another kit, which is about to come into force, stand for the one that is in force: for the licence too.
[[nodiscard]] Result<void> use_kit(Inputs& inputs, site::Kit kit, const ledger::Ledger& ledger);

/// Whom a bundle is sealed for: the kit's recipients and, unless the site says otherwise, its own archive key.
[[nodiscard]] Result<std::vector<crypto::Certificate>> recipients_of(const Inputs& inputs);

}  // namespace airlock::gate
