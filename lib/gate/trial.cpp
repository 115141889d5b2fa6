#include "gate/trial.hpp"

#include <chrono>

#include "crypto/hash.hpp"
#include "gate/ceiling.hpp"
#include "gate/record.hpp"
#include "site/known_terms.hpp"

namespace airlock::gate {
namespace {

/// A licence that says no more than tier and entitlements.
licence::Licence licence_of(const Trial& trial) {
  licence::Licence out;
  out.product = trial.kit.product;
  out.tier = trial.tier;
  out.entitlements = trial.entitlements;
  out.any_site = true;
  return out;
}

Result<Inputs> inputs_of(Trial trial) {
  auto site = site::Site::placeless(trial.kit.product);
  const Time now = site.world().now();
  trial.kit.issued = now;
  trial.kit.next_update = now + std::chrono::hours(24);
  LicenceInput licence;
  // Sites of this tier have declared that they run without a licence.
  if (trial.tier != policy::unlicensed_tier) {
    licence.verdict.state = core::LicenceState::valid;
    licence.verdict.licence = licence_of(trial);
  }
  Inputs out{.site = std::move(site),
             .machine = {},
             .words = {},
             .kit = std::move(trial.kit),
             .no_kit = {},
             .licence = std::move(licence),
             .officers = {},
             .now = now,
             .grounds = {},
             .fingerprint = {},
             .ceiling = {},
             .hold = {}};
  // A ceiling keeps what people once allowed. Here nobody has, so it allows what is decided.
  AIRLOCK_TRY(out.ceiling, decisions_in_force(out));
  return out;
}

}  // namespace

Result<Trial> make_trial(site::KitDocuments documents, std::string tier, std::vector<std::string> entitlements) {
  published::KitHeader header;
  header.product = documents.dictionary.product();
  Trial trial{site::Kit{std::move(header),
                        std::move(documents.policy_text),
                        std::move(documents.policy),
                        std::move(documents.dictionary_text),
                        std::move(documents.dictionary),
                        {},
                        {}},
              std::move(tier), std::move(entitlements)};
  if (trial.tier == policy::unlicensed_tier && !trial.entitlements.empty()) {
    return core::fail(core::Code::usage, "without a licence there are no entitlements", "name another tier");
  }
  const auto unknown = site::unknown_terms(licence_of(trial), trial.kit.policy, trial.kit.dictionary);
  if (unknown.empty()) return trial;
  const site::UnknownTerm& first = unknown.front();
  return core::fail(core::Code::usage, first.what + " " + first.why,
                    first.nearest.empty() ? "`airlock policy show FILE` lists what the policy has"
                                          : "did you mean " + first.nearest + "?");
}

Result<Preview> try_out(Trial trial, core::Source& input, const ProcessOptions& options) {
  AIRLOCK_TRY(Inputs inputs, inputs_of(std::move(trial)));
  AIRLOCK_TRY(Received report, receive(inputs.site, input));
  AIRLOCK_TRY(Prepared prepared, prepare(report, inputs, options.note, *options.progress));
  Processed result = describe(std::move(prepared), inputs, report);
  result.head.root = crypto::sha256(std::string_view());  // of a ledger without entries (RFC 6962 2.1)
  return Preview{std::move(inputs), std::move(result), std::move(report), options.note};
}

}  // namespace airlock::gate
