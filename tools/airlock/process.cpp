#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "gate/process.hpp"
#include "present.hpp"
#include "sys/file.hpp"

namespace airlock::tools {
namespace process_command {

using core::Json;

/// A note is signed and shown to people: it must be what it looks like.
constexpr std::size_t note_limit = 4096;

struct Options {
  std::vector<std::string> what;  ///< one report, or with --held the numbers of reports
  std::vector<std::uint64_t> numbers;
  bool held = false;
  bool no_deliver = false;
  std::string expect;
  gate::ProcessOptions process;
};

core::Result<void> check(Options& options) {
  using core::Code;
  const std::string& note = options.process.note;
  if (note.size() > note_limit || !core::is_printable(note)) {
    return core::fail(Code::usage,
                      "the note must be printable text of at most " + std::to_string(note_limit) + " bytes");
  }
  if (!options.expect.empty()) {
    auto digest = core::Digest::from_hex(core::to_lower(options.expect));
    if (!digest) return core::fail(Code::usage, "--expect: " + digest.error().message);
    options.process.expect = *digest;
  }
  if (!options.held) {
    if (options.what.size() == 1) return {};
    return core::fail(Code::usage, "name one report, or `-` for standard input, or give `--held`",
                      "see `airlock process --help`");
  }
  if (options.process.dry_run) return core::fail(Code::usage, "`--held` does not go with `--dry-run`");
  if (options.what.empty() && (options.process.again || options.process.expect)) {
    return core::fail(Code::usage, "`--held` with `--again` or `--expect` needs the numbers of reports",
                      "see `airlock ledger list`");
  }
  for (const std::string& text : options.what) {
    AIRLOCK_TRY(const std::uint64_t number, number_from(text));
    options.numbers.push_back(number);
  }
  return {};
}

/// Not recorded, whatever the cause: but a wrong command line stays one.
core::Error not_recorded(core::Error error) {
  if (error.code == core::Code::usage) return error;
  if (error.hint.empty()) error.hint = "the report was not recorded: keep it and run again";
  error.code = core::Code::not_recorded;
  return error;
}

int run_held(Context& context, const Options& options) {
  auto results = gate::process_held(context.site, options.numbers, options.process);
  if (!results) return context.console.report(not_recorded(std::move(results).error()));
  int exit = 0;
  Json list = Json::array();
  for (const gate::Processed& result : *results) {
    exit = std::max(exit, result.exit);
    list.push_back(to_json(result));
    if (!context.console.json()) show(context.console, result);
  }
  if (context.console.json()) {
    context.console.print({{"reports", list}, {"exit", exit}});
  } else if (results->empty()) {
    context.console.say("no report is held");
  }
  return exit;
}

int run(Context& context, Options& options) {
  if (auto checked = check(options); !checked) return context.console.report(checked.error());
  if (options.held) return run_held(context, options);
  auto input = sys::InputSource::open(options.what.front());
  if (!input) return context.console.report(not_recorded(std::move(input).error()));
  auto result = gate::process(context.site, *input, options.process);
  if (!result) return context.console.report(not_recorded(std::move(result).error()));
  if (context.console.json()) {
    context.console.print(to_json(*result));
  }
  show(context.console, *result);
  return result->exit;
}

}  // namespace process_command

void add_process(Context& context) {
  using namespace process_command;
  auto options = std::make_shared<Options>();
  console::Command command =
      context.console.command("process", "process a report: record it, and carry out what the decision says",
                              "  airlock process status_report.json\n"
                              "  airlock process - --note 'change 4711' < status_report.json\n"
                              "  airlock process status_report.json --dry-run\n"
                              "  airlock process --held 3 4",
                              [&context, options] { return run(context, *options); });
  command.texts("REPORT", options->what, "the report, or - for standard input; with --held numbers of reports");
  command.flag("--held", options->held, "decide again on reports that are held: all, or those named");
  command.text("--note", options->process.note, "a note for the bundle's manifest and the ledger");
  command.flag("--dry-run", options->process.dry_run, "record nothing, say what would happen");
  command.flag("--no-deliver", options->no_deliver, "do not start sending what was queued");
  command.flag("--again", options->process.again, "disclose bytes again that were disclosed before");
  command.text("--expect", options->expect, "hold the report unless the bytes to leave have this SHA-256");
}

}  // namespace airlock::tools
