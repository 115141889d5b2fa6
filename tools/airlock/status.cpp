#include <algorithm>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "gate/status.hpp"
#include "present.hpp"
#include "sys/abilities.hpp"

namespace airlock::tools {
namespace status_command {

using core::Json;

/// The loosest that a person has authorised, or that a site has by itself.
policy::Disposition ceiling_of(const gate::Inputs& inputs) {
  if (!inputs.ceiling) return policy::Disposition::seal;
  auto out = policy::Disposition::withhold;
  for (const auto& [event, terms] : *inputs.ceiling) out = std::min(out, terms.disposition);
  return out;
}

Json ceiling_json(const gate::Inputs& inputs, const std::string& event) {
  if (!inputs.ceiling) return nullptr;
  const auto found = inputs.ceiling->find(event);
  if (found == inputs.ceiling->end()) return nullptr;
  return {{"disposition", policy::name(found->second.disposition)},
          {"recipients", found->second.recipients},
          {"destinations", found->second.destinations}};
}

Json looser_json(const std::vector<policy::Loosening>& loosenings) {
  Json out = Json::array();
  for (const auto& each : loosenings) out.push_back({{"what", each.what}, {"from", each.from}, {"to", each.to}});
  return out;
}

Json machine_json(const site::Machine& machine) {
  if (machine.text.empty()) return nullptr;
  return {{"file", site::machine_path},
          {"floor", machine.floor ? Json(policy::name(*machine.floor)) : Json(nullptr)},
          {"redact_also", machine.redact_also.size()},
          {"destinations", machine.destinations ? Json(*machine.destinations) : Json(nullptr)}};
}

Json sandbox_json(bool best_effort) {
  const sys::Abilities abilities = sys::sandbox_abilities();
  return {{"wanted", best_effort ? "best-effort" : "required"},
          {"seccomp", abilities.seccomp},
          {"landlock", abilities.landlock}};
}

std::string machine_in_words(const site::Machine& machine) {
  if (machine.text.empty()) return "no " + std::string(site::machine_path);
  std::string out(site::machine_path);
  out += machine.floor ? ": floor " + std::string(policy::name(*machine.floor)) : ": no floor";
  out += ", " + std::to_string(machine.redact_also.size()) + " redactions";
  if (machine.destinations) out += ", destinations " + joined(*machine.destinations);
  return out;
}

/// What keeps the process that reads reports, where the kernel has less than all; the ledger says it of every report.
std::string missing_in_words(const sys::Abilities& abilities) {
  std::string out;
  if (!abilities.seccomp) out = "the kernel has no seccomp";
  if (abilities.landlock == 0) {
    out += std::string(out.empty() ? "the kernel has no" : " and no") +
           " Landlock: files are protected by their permissions only";
  }
  return out;
}

/// `P7D` as `7 days`.
std::string in_words_interval(const std::string& every) {
  const std::string count = every.substr(1, every.size() - 2);
  return count + (every.back() == 'W' ? " week" : " day") + (count == "1" ? "" : "s");
}

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
                      {"ceiling", ceiling_json(status.inputs, standing.event)},
                      {"held_by_ceiling", !standing.above_ceiling.empty()},
                      {"looser", looser_json(standing.above_ceiling)}});
  }
  Json schedule(nullptr);
  if (status.schedule) {
    schedule = {{"every", status.schedule->every},
                {"last", status.schedule->last ? Json(status.schedule->last->text()) : Json(nullptr)},
                {"due", status.schedule->due.text()},
                {"overdue", status.schedule->overdue}};
  }
  Json receipt(nullptr);
  if (status.receipt) {
    receipt = {{"sequence", status.receipt->sequence}, {"imported", status.receipt->time.text()}};
  }
  return {{"site", status.inputs.site.directory()},
          {"site_id", configuration.site_id},
          {"name", text_or_null(configuration.name)},
          {"product", text_or_null(configuration.product)},
          {"floor", configuration.floor ? Json(policy::name(*configuration.floor)) : Json(nullptr)},
          {"machine", machine_json(status.inputs.machine)},
          {"ceiling", policy::name(ceiling_of(status.inputs))},
          {"hold", status.inputs.hold ? Json{{"since", status.inputs.hold->since.text()},
                                             {"reason", text_or_null(status.inputs.hold->reason)}}
                                      : Json(nullptr)},
          {"sandbox", sandbox_json(configuration.sandbox_best_effort)},
          {"kit", kit},
          {"kit_problem", text_or_null(status.inputs.no_kit.message)},
          {"licence", tools::to_json(status.inputs.licence.verdict)},
          {"events", events},
          {"reports", status.reports},
          {"disclosures", status.disclosures},
          {"held", status.held},
          {"queue", {{"waiting", status.queue.queued}, {"failed", status.queue.failed}}},
          {"bundles", {{"waiting", status.bundles - status.handed_over}, {"handed_over", status.handed_over}}},
          {"receipt", receipt},
          {"unfinished", status.unfinished},
          {"schedule", schedule},
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
  context.console.say(
      {{"site", configuration.site_id + (configuration.name.empty() ? "" : ", " + configuration.name)},
       {"product", configuration.product.empty() ? "not known yet" : configuration.product},
       {"kit", kit},
       {"licence", licence},
       {"floor", configuration.floor ? std::string(policy::name(*configuration.floor)) : "none"},
       {"machine", machine_in_words(status->inputs.machine)},
       {"ceiling", std::string(policy::name(ceiling_of(status->inputs))) +
                       (status->inputs.ceiling ? "" : ", since there were never both kit and licence")}});
  if (const std::string missing = missing_in_words(sys::sandbox_abilities()); !missing.empty()) {
    context.console.say({{"sandbox", missing}});
  }
  if (const auto& hold = status->inputs.hold) {
    context.console.say("on hold since " + hold->since.text() + (hold->reason.empty() ? "" : ": " + hold->reason) +
                        "; nothing leaves until `airlock release`");
  }
  for (const gate::Standing& standing : status->standings) {
    context.console.say("reports of event " + standing.event + ": " +
                        std::string(policy::name(standing.decision.disposition)));
    for (const std::string& sentence : standing.sentences) context.console.say("  " + sentence);
    if (standing.above_ceiling.empty()) continue;
    context.console.say("  reports are held: this is looser than the ceiling; `airlock authorise` would allow it");
    for (const auto& difference : standing.above_ceiling) context.console.say("    " + difference.text());
  }
  context.console.say("ledger: " + std::to_string(status->reports) + " reports, " +
                      std::to_string(status->disclosures) + " disclosures, " + std::to_string(status->held) +
                      " held, " + std::to_string(status->head.size) + " entries, root " + status->head.root.hex());
  if (status->schedule) {
    const gate::Schedule& schedule = *status->schedule;
    context.console.say("reports come every " + in_words_interval(schedule.every) + ": the last one " +
                        (schedule.last ? "on " + schedule.last->date() : "never") + ", the next one " +
                        (schedule.overdue ? "is overdue since " : "by ") + schedule.due.date());
  }
  if (status->queue.queued + status->queue.failed != 0) {
    context.console.say("to be sent: " + std::to_string(status->queue.queued) + " waiting, " +
                        std::to_string(status->queue.failed) + " given up; see `airlock outbox list`");
  }
  if (status->bundles != 0) {
    context.console.say("bundles: " + std::to_string(status->bundles - status->handed_over) +
                        " wait to be handed over, " + std::to_string(status->handed_over) +
                        " were and wait for a receipt; see `airlock outbox list`");
  }
  if (status->receipt) {
    context.console.say("the vendor's last receipt is number " + std::to_string(status->receipt->sequence) +
                        ", imported on " + status->receipt->time.date());
  }
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
