#pragma once
/// \file
/// `airlock discard`: a person discards a report that waits as `held` or `refused`.

#include <cstdint>
#include <string>

#include "core/result.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"
#include "sys/world.hpp"

namespace airlock::office {

/// The report that was discarded.
struct Discarded {
  std::uint64_t number = 0;
  std::string report_id;
  std::string was;               ///< `held` or `refused`
  std::uint64_t same_bytes = 0;  ///< how many other reports with the same bytes still wait
  ledger::TreeHead head;
};

/// Records `discarded` with the reason, then removes the report's bytes for good. Also withdraws disclosures of the
/// report that were given up and could still be sent. If the bytes are gone already, records `discarded` all the same.
/// Error: usage if no report of this number waits.
[[nodiscard]] core::Result<Discarded> discard(const std::string& directory, std::uint64_t number,
                                              const std::string& reason, const sys::World& world = sys::real_world());

}  // namespace airlock::office
