#include "preview.hpp"

#include <memory>
#include <nlohmann/json.hpp>

#include "present.hpp"
#include "progress.hpp"
#include "trial.hpp"

namespace airlock::tools {

int with_preview(Context& context, const std::string& report, const gate::ProcessOptions& options,
                 const std::function<int(const gate::Preview&, Worker&)>& show, const std::string& writes,
                 std::optional<gate::Trial> trial) {
  const auto number = trial ? std::nullopt : number_of_waiting(report);
  const Task task{
      .report = number ? std::nullopt : std::optional(report), .has_site = !trial.has_value(), .writes = writes};
  return in_worker(context, task, [&](Worker& worker) {
    console::Progress progress(context.console);
    gate::ProcessOptions watched = options;
    watched.progress = &progress;
    const auto preview = trial    ? gate::try_out(std::move(*trial), worker.input(), watched)
                         : number ? gate::preview_waiting(context.site, *number, watched)
                                  : gate::preview(context.site, worker.input(), watched);
    return preview ? show(*preview, worker) : context.console.report(preview.error());
  });
}

namespace preview_command {

struct Options {
  std::string report;
  gate::ProcessOptions process;
  TrialOptions trial;
};

int print(const Context& context, const gate::Preview& preview) {
  const gate::Processed& result = preview.result;
  const std::optional<core::Code> code = gate::code_of(result);
  if (context.console.json()) {
    context.console.print(to_json(result));
    return core::exit_code(code);
  }
  if (!result.prepared.payload) {
    if (code) {
      context.console.complain(result.message, result.hint);
    } else {
      context.console.remark("airlock: nothing would leave: " + result.message);
    }
    return core::exit_code(code);
  }
  if (code) context.console.complain("it may not leave yet: " + result.message, result.hint);
  console::Output output;
  core::BlobSource source(*result.prepared.payload);
  if (const auto copied = core::copy(source, output); !copied) return context.console.report(copied.error());
  if (const auto done = output.finish(context.console); !done) return context.console.report(done.error());
  context.console.remark("airlock: " + std::to_string(result.prepared.payload->size()) + " bytes, SHA-256 " +
                         result.prepared.payload_sha256.hex());
  return core::exit_code(code);
}

}  // namespace preview_command

void add_preview(Context& context) {
  using namespace preview_command;
  auto options = std::make_shared<Options>();
  console::Command command = context.console.command(
      "preview", "print the exact bytes that would leave; record nothing",
      "  airlock preview status_report.json > would-leave.json\n"
      "  airlock preview 12 > would-leave.json      (a report that waits in held/)\n"
      "  airlock preview - < status_report.json | jq .properties.instance_usage_summary\n"
      "  airlock preview report.json --policy policy.json --dictionary dictionary.json --tier enterprise",
      [&context, options] {
        auto trial = trial_of(context, options->trial);
        if (!trial) return context.console.report(trial.error());
        if (*trial) say_trial(context.console);
        return with_preview(
            context, options->report, options->process,
            [&](const gate::Preview& preview, Worker&) { return print(context, preview); }, {}, std::move(*trial));
      });
  command.about(
      "What this prints is what would leave, byte for byte. Its SHA-256 is on standard error, for `process --expect`. "
      "If only the ceiling, a hold or an approval is in the way, the bytes are printed all the same, and the exit code "
      "is 4. If anything else is in the way, nothing is printed.\n\nWithout a site, `--policy`, `--dictionary` and "
      "`--tier` say what a site with these documents and a valid licence of this tier would do. No ceiling is in the "
      "way then, and pseudonyms are of a key that is made for this run. Neither a vendor nor a licence is needed.",
      "guides/officer.md");
  command.exits({{3, "the report would be refused: no JSON, or over a limit"},
                 {4, "nothing leaves: the report would be held, or what would leave may not leave yet"}});
  command.text("REPORT", options->report, "the report, - for standard input, or the number of a report that waits",
               console::Kind::held_or_file, console::Need::required);
  add_trial_options(command, options->trial);
}

}  // namespace airlock::tools
