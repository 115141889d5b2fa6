#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "office/discard.hpp"
#include "present.hpp"

namespace airlock::tools {
namespace discard_command {

using core::Json;

constexpr auto reason_hint = "give the reason: the ledger keeps it for ever";

struct Options {
  std::vector<std::string> numbers;
  std::string reason;
};

int run(Context& context, const Options& options) {
  const console::Console& console = context.console;
  if (const auto checked = core::check_reason(options.reason, reason_hint); !checked) {
    return console.report(checked.error());
  }
  std::vector<std::uint64_t> numbers;
  for (const std::string& text : options.numbers) {
    const auto number = number_from(text);
    if (!number) return console.report(number.error());
    numbers.push_back(*number);
  }
  if (numbers.empty()) {
    return console.report({core::Code::usage, "name the number of a report that waits",
                           "`airlock status` says which reports wait, and why"});
  }
  Json list = Json::array();
  for (const std::uint64_t number : numbers) {
    const auto done = office::discard(context.site, number, options.reason);
    if (!done) return console.report(done.error());
    console.say("report " + std::to_string(number) + " was " + done->was + " and is discarded: its bytes are gone");
    if (done->same_bytes != 0) {
      console.say("  " + std::to_string(done->same_bytes) + " more reports with the same bytes wait");
    }
    list.push_back(
        {{"number", number}, {"report_id", done->report_id}, {"was", done->was}, {"same_bytes", done->same_bytes}});
  }
  if (console.json()) console.print({{"discarded", list}, {"exit", 0}});
  return 0;
}

}  // namespace discard_command

void add_discard(Context& context) {
  using namespace discard_command;
  auto options = std::make_shared<Options>();
  console::Command command =
      context.console.command("discard", "remove a report that waits in held/ for good",
                              "  airlock discard 12 --reason 'test data, never meant to be handed in'",
                              [&context, options] { return run(context, *options); });
  command.about("The bytes are removed, and the ledger records why. Nobody can bring them back.", "guides/held.md");
  command.texts("N", options->numbers, "numbers of reports that wait", console::Kind::held);
  command.text("--reason", options->reason, "why, for the ledger", console::Need::required);
}

}  // namespace airlock::tools
