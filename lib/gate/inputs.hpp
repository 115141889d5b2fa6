#pragma once
/// \file
/// Everything that a decision depends on besides the report: configuration, kit in force, licence verdict. The inputs
/// are read before the lock is taken, read again under it, and compared by digest. So no decision is carried out on
/// stale inputs.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "gate/hold.hpp"
#include "gate/recorded.hpp"
#include "gate/session.hpp"
#include "ledger/ledger.hpp"
#include "licence/seen.hpp"
#include "licence/verdict.hpp"
#include "policy/ceiling.hpp"
#include "policy/policy.hpp"
#include "public/judge.hpp"
#include "public/known_kit.hpp"
#include "site/kit.hpp"
#include "site/machine.hpp"
#include "site/officers.hpp"
#include "site/site.hpp"
#include "site/words.hpp"

namespace airlock::gate {

using core::Result;
using core::Time;

/// The site's licence files, and the verdict on them.
struct LicenceInput {
  published::LicencePair files;
  bool next_in_force = false;  ///< the next licence is in force, although its file has not been moved yet
  licence::LicenceVerdict verdict;

  [[nodiscard]] static LicenceInput of(published::LicencePair files, published::JudgedByKit judged) {
    return {.files = std::move(files), .next_in_force = judged.next_in_force, .verdict = std::move(judged.verdict)};
  }

  /// The bytes of the licence file that the verdict is about; nothing if that file is missing or unreadable.
  [[nodiscard]] const std::optional<std::string>& file() const {
    return next_in_force ? files.next.bytes : files.present.bytes;
  }
};

struct Inputs {
  site::Site site;
  site::Machine machine;         ///< demands of the machine on every site
  site::SiteWords words;         ///< words that never leave
  std::optional<site::Kit> kit;  ///< the kit in force; nothing if its file is missing or not sound
  core::Error no_kit;            ///< why there is no kit, with a hint
  LicenceInput licence;
  site::Officers officers;
  Time now;
  core::Digest grounds;      ///< of all that was read for these inputs; `now` is all that they depend on besides
  core::Digest fingerprint;  ///< changes when any of the files or the kit in force changes

  /// The facts of a decision, without the event. `tier` is `unlicensed` for a site that is declared to run without a
  /// licence, has none, and never had one.
  [[nodiscard]] policy::DecisionFacts facts() const;
  bool seen_licence = false;  ///< the ledger has recorded a licence at some time

  /// The ceiling: how much a person has authorised to leave. Nothing until the site first has both kit and licence. A
  /// licence or a first decision that the ledger has not recorded yet is already taken into account.
  std::optional<policy::Ceiling> ceiling;
  bool ceiling_moved = false;  ///< the ceiling differs from the recorded one, so it must be recorded
  std::optional<Hold> hold;    ///< while a hold is in force nothing leaves

  /// Destinations for reports: those of the configuration, or those of the kit if the configuration names none.
  [[nodiscard]] const std::vector<published::Destination>& destinations() const;
  /// The approvals that site, machine and kit ask for together.
  [[nodiscard]] policy::Approvals approvals() const;
  /// Redactions that the site and the machine demand in addition to the policy's.
  [[nodiscard]] std::vector<redaction::Redaction> redact_also() const;
  /// The plan of a decision at this site, with these redactions and the site's words. Errors: those of `Policy::plan`;
  /// refused if the list of words cannot be used. Precondition: there is a kit.
  [[nodiscard]] Result<redaction::Plan> plan(const policy::Decision& decision,
                                             std::span<const redaction::Redaction> redact_also) const;
};

/// The revocations by which licences, receipts and the next kit are judged: those of the kit in `public/`, or the
/// reason why nobody can say what is revoked. Error: of the machine only.
[[nodiscard]] Result<published::Revocations> revocations(const site::Site& site, const ledger::Ledger& ledger);

/// Everything besides the kit that a site's licence is judged by: configuration, keys, and facts from the ledger. Read
/// it before the licence files: a writer puts a licence into its place before the ledger names it.
struct LicenceTerms {
  crypto::TrustStore trust;
  std::string product;
  std::string site_id;
  std::string key_sha256;
  std::optional<Time> newest;  ///< newest time in the ledger
  licence::SeenLicences seen;
};
[[nodiscard]] Result<LicenceTerms> licence_terms(const site::Site& site, const ledger::Ledger& ledger);
/// Judges the licences for a site by: the kit's revocations, licences that the ledger has seen, product, binding to the
/// site, and a clock guard that uses the times of ledger and kit.
[[nodiscard]] published::JudgedByKit judge_for_site(const published::LicencePair& files, const LicenceTerms& terms,
                                                    const published::Revocations& revocations, Time now);
/// Reads the site's licence files as they are now, and judges them. Error: of the machine, or of the ledger.
[[nodiscard]] Result<LicenceInput> read_licence_input(const Session& session);

/// Puts a kit that is about to come into force into the inputs, and judges the licence again by it.
[[nodiscard]] Result<void> use_kit(Inputs& inputs, site::Kit kit, const ledger::Ledger& ledger);

/// The certificates that a bundle is encrypted to: the kit's recipients and, unless the configuration says otherwise,
/// the site's own archive key. Precondition: there is a kit.
[[nodiscard]] Result<std::vector<crypto::Certificate>> recipients_of(const Inputs& inputs);

}  // namespace airlock::gate
