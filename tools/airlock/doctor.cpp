#include "health/doctor.hpp"

#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "supervise.hpp"

namespace airlock::tools {
namespace doctor_command {

using core::Json;

int run(Context& context) {
  const auto findings = health::doctor(context.site, rehearse_worker(context));
  Json list = Json::array();
  int failed = 0;
  int warned = 0;
  console::Table table = context.console.table({.gap = 1});
  for (const health::Finding& finding : findings) {
    failed += finding.health == health::Health::fail ? 1 : 0;
    warned += finding.health == health::Health::warn ? 1 : 0;
    list.push_back({{"subject", finding.subject},
                    {"health", health::name(finding.health)},
                    {"what", finding.what},
                    {"hint", core::or_null(finding.hint)}});
    if (context.console.json()) continue;
    if (context.console.quiet()) {
      if (finding.health == health::Health::fail) {
        context.console.complain(finding.subject + ": " + finding.what, finding.hint);
      }
      continue;
    }
    std::string word(health::name(finding.health));
    word.resize(4, ' ');  // that of `warn` and `fail`, also where all is well
    table.add({word, finding.subject + ": " + finding.what + (finding.hint.empty() ? "" : "\nhint: " + finding.hint)});
  }
  table.finish();
  const auto code = failed == 0 ? std::nullopt : std::optional(core::Code::unexpected);
  if (context.console.json()) {
    Json document{{"findings", list}, {"failed", failed}, {"warned", warned}, {"exit", core::exit_code(code)}};
    if (code) {
      document["error"] = console::error_member(
          code, std::to_string(failed) + " of " + std::to_string(findings.size()) + " checks failed",
          "`findings` says which, each with a hint");
    }
    context.console.print(document);
  } else {
    context.console.say(std::to_string(findings.size()) + " checks, " + std::to_string(failed) + " failed, " +
                        std::to_string(warned) + " warned");
  }
  return core::exit_code(code);
}

}  // namespace doctor_command

void add_doctor(Context& context) {
  context.console
      .command("doctor", "check everything that this site depends on: exit 0 if nothing fails, 1 otherwise",
               "  airlock doctor\n"
               "  airlock doctor --quiet\n"
               "  airlock doctor --json | jq '.findings[] | select(.health != \"ok\")'",
               [&context] { return doctor_command::run(context); })
      .about(
          "Checks kernel, file system, permissions, keys, ledger, clock, kit and licence, one check a line. It changes "
          "nothing: it only makes files with which it tries the file system, and removes them. It asks for no secret. "
          "Without a site it checks the machine alone.",
          "guides/check-a-site.md")
      .exits({{0, "no check fails; there may be warnings"}, {1, "at least one check fails"}});
}

}  // namespace airlock::tools
