// A policy beside a dictionary. Whatever it says: what is not licensed is sealed at least, and a floor holds.

#include "policy/policy.hpp"

#include "fuzz/target.hpp"
#include "fuzz/trust.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const dictionary::Dictionary dictionary =
      dictionary::Dictionary::parse(trusted("dictionary.json"), "dictionary.json").value();
  const auto policy = policy::Policy::parse(input_text(data, size), "policy.json", dictionary);
  if (!policy) return 0;
  for (const std::string& tier : policy->tiers()) {
    policy::DecisionFacts facts;
    facts.tier = tier;
    facts.event = "usage";
    facts.licence = core::LicenceState::valid;
    const policy::Decision valid = policy->decide(facts);
    require(policy->plan(valid, dictionary).has_value(), "every decision of an accepted policy has a plan");
    facts.licence = core::LicenceState::expired;
    const policy::Decision expired = policy->decide(facts);
    require(expired.disposition >= policy::Disposition::seal, "an expired licence seals at least");
    facts.licence = core::LicenceState::valid;
    facts.floors = {{"airlock.json", policy::Disposition::seal}};
    require(policy->decide(facts).disposition >= policy::strictest(valid.disposition, policy::Disposition::seal),
            "a floor holds and loosens nothing");
  }
  return 0;
}
