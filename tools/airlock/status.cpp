#include <algorithm>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "health/documents.hpp"
#include "health/status.hpp"
#include "licence/verdict.hpp"
#include "present.hpp"
#include "sys/abilities.hpp"

namespace airlock::tools {
namespace status_command {

std::string machine_in_words(const site::Machine& machine) {
  if (machine.text.empty()) return "no " + std::string(site::machine_path);
  std::string out(site::machine_path);
  out += machine.floor ? ": floor " + std::string(policy::name(*machine.floor)) : ": no floor";
  out += ", " + std::to_string(machine.redact_also.size()) + " redactions";
  if (machine.destinations) out += ", destinations " + joined(*machine.destinations);
  return out;
}

/// The protections that this kernel lacks for the process that reads reports, in words; empty if it has all. The ledger
/// records the protections in force for every report.
std::string missing_in_words(const sys::Abilities& abilities) {
  std::string out;
  if (!abilities.seccomp) out = "the kernel has no seccomp";
  if (abilities.landlock == 0) {
    out += std::string(out.empty() ? "the kernel has no" : " and no") +
           " Landlock: files are protected by their permissions only";
  }
  return out;
}

/// How many officers' certificates the site has.
std::string certificates_in_words(std::size_t count) {
  if (count == 0) return "no officer's certificate is there";
  return std::to_string(count) + (count == 1 ? " officer's certificate is there" : " officers' certificates are there");
}

/// An interval in words: `7 days` for `P7D`.
std::string in_words_interval(const std::string& every) {
  const std::string count = every.substr(1, every.size() - 2);
  return count + (every.back() == 'W' ? " week" : " day") + (count == "1" ? "" : "s");
}

/// Shows the reports that wait, why, and what to do. Warns if some are removed soon.
void say_waiting_reports(const console::Console& console, const health::Status& status) {
  const auto days = status.inputs.site.configuration().held_days;
  for (const gate::WaitingGroup& group : status.waiting) {
    std::string numbers;
    for (const std::uint64_t number : group.numbers) numbers += (numbers.empty() ? "" : ", ") + std::to_string(number);
    if (group.numbers.size() < group.count) numbers += ", …";
    const std::string newest = std::to_string(group.numbers.front());
    console.say(std::to_string(group.count) + (group.count == 1 ? " report is " : " reports are ") +
                (group.refused ? "refused" : "held") + ", since " + group.oldest.date() + " (" + numbers + ")");
    console.say("  " + group.reason + ": " + core::printable(group.message, 400));
    const bool is_a_persons =
        !group.refused && (group.reason == "hold" || group.reason == "ceiling" || group.reason == "approval");
    console.say("  `airlock explain " + newest + "` says why" +
                (is_a_persons ? ", `airlock preview " + newest + "` what would leave" : "") +
                "; `airlock discard N --reason TEXT` lets go of one");
    if (!group.expires_soon(status.inputs.now)) continue;
    console.warn("the bytes of a report that is " + std::string(group.refused ? "refused" : "held") + " since " +
                     group.oldest.date() + " are removed after " + std::to_string(days) + " days, on " +
                     group.expires.date(),
                 "decide on it before then, or raise `retention.held_days` in airlock.json");
  }
}

/// Shows the paths whose members were taken out as copies. Warns about a path to which that happened in more than one
/// disclosure: then a person should change the redactions or the kit.
void say_copied(const console::Console& console, const std::vector<health::CopiedAway>& copied) {
  for (const health::CopiedAway& each : copied) {
    console.say(each.path + ": " + std::to_string(each.members) + " taken out as copies, of " +
                std::to_string(each.disclosures) + " of the newest " + std::to_string(health::copies_counted_of) +
                " disclosures");
    if (each.disclosures < 2) continue;
    console.warn(core::quote(each.path) + " was taken out as a copy of another value more than once",
                 "`airlock explain` names the other value. If this member may never leave, name it in `redact_also`; "
                 "if its values are no secret, ask the vendor for an `enum` or another class in the next kit");
  }
}

/// Says how many words never leave, and never which.
void say_words(const console::Console& console, const site::SiteWords& words) {
  if (words.problem) {
    console.say("words that never leave: the list cannot be used, so every report is held");
    console.warn(words.problem->message + ": every report is held", words.problem->hint);
  } else if (words.in_force()) {
    console.say("words that never leave: " + std::to_string(words.words.size()) + ", in " +
                std::string(site::layout::words) +
                (words.officers == 0 ? ""
                                     : ", with the lists of " + std::to_string(words.officers) +
                                           (words.officers == 1 ? " officer" : " officers")));
  }
}

int run(Context& context) {
  const auto status = health::status(context.site);
  if (!status) return context.console.report(status.error());
  warn_of_end(context.console, status->inputs.licence.verdict);
  if (context.console.json()) {
    context.console.print(health::status_document(*status));
    return 0;
  }
  const site::Configuration& configuration = status->inputs.site.configuration();
  const licence::LicenceVerdict& verdict = status->inputs.licence.verdict;
  std::string kit = "none: " + status->inputs.no_kit.message;
  if (!status->inputs.no_kit.hint.empty()) kit += "\n" + status->inputs.no_kit.hint;
  if (status->inputs.kit) {
    kit = "number " + std::to_string(status->inputs.kit->number) + ", policy " + status->inputs.kit->policy.name() +
          " " + status->inputs.kit->policy.version();
    if (status->inputs.kit->is_stale(status->inputs.now)) {
      kit += "; stale since " + status->inputs.kit->next_update.date() + ", ask the vendor for a new one";
    }
  }
  std::string licence = verdict.licence ? verdict.licence->serial + ", tier " + verdict.licence->tier + ", " : "";
  licence += in_words(verdict) + (verdict.code() ? ": " + verdict.reason : "");
  if (verdict.code() && !verdict.hint.empty()) licence += "\n" + verdict.hint;
  std::vector<std::pair<std::string, std::string>> rows{
      {"site", configuration.site_id + (configuration.name.empty() ? "" : ", " + configuration.name)},
      {"certificate", status->certificate_sha256.empty() ? "cannot be read" : "SHA-256 " + status->certificate_sha256},
      {"product", configuration.product.empty() ? "not known yet" : configuration.product},
      {"kit", kit},
      {"licence", licence + (next_in_words(verdict).empty() ? "" : "\nnext: " + next_in_words(verdict))},
      {"floor", configuration.floor ? std::string(policy::name(*configuration.floor)) : "none"},
      {"machine", machine_in_words(status->inputs.machine)},
      {"ceiling", std::string(policy::name(health::authorised_ceiling(status->inputs))) +
                      (status->inputs.ceiling ? "" : ", since this site never had a kit and a licence at once")}};
  if (const auto asked = status->inputs.approvals(); !asked.none()) {
    rows.emplace_back("approvals",
                      policy::in_words(asked) + "; " + certificates_in_words(status->inputs.officers.list.size()));
  }
  if (const std::string missing = missing_in_words(sys::sandbox_abilities()); !missing.empty()) {
    rows.emplace_back("sandbox", missing);
  }
  context.console.say(rows);
  for (const gate::OwnRedaction& own : status->own_redactions) {
    context.console.say("also redacted here: " + gate::in_words(own.redaction) +
                        (own.problem.empty() ? "" : "; selects nothing, so every report is held"));
    if (!own.problem.empty()) context.console.warn(own.problem + ": every report is held", own.hint);
  }
  say_words(context.console, status->inputs.words);
  for (const policy::AlsoNew& consent : status->also_new) {
    context.console.say("values that a later kit declares for the first time may leave: " + policy::text(consent));
  }
  if (const auto& hold = status->inputs.hold) {
    context.console.say("on hold since " + hold->since.text() + (hold->reason.empty() ? "" : ": " + hold->reason) +
                        "; nothing leaves until `airlock release`");
  }
  for (const health::Standing& standing : status->standings) {
    context.console.say("reports of event " + standing.event + ": " +
                        std::string(policy::name(standing.decision.disposition)));
    for (const std::string& sentence : standing.sentences) context.console.say("  " + sentence);
    if (standing.above_ceiling.empty()) continue;
    context.console.say("  reports are held: this is looser than the ceiling; `airlock authorise` would allow it");
    for (const auto& difference : standing.above_ceiling) context.console.say("    " + difference.text());
  }
  context.console.say("ledger: " + std::to_string(status->reports) + " reports, " +
                      std::to_string(status->disclosures) + " disclosures, " + std::to_string(status->held) +
                      " held, " + std::to_string(status->refused) + " refused, " + std::to_string(status->head.size) +
                      " entries, root " + status->head.root.hex());
  say_waiting_reports(context.console, *status);
  say_copied(context.console, status->copied);
  if (status->schedule) {
    const health::Schedule& schedule = *status->schedule;
    context.console.say("a report is to leave every " + in_words_interval(schedule.every) + ": the last one " +
                        (schedule.last ? "on " + schedule.last->date() : "never") + ", the next one " +
                        (schedule.overdue ? "is overdue since " : "by ") + schedule.due.date());
  }
  if (status->queue.queued + status->queue.failed != 0) {
    context.console.say("to be sent: " + std::to_string(status->queue.queued) + " waiting, " +
                        std::to_string(status->queue.failed) + " given up; see `airlock outbox list`");
  }
  if (status->bundles != 0) {
    context.console.say("bundles: " + std::to_string(status->bundles - status->handed_over) +
                        " sealed, to be handed over; " + std::to_string(status->handed_over) +
                        " handed over, without a receipt; see `airlock outbox list`");
  }
  if (status->acknowledged != 0) {
    context.console.say("acknowledged bundles that are still kept: " + std::to_string(status->acknowledged));
  }
  if (status->receipt) {
    context.console.say("the vendor's last receipt is number " + std::to_string(status->receipt->sequence) +
                        ", imported " + status->receipt->time.text());
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
  context.console
      .command("status", "what is in force at this site, and why",
               "  airlock status\n  airlock status --json | jq .licence.days_left", [&context] { return run(context); })
      .about("Names the licence, the kit, the ceiling, what waits and why, and what to do about it.",
             "guides/operate-a-site.md");
}

}  // namespace airlock::tools
