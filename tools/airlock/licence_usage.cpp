#include <algorithm>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "health/usage.hpp"
#include "present.hpp"

namespace airlock::tools {
namespace licence_usage_command {

using core::Json;

constexpr std::size_t bar_width = 20;

/// A bar such as `[########------------]  41 %`. It is full at 100 % and above.
std::string bar(std::int64_t value, std::int64_t most) {
  const double share = most == 0 ? (value == 0 ? 0.0 : 1.0) : static_cast<double>(value) / static_cast<double>(most);
  const double shown = share < 0 ? 0 : share > 1 ? 1 : share;
  const auto filled = static_cast<std::size_t>(shown * bar_width);
  constexpr double most_shown = 999;
  const double shown_percent = std::max(share, 0.0) * 100;
  std::string percent;
  if (most != 0 && shown_percent > most_shown) percent = ", more than 999 %";
  if (most != 0 && shown_percent <= most_shown) percent = ", " + std::to_string(static_cast<int>(shown_percent)) + " %";
  return "[" + std::string(filled, '#') + std::string(bar_width - filled, '-') + "] " + std::to_string(value) + " of " +
         std::to_string(most) + percent + (value > most ? ", over the limit" : "");
}

Json to_json(const health::Usage& usage) {
  Json limits = Json::array();
  for (const health::LimitUsage& limit : usage.limits) {
    limits.push_back({{"limit", limit.limit},
                      {"most", limit.most},
                      {"field", core::or_null(limit.path)},
                      {"value", core::or_null(limit.value)},
                      {"over", limit.value && *limit.value > limit.most},
                      {"problem", core::or_null(limit.problem)}});
  }
  return {{"serial", usage.verdict.licence->serial},
          {"state", core::name(usage.verdict.state)},
          {"disclosure", core::or_null(usage.disclosure)},
          {"number", core::or_null(usage.number)},
          {"time", core::or_null(usage.time)},
          {"file", core::or_null(usage.file)},
          {"problem", core::or_null(usage.problem)},
          {"limits", limits},
          {"exit", 0}};
}

int run(Context& context) {
  const auto usage = health::licence_usage(context.site);
  if (!usage) return context.console.report(usage.error());
  if (context.console.json()) {
    context.console.print(to_json(*usage));
    return 0;
  }
  context.console.say("licence " + usage->verdict.licence->serial + ", " + in_words(usage->verdict));
  if (usage->limits.empty()) context.console.say("it sets no limits");
  std::vector<std::pair<std::string, std::string>> rows;
  for (const health::LimitUsage& limit : usage->limits) {
    rows.emplace_back(limit.limit, limit.value ? bar(*limit.value, limit.most)
                                               : "at most " + std::to_string(limit.most) + "; " + limit.problem);
  }
  context.console.say(rows);
  if (usage->problem.empty()) {
    context.console.say("figures of report " + std::to_string(usage->number) + ", disclosure " +
                        std::to_string(usage->disclosure) + " at " + usage->time->text() + ", " + usage->file);
  }
  return 0;
}

}  // namespace licence_usage_command

void add_licence_usage(Context& context, console::Command& group) {
  context.console.command(group, "usage", "compare the licence's limits with the figures of the last disclosed report",
                          "  airlock licence usage\n  airlock licence usage --json | jq '.limits[] | select(.over)'",
                          [&context] { return licence_usage_command::run(context); });
}

}  // namespace airlock::tools
