#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "health/documents.hpp"
#include "office/authorise.hpp"
#include "office/clock.hpp"
#include "present.hpp"

namespace airlock::tools {
namespace authorise_command {

using core::Json;

/// The exit code if nobody can confirm. It is not `usage`, since the command line is right: without `--yes` the command
/// shows what would be allowed, and allows nothing.
constexpr core::Code unattended = core::Code::refused;
constexpr std::string_view reason_hint = "say who decided and why: the ledger keeps it for ever";

struct Options {
  std::string reason;
  bool yes = false;
  bool clock = false;
  std::vector<std::string> also_new;
};

Json to_json(const office::Proposal& proposal) {
  Json events = Json::array();
  for (const office::Raise& raise : proposal.raises) {
    events.push_back({{"event", raise.event},
                      {"before", raise.before ? Json(policy::name(*raise.before)) : Json(nullptr)},
                      {"after", policy::name(raise.decision.disposition)},
                      {"looser", health::looser_json(raise.loosenings)}});
  }
  return events;
}

void add_consents(std::vector<std::string>& out, std::string_view title, const std::vector<policy::AlsoNew>& consents) {
  if (consents.empty()) {
    out.push_back(std::string(title) + " none");
    return;
  }
  out.emplace_back(title);
  for (const policy::AlsoNew& consent : consents) out.push_back("  " + policy::text(consent));
}

/// The proposal in sentences: one line for each difference between old and new.
std::vector<std::string> sentences(const office::Proposal& proposal) {
  std::vector<std::string> out;
  out.push_back("kit number " + std::to_string(proposal.kit) + ", licence " + proposal.licence);
  if (proposal.kit_before) {
    out.push_back("this kit would replace kit number " + std::to_string(*proposal.kit_before) +
                  ", which is in force; to keep that one, install it again instead");
    if (proposal.raises.empty()) out.emplace_back("nothing would be looser than this site's ceiling");
  }
  for (const office::Raise& raise : proposal.raises) {
    out.push_back("reports of event " + core::quote(raise.event) + " would be allowed " +
                  core::quote(policy::name(raise.decision.disposition)) +
                  (raise.before ? "; so far at most " + core::quote(policy::name(*raise.before)) : "") +
                  ". Looser are:");
    for (const auto& difference : raise.loosenings) out.push_back("  " + difference.text());
  }
  if (proposal.also_new) {
    add_consents(out,
                 "values that a later kit declares for the first time would leave, and nobody would be asked again:",
                 *proposal.also_new);
    add_consents(out, "so far:", proposal.consented);
  }
  return out;
}

/// The consequences of disowning the times of a bad clock, to be shown before a person confirms.
std::vector<std::string> sentences(const office::ClockProposal& proposal) {
  std::vector<std::string> out{"the clock says " + proposal.now.text() + ", the ledger's newest time is " +
                                   proposal.ledger.value_or(proposal.now).text(),
                               "every time in the ledger that is later than the clock's would no longer count"};
  if (proposal.back) {
    out.push_back("licence " + core::quote(proposal.back->licence.serial) + ", which begins only at " +
                  proposal.back->licence.not_before.text() + ", would wait again, and " +
                  core::quote(proposal.back->former.serial) + " would be in force again");
  }
  if (proposal.stays) out.push_back("this would stay: " + proposal.stays->message);
  return out;
}

int run_clock(Context& context, const Options& options) {
  const console::Console& console = context.console;
  const auto proposal = office::propose_clock(context.site);
  if (!proposal) return console.report(proposal.error());
  if (proposal->empty()) {
    if (proposal->stays) return console.report(*proposal->stays);
    if (console.json()) console.print({{"authorised", false}, {"exit", 0}});
    console.say("no time in the ledger is later than the clock's, so there is nothing to disown");
    return 0;
  }
  const auto confirmed = console.confirm(sentences(*proposal), "Allow this?", options.yes, unattended);
  if (!confirmed) return console.report(confirmed.error());
  const auto done = office::disown_times(context.site, options.reason);
  if (!done) return console.report(done.error());
  if (console.json()) {
    console.print({{"authorised", true},
                   {"clock", {{"now", done->now.text()}, {"disowned_newest", done->ledger.value_or(done->now).text()}}},
                   {"exit", 0}});
  }
  console.say("recorded; entries with later times stay in the ledger, but their times no longer count");
  if (done->stays) console.warn(done->stays->message, done->stays->hint);
  return 0;
}

int run(Context& context, const Options& options) {
  const console::Console& console = context.console;
  if (const auto checked = core::check_reason(options.reason, reason_hint); !checked) {
    return console.report(checked.error());
  }
  std::optional<std::vector<policy::AlsoNew>> also_new;
  if (!options.also_new.empty()) {
    auto read = policy::also_new_from_words(options.also_new);
    if (!read) return console.report(read.error());
    if (options.clock) {
      return console.report(
          {core::Code::usage, "`--clock` and `--also-new` cannot be given together", "run the command once with each"});
    }
    also_new = std::move(*read);
  }
  if (options.clock) return run_clock(context, options);
  const auto proposal = office::propose(context.site, also_new);
  if (!proposal) return console.report(proposal.error());
  if (proposal->empty()) {
    if (console.json()) console.print({{"authorised", false}, {"events", Json::array()}, {"exit", 0}});
    console.say("nothing in force is looser than this site's ceiling, so there is nothing to authorise");
    return 0;
  }
  const auto confirmed = console.confirm(sentences(*proposal), "Allow this?", options.yes, unattended);
  if (!confirmed) return console.report(confirmed.error());
  if (const auto done = office::authorise(context.site, *proposal, options.reason); !done) {
    return console.report(done.error());
  }
  if (console.json())
    console.print({{"authorised", true},
                   {"kit", proposal->kit},
                   {"kit_before", core::or_null(proposal->kit_before)},
                   {"events", to_json(*proposal)},
                   {"also_new", policy::to_json(proposal->also_new.value_or(proposal->consented))},
                   {"exit", 0}});
  console.say("authorised and recorded");
  say_waiting(console, context.site);
  return 0;
}

int run_hold(Context& context, const std::string& reason, bool stop) {
  const console::Console& console = context.console;
  if (!reason.empty()) {
    if (const auto checked = core::check_reason(reason, reason_hint); !checked) return console.report(checked.error());
  }
  const auto changed = stop ? office::put_on_hold(context.site, reason) : office::lift_hold(context.site, reason);
  if (!changed) return console.report(changed.error());
  if (console.json()) console.print({{"on_hold", stop}, {"changed", *changed}, {"exit", 0}});
  if (stop) {
    console.say(*changed ? "nothing leaves any more until `airlock release`" : "disclosures are on hold already");
  } else {
    console.say(*changed ? "disclosures go on" : "disclosures are not on hold");
    if (*changed) say_waiting(console, context.site);
  }
  return 0;
}

}  // namespace authorise_command

void add_authorise(Context& context) {
  using namespace authorise_command;
  auto options = std::make_shared<Options>();
  console::Command command = context.console.command(
      "authorise", "allow what is looser than this site's ceiling, after showing it",
      "  airlock authorise --reason 'contract 4711 of 2026-11-20 allows sending'\n"
      "  airlock authorise --reason 'new recipient, ticket 815' --yes\n"
      "  airlock authorise --reason 'board, 2026-11-20' --also-new class=usage type=count,boolean\n"
      "  airlock authorise --clock --reason 'clock was a year ahead until today'",
      [&context, options] { return run(context, *options); });
  command.about(
      "The ceiling is the loosest decision that a person has authorised. Where licence, kit or configuration ask for "
      "more, reports are held. This command shows the difference, records your reason, and raises the ceiling. "
      "`airlock process --held` then decides again on what waits.",
      "guides/authorise.md");
  command.text("--reason", options->reason, "why, for the ledger", console::Need::required);
  command.flag("--yes", options->yes, "do not ask");
  command.words("--also-new", options->also_new,
                "also let values of this class and these types leave that a later kit declares for the first time; "
                "`none` takes this back");
  command.flag("--clock", options->clock, "instead: ignore the times that a wrong clock put into the ledger");
}

void add_hold(Context& context) {
  using namespace authorise_command;
  auto reason = std::make_shared<std::string>();
  context.console
      .command("hold", "stop every disclosure at once", "  airlock hold --reason 'incident 12'",
               [&context, reason] { return run_hold(context, *reason, true); })
      .about("From now on nothing leaves. Reports are recorded and held, and what is queued is not sent.",
             "guides/authorise.md")
      .text("--reason", *reason, "why, for the ledger");
}

void add_release(Context& context) {
  using namespace authorise_command;
  auto reason = std::make_shared<std::string>();
  context.console
      .command("release", "let disclosures go on after `airlock hold`",
               "  airlock release --reason 'incident 12 closed'",
               [&context, reason] { return run_hold(context, *reason, false); })
      .about("Reports that were held meanwhile wait for `airlock process --held`.", "guides/authorise.md")
      .text("--reason", *reason, "why, for the ledger");
}

}  // namespace airlock::tools
