// Every outcome of a report has a name, a code and a line on docs/reference/exit-codes.md, and the three agree.
#include "gate/report_outcome.hpp"

#include <doctest/doctest.h>

#include <string>

#include "gate/processed.hpp"
#include "source_lines.hpp"

namespace {

using namespace airlock::gate;

Lines enumerators() {
  return matches(lines_between("lib/gate/report_outcome.hpp", "enum class ReportOutcome", "};"), "^  (\\w+),");
}

ReportOutcome outcome_at(std::size_t index) { return static_cast<ReportOutcome>(index); }

}  // namespace

TEST_CASE("each outcome is named like its enumerator, and the table has no other row") {
  const Lines all = enumerators();
  REQUIRE(all.size() >= 10);
  for (std::size_t i = 0; i < all.size(); ++i) CHECK(name(outcome_at(i)) == all[i]);
  CHECK_THROWS(static_cast<void>(name(outcome_at(all.size()))));
}

TEST_CASE("the page on exit codes has one line for each outcome, with its exit code") {
  const Lines rows = matches(lines_between("docs/reference/exit-codes.md", "## What became of a report", "## "),
                             "^\\| `(\\w+)` \\| (\\d)[ ,;]");
  Lines expected;
  for (std::size_t i = 0; i < enumerators().size(); ++i) {
    expected.push_back(std::string(name(outcome_at(i))) + " " +
                       std::to_string(airlock::core::exit_code(code_of(outcome_at(i)))));
  }
  CHECK(rows == expected);
}

TEST_CASE("each reason to stop is named like its enumerator, and the page on the ledger lists them all") {
  const Lines all = matches(lines_between("lib/gate/stop.hpp", "enum class StopReason", "};"), "^  (\\w+),");
  std::string listed;
  for (std::size_t i = 1; i < all.size(); ++i) {
    CHECK(name(static_cast<StopReason>(i)) == all[i]);
    listed += (i == 1 ? "`" : ", `") + all[i] + "`";
  }
  const Lines page = lines_between("docs/formats/ledger.md", "| kind | what happened", "## ");
  CHECK(matches(page, "is one of (`malformed`[^;]*);") == Lines{listed});
}

TEST_CASE("a plan is carried out under the name of what it does") {
  CHECK(carried_out(Outcome::seal) == ReportOutcome::sealed);
  CHECK(carried_out(Outcome::queue) == ReportOutcome::queued);
  CHECK(carried_out(Outcome::withheld) == ReportOutcome::withheld);
  CHECK(carried_out(Outcome::held) == ReportOutcome::held);
  CHECK(carried_out(Outcome::refused) == ReportOutcome::refused);
}

TEST_CASE("only what is held or refused waits") {
  Lines waiting;
  for (std::size_t i = 0; i < enumerators().size(); ++i) {
    if (waits(outcome_at(i))) waiting.emplace_back(name(outcome_at(i)));
  }
  CHECK(waiting == Lines{"held", "refused"});
}

TEST_CASE("a dry run whose report would be queued has nothing to finish") {
  Processed processed;
  processed.outcome = ReportOutcome::queued;
  CHECK_FALSE(code_of(processed));
  processed.number = 1;
  CHECK(code_of(processed) == airlock::core::Code::later);
  processed.number = 0;
  processed.outcome = ReportOutcome::held;
  CHECK(code_of(processed) == airlock::core::Code::refused);
}
