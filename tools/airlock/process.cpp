#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "envelope/manifest.hpp"
#include "gate/delivered.hpp"
#include "gate/inbox.hpp"
#include "gate/process.hpp"
#include "present.hpp"
#include "progress.hpp"
#include "supervise.hpp"
#include "taking_in.hpp"

namespace airlock::tools {
namespace process_command {

using core::Json;

struct Options {
  std::vector<std::string> what;  ///< one report, or with --held the numbers of reports
  std::vector<std::uint64_t> numbers;
  bool held = false;
  bool inbox = false;
  bool no_deliver = false;
  std::string expect;
  gate::ProcessOptions process;
};

core::Result<void> check(Options& options) {
  using core::Code;
  // A note is signed and shown to people: it must be what it looks like.
  AIRLOCK_CHECK(core::check_typed("the note", options.process.note, envelope::note_limit));
  if (!options.expect.empty()) {
    auto digest = core::Digest::from_hex(core::to_lower(options.expect));
    if (!digest) return core::fail(Code::usage, "--expect: " + digest.error().message);
    options.process.expect = *digest;
  }
  if (options.inbox) {
    const bool alone = options.what.empty() && !options.held && !options.process.again && !options.process.dry_run;
    if (alone && !options.process.expect) return {};
    return core::fail(Code::usage, "`--inbox` goes with `--note` and `--no-deliver` only");
  }
  // A report that waits is named by its number.
  if (!options.held && options.what.size() == 1 && !options.process.dry_run &&
      number_of_waiting(options.what.front())) {
    options.held = true;
  }
  if (!options.held) {
    if (options.what.size() == 1) return {};
    return core::fail(Code::usage, "name one report, or `-` for standard input, or give `--inbox` or `--held`",
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

/// Has what was queued sent, and says what became of it. What cannot be told now the ledger tells later.
void deliver(const Context& context, Worker& worker, const Options& options, std::vector<gate::Processed>& results) {
  const auto is_queued = [](const gate::Processed& result) { return result.outcome == gate::ReportOutcome::queued; };
  if (options.no_deliver || std::none_of(results.begin(), results.end(), is_queued)) return;
  const Delivery delivery = worker.deliver();
  for (gate::Processed& result : results) {
    if (delivery == Delivery::ran) (void)gate::look_after_delivery(context.site, result);
    if (delivery == Delivery::not_installed && is_queued(result)) {
      result.hint = "`airlock-send` is not installed beside `airlock`: install it, or let another process run it";
    }
  }
}

/// The highest code of several reports, and the first reason for it.
class Worst {
 public:
  void take(std::optional<core::Code> code, const std::string& message, const std::string& hint) {
    if (core::exit_code(code) <= exit()) return;
    code_ = code;
    message_ = message;
    hint_ = hint;
  }

  int exit() const { return core::exit_code(code_); }

  /// What is printed of these reports: `document`, with `error` where the exit code is not 0.
  Json document(Json document) const {
    if (code_) document["error"] = console::error_member(code_, message_, hint_);
    return document;
  }

 private:
  std::optional<core::Code> code_;
  std::string message_;
  std::string hint_;
};

/// What became of the reports that were decided on again.
struct HeldReports {
  Json list = Json::array();
  Json failed = Json::array();
};

HeldReports tell_held(const Context& context, const gate::Looked& looked, Worst& worst) {
  HeldReports out;
  for (const gate::Processed& result : looked.reports) {
    worst.take(gate::code_of(result), result.message, result.hint);
    out.list.push_back(to_json(result));
    if (!context.console.json()) show(context.console, result);
  }
  for (const auto& [number, error] : looked.failed) {
    const std::string message = "report " + std::to_string(number) + ": " + error.message;
    // Nothing new is recorded of it, whatever kept Airlock from looking.
    const core::Code code = error.code == core::Code::integrity ? error.code : core::Code::not_recorded;
    worst.take(code, message, error.hint);
    context.console.complain(message, error.hint);
    out.failed.push_back({{"number", number}, {"message", error.message}, {"hint", error.hint}});
  }
  return out;
}

int run_held(Context& context, Worker& worker, const Options& options) {
  const auto taken = take_in(context, worker);
  if (!taken) return context.console.report(not_recorded(taken.error()));
  auto looked = gate::process_held(context.site, options.numbers, options.process);
  if (!looked) return context.console.report(not_recorded(std::move(looked).error()));
  deliver(context, worker, options, looked->reports);
  Worst worst;
  const HeldReports told = tell_held(context, *looked, worst);
  if (context.console.json()) {
    context.console.print(worst.document({{"reports", told.list},
                                          {"failed", told.failed},
                                          {"approvals", taken->documents},
                                          {"waiting", looked->waiting},
                                          {"exit", worst.exit()}}));
  } else if (looked->reports.empty() && looked->failed.empty()) {
    context.console.say(
        looked->waiting == 0
            ? "no report waits"
            : std::to_string(looked->waiting) +
                  " reports wait, and nothing has changed for them; `airlock status` says why they wait");
  }
  return worst.exit();
}

/// What dropped files became, told while they are processed.
int run_inbox(Context& context, Worker& worker, const Options& options) {
  Worst worst;
  bool may_deliver = !options.no_deliver;
  Json reports = Json::array();
  Json left = Json::array();
  const auto taken = take_in(context, worker);
  if (!taken) return context.console.report(not_recorded(taken.error()));
  const auto processed = [&](gate::Processed result) {
    if (result.outcome == gate::ReportOutcome::queued && may_deliver) {
      std::vector<gate::Processed> one;
      one.push_back(std::move(result));
      deliver(context, worker, options, one);
      result = std::move(one.front());
      may_deliver = result.outcome !=
                    gate::ReportOutcome::queued;  // what did not get through now need not be tried again at once
    }
    worst.take(gate::code_of(result), result.message, result.hint);
    if (context.console.json()) {
      reports.push_back(to_json(result));
    } else {
      show(context.console, result);
    }
  };
  const auto stays = [&](const std::string& name, const core::Error& why) {
    const core::Error error = not_recorded(why);
    worst.take(error.code, error.message, error.hint);
    context.console.complain(error.message, error.hint);
    left.push_back({{"name", core::printable(name, 255)}, {"message", error.message}, {"hint", error.hint}});
  };
  const gate::InboxMover mover{
      [&](const std::string& name) { return worker.claim(name); },
      [&](const std::string& id, const std::string& name) { return worker.put_back(id, name); },
      [&](const std::string& id) { return worker.keep_claimed(id); }};
  if (auto done = gate::process_inbox(context.site, options.process, mover, {processed, stays}); !done) {
    return context.console.report(not_recorded(std::move(done).error()));
  }
  if (!taken->approved.empty()) {
    auto looked = gate::process_held(context.site, taken->approved, options.process);
    if (!looked) return context.console.report(not_recorded(std::move(looked).error()));
    deliver(context, worker, options, looked->reports);
    for (Json& each : tell_held(context, *looked, worst).list) reports.push_back(std::move(each));
  }
  if (context.console.json()) {
    context.console.print(worst.document(
        {{"reports", reports}, {"left", left}, {"approvals", taken->documents}, {"exit", worst.exit()}}));
  }
  return worst.exit();
}

int run_one(Context& context, Worker& worker, const Options& options) {
  core::WatchedSource input(worker.input(), "bytes of the report read", *options.process.progress);
  auto processed = gate::process(context.site, input, options.process);
  if (!processed) return context.console.report(not_recorded(std::move(processed).error()));
  std::vector<gate::Processed> results;
  results.push_back(std::move(*processed));
  if (!options.process.dry_run) deliver(context, worker, options, results);
  const gate::Processed& result = results.front();
  if (context.console.json()) {
    context.console.print(to_json(result));
  }
  show(context.console, result);
  return core::exit_code(gate::code_of(result));
}

int run(Context& context, Options& options) {
  if (auto checked = check(options); !checked) return context.console.report(checked.error());
  Task task{.report = std::nullopt,
            .records = true,
            .changes = !options.process.dry_run,
            .inbox = options.inbox,
            .drops = options.held || options.inbox};
  if (!options.held && !options.inbox) task.report = options.what.front();
  return in_worker(context, task, [&](Worker& worker) {
    console::Progress progress(context.console);
    options.process.progress = &progress;
    options.process.confinement = worker.confinement();
    options.process.public_is_kept = worker.is_kept_to_its_files();
    if (options.inbox) return run_inbox(context, worker, options);
    return options.held ? run_held(context, worker, options) : run_one(context, worker, options);
  });
}

}  // namespace process_command

void add_process(Context& context) {
  using namespace process_command;
  auto options = std::make_shared<Options>();
  console::Command command =
      context.console.command("process", "process a report: record it, and carry out the decision",
                              "  airlock process status_report.json\n"
                              "  airlock process - --note 'change 4711' < status_report.json\n"
                              "  airlock process status_report.json --dry-run\n"
                              "  airlock process --inbox\n"
                              "  airlock process --held 3 4",
                              [&context, options] { return run(context, *options); });
  command.about(
      "Records the report in the ledger, decides by the kit's policy and the tier of the licence, and then seals the "
      "report into a bundle, queues it for sending, withholds it, or holds it. A sandboxed process without a network "
      "reads the report. What is held stays in `held/` until it can leave, is discarded, or expires.\n\nLook at the "
      "exit code. With 0, 1 and 3 to 7 the report is in the ledger. With 8 it is not: keep it and run again.",
      "guides/operate-a-site.md");
  command.exits({{0, "recorded and done: disclosed, withheld by choice, or a repeat"},
                 {1, "recorded, but the output could not be written"},
                 {3, "recorded and refused: no JSON, or over a limit"},
                 {4, "recorded and held: nothing left; the hint says what would let it leave"},
                 {5, "recorded; a bundle was altered or lost before it could be released"},
                 {7, "recorded; the next run finishes it"},
                 {8, "not recorded: keep the report and run again"}});
  command.texts("REPORT", options->what, "the report, - for standard input, or numbers of reports that wait",
                console::Kind::held_or_file);
  command.flag("--inbox", options->inbox, "process every report that was dropped into the inbox");
  command.flag("--held", options->held,
               "decide again on the reports that wait: those that you name, or all for which something has changed");
  command.text("--note", options->process.note, "a note that goes into the bundle's manifest and the ledger");
  command.flag("--dry-run", options->process.dry_run, "record nothing; say what would happen");
  command.flag("--no-deliver", options->no_deliver, "queue the report, but do not start `airlock-send`");
  command.flag("--again", options->process.again, "disclose the report even if the same bytes were disclosed before");
  command.text("--expect", options->expect, "hold the report unless the bytes that would leave have this SHA-256",
               console::Kind::digest);
}

}  // namespace airlock::tools
