#pragma once
/// \file
/// What is to become of a report, and why it does not leave. Knows neither reports nor sites.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace airlock::gate {

/// What is to become of a report.
enum class Outcome : std::uint8_t { seal, queue, withheld, held, refused };
/// Whether the payload is to leave.
[[nodiscard]] constexpr bool leaves(Outcome outcome) { return outcome == Outcome::seal || outcome == Outcome::queue; }

/// Why a report does not leave. The ledger has the name, so names never change.
enum class StopReason : std::uint8_t {
  none,
  malformed,
  limit,
  no_kit,
  dictionary,
  configuration,
  leak,
  licence,
  tier,
  policy,
  ceiling,
  hold,
  machine,
  expect,    ///< the bytes that would leave are not those that a person looked at
  approval,  ///< officers must sign them first
};
inline constexpr std::array<std::string_view, 15> stop_reason_names{
    "",     "malformed", "limit",   "no_kit", "dictionary", "configuration", "leak",    "licence",
    "tier", "policy",    "ceiling", "hold",   "machine",    "expect",        "approval"};
[[nodiscard]] constexpr std::string_view name(StopReason reason) {
  return stop_reason_names[static_cast<std::size_t>(reason)];
}

/// Why a report does not leave, for the ledger and in words for the person.
struct Stop {
  StopReason reason{};
  std::string message;
  std::string hint;
  std::string recorded{};  ///< the message without the report's own names and characters; empty: the message has none
};

/// Whether all that is missing is a person's word: `release`, `authorise` or `approve`.
[[nodiscard]] inline bool is_a_persons(const Stop& stop) {
  return stop.reason == StopReason::hold || stop.reason == StopReason::ceiling || stop.reason == StopReason::approval;
}

}  // namespace airlock::gate
