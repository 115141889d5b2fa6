#pragma once
/// \file
/// Sends what waits in the outbox: steps S1 to S3 of docs/formats/delivery.md, in the order of the disclosures. Every
/// attempt is decided again, recorded before the first byte goes out, and recorded again when it is over.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"
#include "delivery/target.hpp"

namespace airlock::delivery {

struct Options {
  bool now = false;  ///< whatever the next try, the maximum age, and what was given up
  EnvironmentProxy environment;
  std::function<bool()> stop;  ///< asked between reports: whether to end
};

/// What became of one disclosure.
struct Event {
  std::uint64_t number = 0;  ///< of the report
  std::uint64_t disclosure = 0;
  std::string id;
  std::string outcome;  ///< `sent`, `queued` (to be tried again), `failed`, `withdrawn`, `payload_lost`, `held`
  std::string message;
  std::string hint;
};

struct Round {
  std::uint64_t sent = 0;
  std::uint64_t withdrawn = 0;
  std::uint64_t failed = 0;
  std::uint64_t lost = 0;
  std::uint64_t held = 0;
  std::uint64_t waiting = 0;           ///< left in the queue, those in `held` too
  std::optional<core::Time> next_try;  ///< of the first that waits for its time

  /// 5 where a payload was lost, 7 where something waits or failed, 4 where something was withdrawn or may not leave,
  /// else 0.
  [[nodiscard]] int exit_code() const;
};

/// One pass over the queue, under the site's `send.lock`. `tell` hears of everything that was tried. Errors:
/// not_recorded (the lock, the ledger), or of the site.
[[nodiscard]] Result<Round> send_round(const std::string& directory, const Options& options,
                                       const std::function<void(const Event&)>& tell);

/// Tries each destination without sending anything.
struct Checked {
  std::string type;
  std::string url;
  bool sound = false;
  std::string message;
};
[[nodiscard]] Result<std::vector<Checked>> check_destinations(const std::string& directory,
                                                              const EnvironmentProxy& environment);

}  // namespace airlock::delivery
