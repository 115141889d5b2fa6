#pragma once
/// \file
/// What became of a report in one run, with the name and the exit code of each outcome. docs/reference/exit-codes.md
/// lists them for people; a unit test compares the two. What is to become of a report, before that is carried out, is
/// `Outcome`.

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/result.hpp"
#include "gate/stop.hpp"

namespace airlock::gate {

/// What became of a report. `sent`, `withdrawn` and a later `payload_lost` are outcomes of a report that was queued.
enum class ReportOutcome : std::uint8_t {
  sealed,        ///< a bundle is in the outbox
  queued,        ///< the payload waits in the outbox for the sender
  withheld,      ///< nothing leaves, because a person chose so for all such reports
  held,          ///< nothing leaves, and the report waits for another decision
  refused,       ///< the report is malformed or over a limit; its bytes are kept
  repeated,      ///< the same bytes were disclosed before
  unfinished,    ///< the bundle is sealed and recorded, but not yet in the outbox
  payload_lost,  ///< the bundle or the payload on disk is missing, or is not what was recorded
  sent,          ///< the receiver has the payload
  withdrawn,     ///< before the payload could be sent, the decision became stricter
};

/// The name of an outcome in JSON and on the terminal: `sealed`, `payload_lost`. Names never change.
[[nodiscard]] std::string_view name(ReportOutcome outcome);

/// The code with which a command ends that had this outcome. Nothing: the report is dealt with, exit code 0.
[[nodiscard]] std::optional<core::Code> code_of(ReportOutcome outcome);

/// Whether the report's bytes are kept until a person or another decision lets go of them.
[[nodiscard]] constexpr bool waits(ReportOutcome outcome) {
  return outcome == ReportOutcome::held || outcome == ReportOutcome::refused;
}

/// What becomes of a report once `outcome` is carried out and nothing fails.
[[nodiscard]] ReportOutcome carried_out(Outcome outcome);

}  // namespace airlock::gate
