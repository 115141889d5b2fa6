#pragma once
/// \file
/// `airlock discard`: a person lets go of a report that waits.

#include <cstdint>
#include <string>

#include "core/result.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"

namespace airlock::office {

/// What was let go of.
struct Discarded {
  std::uint64_t number = 0;
  std::string report_id;
  std::string was;                ///< `held` or `refused`
  std::uint64_t same_bytes = 0;   ///< how many other reports with the same bytes still wait
  ledger::TreeHead head;
};

/// Records `discarded` with the reason, then removes the bytes; they cannot be had again. What was given up of sending the
/// report is withdrawn. Where its bytes are gone already, that they are is what is recorded. Error: usage where no report
/// of this number waits.
[[nodiscard]] core::Result<Discarded> discard(const std::string& directory, std::uint64_t number,
                                              const std::string& reason);

}  // namespace airlock::office
