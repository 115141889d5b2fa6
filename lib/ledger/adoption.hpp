#pragma once
/// \file
/// What an `adopted` entry says of its ledger's disclosures (docs/formats/ledger.md): enough for whoever took some in
/// to tell where this past and the one that was given up part.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/ledger.hpp"

namespace airlock::ledger {

/// Most disclosures that one entry names: the newest.
inline constexpr std::size_t adopted_disclosures_most = 256;

struct AdoptedDisclosure {
  std::uint64_t disclosure = 0;
  std::string id;
  std::string content_sha256;  ///< hex; empty where nothing was sealed or queued yet
  std::string ended;           ///< `withdrawn`, `abandoned`, `payload_lost`: it did not leave; else empty
};

struct Adoption {
  std::uint64_t seq = 0;
  Time time;
  std::string reason;
  std::vector<AdoptedDisclosure> disclosures;  ///< by counter, without a gap, up to the newest
};

/// The member `disclosures` for the ledger as it is.
[[nodiscard]] Result<core::Json> adopted_disclosures(const Ledger& ledger);

/// Reads the body of an `adopted` entry that stands at `seq`. Error: bad_input, also where it is of another kind, or
/// was made by an Airlock that did not write `disclosures` yet.
[[nodiscard]] Result<Adoption> read_adoption(std::string_view body, std::uint64_t seq);

}  // namespace airlock::ledger
