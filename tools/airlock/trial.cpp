#include "trial.hpp"

#include "documents.hpp"

namespace airlock::tools {

void add_trial_options(console::Command& command, TrialOptions& options) {
  command.text("--policy", options.policy, "without a site: the policy to decide by", console::Kind::file);
  command.repeated("--dictionary", options.dictionary, "without a site: the files of the dictionary",
                   console::Kind::file);
  command.text("--tier", options.tier, "without a site: the tier of the licence that is assumed");
  command.repeated("--entitlement", options.entitlements, "without a site: an entitlement of that licence");
}

core::Result<std::optional<gate::Trial>> trial_of(const Context& context, const TrialOptions& options) {
  const bool has_all = !options.policy.empty() && !options.dictionary.empty() && !options.tier.empty();
  const bool has_any =
      !options.policy.empty() || !options.dictionary.empty() || !options.tier.empty() || !options.entitlements.empty();
  if (!has_any) return std::nullopt;
  if (context.site != context.usual_site) {
    return core::fail(core::Code::usage,
                      "`--site` goes with none of `--policy`, `--dictionary`, `--tier` and `--entitlement`",
                      "a site has its own policy, dictionary and licence; leave out one or the other");
  }
  if (!has_all) {
    return core::fail(core::Code::usage, "without a site, `--policy`, `--dictionary` and `--tier` are needed together",
                      "give all three; or none of them, for the report at a site");
  }
  AIRLOCK_TRY(auto documents, documents_from(context, options.policy, options.dictionary));
  AIRLOCK_TRY(auto trial, gate::make_trial({std::move(documents.policy_text), std::move(documents.policy),
                                            std::move(documents.dictionary_text), std::move(documents.dictionary)},
                                           options.tier, options.entitlements));
  return std::optional(std::move(trial));
}

void say_trial(const console::Console& console) {
  console.remark(
      "airlock: tried without a site: for a valid licence of this tier, without a ceiling, and with pseudonyms of a "
      "key "
      "that was made for this run");
}

}  // namespace airlock::tools
