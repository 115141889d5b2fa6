#pragma once
/// \file
/// The disclosures that an `adopted` entry lists (docs/formats/ledger.md). A vendor who has received bundles of this
/// site finds by them where the past of this ledger and the past that was given up differ.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/ledger.hpp"

namespace airlock::ledger {

/// The maximum number of disclosures that one entry lists; older ones are left out.
inline constexpr std::size_t adopted_disclosures_maximum = 256;

struct AdoptedDisclosure {
  std::uint64_t disclosure = 0;
  std::string id;
  std::string content_sha256;  ///< hex; empty where it was neither sealed nor queued yet
  std::string ended;           ///< `withdrawn`, `abandoned` or `payload_lost` where it did not leave; else empty
};

struct Adoption {
  std::uint64_t seq = 0;
  Time time;
  std::string reason;
  std::vector<AdoptedDisclosure> disclosures;  ///< by counter, without gaps, up to the newest
};

/// The member `disclosures` for the ledger in its present state.
[[nodiscard]] Result<core::Json> adopted_disclosures(const Ledger& ledger);

/// Reads the body of the `adopted` entry at `seq`. Error: bad_input, also for an entry of another kind, and for one of
/// an old Airlock without `disclosures`.
[[nodiscard]] Result<Adoption> read_adoption(std::string_view body, std::uint64_t seq);

}  // namespace airlock::ledger
