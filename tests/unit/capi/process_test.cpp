#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "capi/airlock.h"
#include "temporary_directory.hpp"

using namespace airlock;

namespace {

struct FreeOutcome {
  void operator()(airlock_outcome* outcome) const { airlock_outcome_free(outcome); }
};
using Outcome = std::unique_ptr<airlock_outcome, FreeOutcome>;

/// A shell script in the place of the command.
class Program {
 public:
  explicit Program(const std::string& script) {
    std::ofstream(path_) << "#!/bin/sh\n" + script + "\n";
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
  }
  [[nodiscard]] Outcome process(const char* report) const {
    return Outcome(airlock_process(path_.c_str(), "/site", report));
  }
  [[nodiscard]] Outcome process_bytes(const std::string& report) const {
    return Outcome(airlock_process_bytes(path_.c_str(), "/site", report.data(), report.size()));
  }

 private:
  test::TemporaryDirectory folder_;
  std::string path_ = folder_ / "airlock";
};

std::string text(const Outcome& outcome, const char* member) { return airlock_outcome_text(outcome.get(), member); }
int exit_code(const Outcome& outcome) { return airlock_outcome_exit_code(outcome.get()); }

}  // namespace

TEST_CASE("the command's document, messages and exit code are the outcome") {
  const Program program(R"(echo '{"outcome": "held", "number": 3, "exit": 4}'; echo 'a message' >&2; exit 4)");
  const Outcome outcome = program.process("report.json");
  CHECK(exit_code(outcome) == 4);
  CHECK(text(outcome, "outcome") == "held");
  CHECK(text(outcome, "number").empty());  // not a text
  CHECK(text(outcome, "nothing").empty());
  CHECK(std::string(airlock_outcome_text(outcome.get(), nullptr)).empty());
  CHECK(std::string(airlock_outcome_json(outcome.get())) == "{\"outcome\": \"held\", \"number\": 3, \"exit\": 4}\n");
  CHECK(std::string(airlock_outcome_message(outcome.get())) == "a message\n");
}

TEST_CASE("a path is never an option, and bytes come on standard input") {
  const Program arguments(R"(printf '{"arguments": "%s"}\n' "$*")");
  CHECK(text(arguments.process("report.json"), "arguments") == "--json --site /site process report.json");
  CHECK(text(arguments.process("-"), "arguments") == "--json --site /site process ./-");
  CHECK(text(arguments.process("--held"), "arguments") == "--json --site /site process ./--held");
  CHECK(text(arguments.process_bytes("x"), "arguments") == "--json --site /site process -");
  const Program input(R"sh(printf '{"input": "%s"}\n' "$(cat)")sh");
  CHECK(text(input.process_bytes("the report"), "input") == "the report");
  CHECK(text(Outcome(airlock_process_bytes("/nowhere", "/site", nullptr, 5)), "input").empty());
}

TEST_CASE("an exit code that the command does not have, a signal, and a missing program count as not recorded") {
  CHECK(exit_code(Program("exit 77").process("report")) == 8);
  CHECK(exit_code(Program("kill -9 $$").process("report")) == 8);
  const Outcome missing(airlock_process("/nowhere/airlock", "/site", "report"));
  CHECK(exit_code(missing) == 8);
  CHECK_FALSE(std::string(airlock_outcome_message(missing.get())).empty());
  CHECK(std::string(airlock_outcome_json(missing.get())).empty());
}

TEST_CASE("a child that was killed after it printed its document has the exit code in it") {
  CHECK(exit_code(Program(R"(echo '{"exit": 5}'; kill -9 $$)").process("report")) == 5);
  CHECK(exit_code(Program(R"(echo '{"exit": 77}'; kill -9 $$)").process("report")) == 8);
  CHECK(exit_code(Program(R"(echo '[5]'; kill -9 $$)").process("report")) == 8);
}

TEST_CASE("output that is not a document is left out") {
  const Outcome outcome = Program("echo no document").process("report");
  CHECK(exit_code(outcome) == 0);
  CHECK(std::string(airlock_outcome_json(outcome.get())).empty());
}

TEST_CASE("a NULL outcome reads as one for which no memory was left") {
  CHECK(airlock_outcome_exit_code(nullptr) == 8);
  CHECK(std::string(airlock_outcome_json(nullptr)).empty());
  CHECK(std::string(airlock_outcome_text(nullptr, "outcome")).empty());
  CHECK(std::string(airlock_outcome_message(nullptr)).find("no memory is left") != std::string::npos);
  airlock_outcome_free(nullptr);
}
