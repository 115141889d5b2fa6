#pragma once
/// \file
/// What is to become of a report, and why it does not leave. Knows neither reports nor sites.

#include <cstdint>
#include <string>

namespace airlock::gate {

/// What is to become of a report.
enum class Outcome : std::uint8_t { seal, queue, withheld, held, refused };
/// Whether the payload is to leave.
[[nodiscard]] constexpr bool leaves(Outcome outcome) { return outcome == Outcome::seal || outcome == Outcome::queue; }

/// Why a report does not leave: a word for the ledger, and words for the person.
struct Stop {
  std::string
      reason;  ///< `malformed`, `dictionary`, `leak`, `no_kit`, `licence`, `tier`, `ceiling`, `hold`, `policy`, …
  std::string message;
  std::string hint;
  std::string recorded{};  ///< the message without the report's own names and characters; empty: the message has none
};

/// Whether all that is missing is a person's word: `release` or `authorise`.
[[nodiscard]] inline bool is_a_persons(const Stop& stop) { return stop.reason == "hold" || stop.reason == "ceiling"; }

}  // namespace airlock::gate
