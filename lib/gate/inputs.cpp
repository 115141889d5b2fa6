#include "gate/inputs.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "gate/public_part.hpp"
#include "public/judge.hpp"

namespace airlock::gate {

using core::quote;

Result<published::Revocations> revocations(const site::Site& site, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto in_force, kit_in_force(ledger));
  const published::KnownKit known = known_kit(site, in_force);
  AIRLOCK_TRY(const auto roots, site.vendor_roots());
  const std::string path = site.path(site::layout::kit);
  AIRLOCK_TRY(const auto file, published::read_if_there(path, published::kit_bytes_limit));
  return published::revocations_in(file, quote(path),
                                   {.roots = roots, .product = site.configuration().product, .known = known});
}

Result<LicenceTerms> licence_terms(const site::Site& site, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(auto trust, site.vendor_trust(crypto::Role::licence));
  AIRLOCK_TRY(const auto newest, ledger.newest_time());
  AIRLOCK_TRY(auto seen, seen_licences(ledger));
  AIRLOCK_TRY(const auto certificate, site.signing_certificate());
  return LicenceTerms{.trust = std::move(trust),
                      .product = site.configuration().product,
                      .site_id = site.configuration().site_id,
                      .key_sha256 = certificate.key().sha256().hex(),
                      .newest = newest,
                      .seen = std::move(seen)};
}

published::JudgedByKit judge_for_site(const published::LicencePair& files, const LicenceTerms& terms,
                                      const published::Revocations& revocations, Time now) {
  return published::judge_by_kit(files,
                                 {.trust = terms.trust,
                                  .product = terms.product,
                                  .site_id = terms.site_id,
                                  .key_sha256 = terms.key_sha256,
                                  .now = now,
                                  .newest_trusted = terms.newest,
                                  .seen = terms.seen},
                                 revocations);
}

Result<LicenceInput> read_licence_input(const Session& session) {
  const site::Site& site = session.site();
  const ledger::Ledger& ledger = session.ledger();
  AIRLOCK_TRY(const LicenceTerms terms, licence_terms(site, ledger));
  AIRLOCK_TRY(auto files, published::read_licences(site.directory()));
  AIRLOCK_TRY(const auto revoked, revocations(site, ledger));
  auto judged = judge_for_site(files, terms, revoked, session.now());
  return LicenceInput::of(std::move(files), std::move(judged));
}

Result<void> use_kit(Inputs& inputs, site::Kit kit, const ledger::Ledger& ledger) {
  const published::Revocations revocations{.kit = kit.header(), .unknown = {}};
  AIRLOCK_TRY(const LicenceTerms terms, licence_terms(inputs.site, ledger));
  auto judged = judge_for_site(inputs.licence.files, terms, revocations, inputs.now);
  inputs.licence = LicenceInput::of(std::move(inputs.licence.files), std::move(judged));
  inputs.kit = std::move(kit);
  return {};
}

Result<std::vector<crypto::Certificate>> recipients_of(const Inputs& inputs) {
  std::vector<crypto::Certificate> out = inputs.kit->recipients;
  if (inputs.site.configuration().archive) {
    AIRLOCK_TRY(auto archive, inputs.site.archive_certificate());
    out.push_back(std::move(archive));
  }
  return out;
}

policy::DecisionFacts Inputs::facts() const {
  policy::DecisionFacts facts;
  facts.licence = licence.verdict.state;
  if (licence.verdict.licence) {
    facts.tier = licence.verdict.licence->tier;
    facts.entitlements = licence.verdict.licence->entitlements;
  } else if (facts.licence == core::LicenceState::missing && site.configuration().declared_without_licence &&
             !seen_licence) {
    facts.tier = std::string(policy::unlicensed_tier);
  }
  if (kit && kit->is_stale(now)) facts.kit = policy::KitAge::stale;
  facts.redacts_also = !site.configuration().redact_also.empty() || !machine.redact_also.empty() || words.in_force();
  if (site.configuration().floor) facts.floors.push_back({"airlock.json", *site.configuration().floor});
  if (machine.floor) facts.floors.push_back({std::string(site::machine_path), *machine.floor});
  return facts;
}

const std::vector<published::Destination>& Inputs::destinations() const {
  const auto& own = site.configuration().destinations;
  return own.empty() && kit ? kit->destinations : own;
}

policy::Approvals Inputs::approvals() const {
  const auto own = policy::most_demanding(site.configuration().approvals, machine.approvals);
  return kit ? policy::most_demanding(own, kit->asked_approvals) : own;
}

std::vector<redaction::Redaction> Inputs::redact_also() const {
  std::vector<redaction::Redaction> out = site.configuration().redact_also;
  out.insert(out.end(), machine.redact_also.begin(), machine.redact_also.end());
  return out;
}

Result<redaction::Plan> Inputs::plan(const policy::Decision& decision,
                                     std::span<const redaction::Redaction> redact_also) const {
  if (words.problem) return core::fail(core::Code::refused, words.problem->message, words.problem->hint);
  AIRLOCK_TRY(auto out, kit->policy.plan(decision, kit->dictionary, redact_also));
  if (words.in_force()) out.take_words_out();
  return out;
}

}  // namespace airlock::gate
