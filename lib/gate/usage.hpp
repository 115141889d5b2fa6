#pragma once
/// \file
/// `airlock licence usage`: what the licence limits, beside what the last disclosed report says. Advisory: nothing is
/// refused because of it. The ledger keeps no values, so they are read from the report itself, as it was disclosed.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "licence/licence.hpp"

namespace airlock::gate {

/// One limit of the licence.
struct LimitUsage {
  std::string limit;
  std::int64_t most = 0;
  std::string path;                   ///< of the declared field that it names; empty where there is none
  std::optional<std::int64_t> value;  ///< nothing: see `problem`
  std::string problem;                ///< why there is no value
};

struct Usage {
  licence::Verdict verdict;
  std::uint64_t disclosure = 0;  ///< of the report that the values come from; 0: none is at hand
  std::uint64_t number = 0;      ///< of that report
  std::string file;              ///< its name in the outbox
  std::string problem;           ///< why no report is at hand
  std::vector<LimitUsage> limits;
};

/// Reads it. A limit names a declared field of class `usage` without wildcards by its last step, or by its last steps
/// joined with dots. Errors: refused (no kit), verdict (no licence to tell of), those of ledger and archive key.
[[nodiscard]] core::Result<Usage> licence_usage(const std::string& directory);

}  // namespace airlock::gate
