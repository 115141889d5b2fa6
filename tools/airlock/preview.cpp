#include <array>
#include <memory>

#include <nlohmann/json.hpp>
#include "commands.hpp"
#include "gate/process.hpp"
#include "present.hpp"
#include "supervise.hpp"

namespace airlock::tools {
namespace preview_command {

struct Options {
  std::string report;
  gate::ProcessOptions process;
};

int print(Context& context, Worker& worker, const Options& options) {
  const auto number = number_of_waiting(options.report);
  auto preview = number ? gate::preview_waiting(context.site, *number, options.process)
                        : gate::preview(context.site, worker.input(), options.process);
  if (!preview) return context.console.report(preview.error());
  const gate::Processed& result = preview->result;
  if (context.console.json()) {
    context.console.print(to_json(result));
    return result.exit;
  }
  if (!result.prepared.payload) {
    if (result.exit != 0) {
      context.console.complain(result.message, result.hint);
    } else {
      context.console.remark("airlock: nothing would leave: " + result.message);
    }
    return result.exit;
  }
  if (result.exit != 0) context.console.complain("it may not leave yet: " + result.message, result.hint);
  console::Output output;
  core::BlobSource source(*result.prepared.payload);
  if (const auto copied = core::copy(source, output); !copied) return context.console.report(copied.error());
  if (const auto done = output.finish(context.console); !done) return context.console.report(done.error());
  context.console.remark("airlock: " + std::to_string(result.prepared.payload->size()) + " bytes, SHA-256 " +
                         result.prepared.payload_sha256.hex());
  return result.exit;
}

int run(Context& context, const Options& options) {
  const auto number = number_of_waiting(options.report);
  return in_worker(context, {.report = number ? std::nullopt : std::optional(options.report)},
                   [&](Worker& worker) { return print(context, worker, options); });
}

}  // namespace preview_command

void add_preview(Context& context) {
  using namespace preview_command;
  auto options = std::make_shared<Options>();
  console::Command command =
      context.console.command("preview", "print the exact bytes that would leave; record nothing",
                              "  airlock preview status_report.json > would-leave.json\n"
                              "  airlock preview 12 > would-leave.json      (a report that waits in held/)\n"
                              "  airlock preview - < status_report.json | jq .properties.instance_usage_summary",
                              [&context, options] { return run(context, *options); });
  command.exits({{3, "the report would be refused: no JSON, or over a limit"},
                 {4, "nothing leaves: the report would be held, or what would leave may not leave yet"}});
  command.text("REPORT", options->report, "the report, - for standard input, or the number of a report that waits", console::Need::required);
}

}  // namespace airlock::tools
