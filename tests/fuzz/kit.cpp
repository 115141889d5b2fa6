// The signed archive of a kit. Whatever its policy is, a report is never sent under an unusable licence.

#include "site/kit.hpp"

#include "fuzz/target.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const core::MemoryBlob archive(input_text(data, size));
  const auto kit = site::parse_kit(archive);
  if (!kit) return 0;
  require(!kit->recipients.empty(), "a kit has a recipient");
  for (const std::string& tier : kit->policy.tiers()) {
    policy::DecisionFacts facts;
    facts.tier = tier;
    facts.licence = core::LicenceState::revoked;
    require(kit->policy.decide(facts).disposition >= policy::Disposition::seal, "a revoked licence seals at least");
  }
  return 0;
}
