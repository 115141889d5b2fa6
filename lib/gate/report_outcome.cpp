#include "gate/report_outcome.hpp"

#include <array>

namespace airlock::gate {
namespace {

using core::Code;

struct OutcomeRow {
  std::string_view name;
  std::optional<Code> code;
};

/// In the order of `ReportOutcome`.
constexpr std::array<OutcomeRow, 10> outcome_rows{{{"sealed", std::nullopt},
                                                   {"queued", Code::later},
                                                   {"withheld", std::nullopt},
                                                   {"held", Code::refused},
                                                   {"refused", Code::bad_input},
                                                   {"repeated", std::nullopt},
                                                   {"unfinished", Code::later},
                                                   {"payload_lost", Code::integrity},
                                                   {"sent", std::nullopt},
                                                   {"withdrawn", Code::refused}}};
static_assert(outcome_rows.size() == static_cast<std::size_t>(ReportOutcome::withdrawn) + 1);

}  // namespace

std::string_view name(ReportOutcome outcome) { return outcome_rows.at(static_cast<std::size_t>(outcome)).name; }

std::optional<Code> code_of(ReportOutcome outcome) { return outcome_rows.at(static_cast<std::size_t>(outcome)).code; }

ReportOutcome carried_out(Outcome outcome) {
  switch (outcome) {
    case Outcome::seal:
      return ReportOutcome::sealed;
    case Outcome::queue:
      return ReportOutcome::queued;
    case Outcome::withheld:
      return ReportOutcome::withheld;
    case Outcome::held:
      return ReportOutcome::held;
    case Outcome::refused:
      break;
  }
  return ReportOutcome::refused;
}

}  // namespace airlock::gate
