#pragma once
/// \file
/// `airlock licence usage`: what the licence limits, beside what the last disclosed report says. Advisory: nothing is
/// refused because of it. The figures are those that were kept of that very report; an older one's are not shown.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "licence/verdict.hpp"
#include "site/kit.hpp"

namespace airlock::health {

/// One limit of the licence.
struct LimitUsage {
  std::string limit;
  std::int64_t most = 0;
  std::string path;                   ///< of the declared field that it names; empty where there is none
  std::optional<std::int64_t> value;  ///< nothing: see `problem`
  std::string problem;                ///< why there is no value
};

struct Usage {
  licence::LicenceVerdict verdict;
  std::uint64_t disclosure = 0;    ///< the last one: what the values come from; 0: there was none yet
  std::uint64_t number = 0;        ///< of its report
  std::optional<core::Time> time;  ///< when it was recorded
  std::string file;                ///< its name in the outbox, where it may be no longer
  std::string problem;             ///< why no value is at hand
  std::vector<LimitUsage> limits;
};

/// Reads it. Errors: verdict (no licence to tell of), bad_input (the figures are not sound), those of the ledger.
[[nodiscard]] core::Result<Usage> licence_usage(const std::string& directory);

}  // namespace airlock::health
