#pragma once
/// \file
/// Sends what waits in the outbox, in the order of the disclosures (docs/formats/delivery.md). For each attempt the
/// gate decides anew, and the ledger has it before the first byte leaves and again when it is over.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "delivery/attempt.hpp"
#include "delivery/event.hpp"
#include "delivery/target.hpp"

namespace airlock::delivery {

/// Counts of one run.
struct SendRound {
  std::uint64_t sent = 0;
  std::uint64_t withdrawn = 0;
  std::uint64_t failed = 0;
  std::uint64_t lost = 0;
  std::uint64_t held = 0;
  std::uint64_t waiting = 0;           ///< left in the queue, the held ones too
  std::optional<core::Time> next_try;  ///< the earliest time that one of them waits for

  /// With what a command ends after this round: integrity where a payload was lost; later where something waits or
  /// failed; refused where something was withdrawn or is held; else nothing.
  [[nodiscard]] std::optional<core::Code> code() const;
};

/// Tries everything in the queue once, under the site's `send.lock`. `tell` gets an event for each disclosure that was
/// tried. Errors: not_recorded (the lock, the ledger), or of the site.
[[nodiscard]] Result<SendRound> send_round(const std::string& directory, const SendOptions& options,
                                           const std::function<void(const SendEvent&)>& tell);

struct CheckedDestination {
  std::string type;
  std::string url;
  bool sound = false;
  std::string message;
};
/// Connects to each destination and sends no report. Errors: of the site.
[[nodiscard]] Result<std::vector<CheckedDestination>> check_destinations(const std::string& directory,
                                                                         const EnvironmentProxy& environment);

}  // namespace airlock::delivery
