#pragma once
/// \file
/// `airlock licence usage`: compares the limits of the licence with the figures of the last disclosed report. This is
/// advice: Airlock refuses nothing because of a limit. The figures are read from the bundle in the outbox, with the
/// archive key, or from the payload that was sent. Figures of an older report are never shown in their place.

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
  std::string path;                   ///< of the declared field that the limit names; empty if there is none
  std::optional<std::int64_t> value;  ///< nothing: `problem` says why
  std::string problem;                ///< why there is no value
};

struct Usage {
  licence::LicenceVerdict verdict;
  std::uint64_t disclosure = 0;    ///< number of the last disclosure, which the values come from; 0: there was none yet
  std::uint64_t number = 0;        ///< number of its report
  std::optional<core::Time> time;  ///< when the disclosure was recorded
  std::string file;                ///< its file name in the outbox; the file may be gone
  std::string problem;             ///< why there are no values; may be empty
  std::vector<LimitUsage> limits;
};

/// Reads limits and figures. Errors: the verdict's exit code (the site has no licence whose limits can be shown), those
/// of the ledger.
[[nodiscard]] core::Result<Usage> licence_usage(const std::string& directory);

}  // namespace airlock::health
