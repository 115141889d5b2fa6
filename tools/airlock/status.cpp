#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "gate/status.hpp"
#include "present.hpp"

namespace airlock::tools {
namespace status_command {

using core::Json;

constexpr std::string_view above_ceiling =
    "looser than this site's ceiling, `seal`: reports are held; this version of airlock cannot send";

Json to_json(const gate::Status& status) {
  const site::Configuration& configuration = status.inputs.site.configuration();
  const auto text_or_null = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
  Json kit(nullptr);
  if (status.inputs.kit) {
    kit = {{"number", status.inputs.kit->number},
           {"issued", status.inputs.kit->issued.text()},
           {"next_update", status.inputs.kit->next_update.text()},
           {"stale", status.inputs.kit->next_update < status.inputs.now}};
  }
  Json events = Json::array();
  for (const gate::Standing& standing : status.standings) {
    events.push_back({{"event", standing.event},
                      {"disposition", policy::name(standing.decision.disposition)},
                      {"profiles", standing.decision.profiles},
                      {"rules", standing.decision.rules},
                      {"because", standing.sentences},
                      {"held_by_ceiling", standing.above_ceiling}});
  }
  return {{"site", status.inputs.site.directory()},
          {"site_id", configuration.site_id},
          {"name", text_or_null(configuration.name)},
          {"product", text_or_null(configuration.product)},
          {"floor", configuration.floor ? Json(policy::name(*configuration.floor)) : Json(nullptr)},
          {"ceiling", policy::name(gate::ceiling)},
          {"kit", kit},
          {"kit_problem", text_or_null(status.inputs.no_kit.message)},
          {"licence", tools::to_json(status.inputs.licence.verdict)},
          {"events", events},
          {"reports", status.reports},
          {"disclosures", status.disclosures},
          {"held", status.held},
          {"unfinished", status.unfinished},
          {"ledger_size", status.head.size},
          {"ledger_root", status.head.root.hex()},
          {"exit", 0}};
}

int run(Context& context) {
  const auto status = gate::status(context.site);
  if (!status) return context.console.report(status.error());
  if (context.console.json()) {
    context.console.print(to_json(*status));
    return 0;
  }
  const site::Configuration& configuration = status->inputs.site.configuration();
  const licence::Verdict& verdict = status->inputs.licence.verdict;
  std::string kit = "none: " + status->inputs.no_kit.message;
  if (status->inputs.kit) {
    kit = "number " + std::to_string(status->inputs.kit->number) + ", policy " + status->inputs.kit->policy.name() +
          " " + status->inputs.kit->policy.version();
    if (status->inputs.kit->next_update < status->inputs.now) {
      kit += "; stale since " + status->inputs.kit->next_update.date() + ", ask the vendor for a new one";
    }
  }
  std::string licence = verdict.licence ? verdict.licence->serial + ", tier " + verdict.licence->tier + ", " : "";
  licence += in_words(verdict) + (verdict.exit_code() == 0 ? "" : ": " + verdict.reason);
  context.console.say({{"site", configuration.site_id + (configuration.name.empty() ? "" : ", " + configuration.name)},
                       {"product", configuration.product.empty() ? "not known yet" : configuration.product},
                       {"kit", kit},
                       {"licence", licence},
                       {"floor", configuration.floor ? std::string(policy::name(*configuration.floor)) : "none"}});
  for (const gate::Standing& standing : status->standings) {
    context.console.say("reports of event " + standing.event + ": " +
                        std::string(policy::name(standing.decision.disposition)));
    for (const std::string& sentence : standing.sentences) context.console.say("  " + sentence);
    if (standing.above_ceiling) context.console.say("  " + std::string(above_ceiling));
  }
  context.console.say("ledger: " + std::to_string(status->reports) + " reports, " +
                      std::to_string(status->disclosures) + " disclosures, " + std::to_string(status->held) +
                      " held, " + std::to_string(status->head.size) + " entries, root " + status->head.root.hex());
  if (status->unfinished != 0) {
    context.console.say("unfinished: " + std::to_string(status->unfinished) +
                        " disclosures were cut short; the next `airlock process` finishes or undoes them");
  }
  return 0;
}

}  // namespace status_command

void add_status(Context& context) {
  using namespace status_command;
  context.console.command("status", "what is in force at this site, and why",
                          "  airlock status\n  airlock status --json | jq .licence.days_left",
                          [&context] { return run(context); });
}

}  // namespace airlock::tools
