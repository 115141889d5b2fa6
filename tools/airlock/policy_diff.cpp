#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "documents.hpp"
#include "present.hpp"
#include "prover/diff.hpp"

namespace airlock::tools {
namespace policy_diff_command {

using core::Json;
using core::quote;

struct Options {
  std::string before;
  std::string after;
  std::vector<std::string> dictionary;
  std::vector<std::string> before_dictionary;
};

Json terms_json(const std::vector<prover::TermChange>& changes) {
  Json out = Json::array();
  for (const auto& each : changes) {
    const auto& difference = each.difference;
    Json tiers = Json::array();
    for (const auto& tier : each.tiers) tiers.push_back(core::or_null(tier));
    out.push_back({{"what", difference.what},
                   {"path", core::or_null(difference.path)},
                   {"class", core::or_null(each.cls)},
                   {"before", difference.from},
                   {"after", difference.to},
                   {"reason", policy::reason(difference)},
                   {"direction", prover::name(each.direction)},
                   {"tiers", tiers},
                   {"combinations", each.combinations}});
  }
  return out;
}

int diff(Context& context, const Options& options) {
  const auto after = documents_from(context, options.after, options.dictionary);
  if (!after) return context.console.report(after.error());
  const auto before = documents_from(
      context, options.before, options.before_dictionary.empty() ? options.dictionary : options.before_dictionary);
  if (!before) return context.console.report(before.error());
  const auto found = prover::diff({before->policy, before->dictionary}, {after->policy, after->dictionary});
  if (!found) return context.console.report(found.error());
  const auto code = found->gets_looser() ? std::optional(core::Code::refused) : std::nullopt;
  const auto sentences = prover::in_sentences(*found);
  if (!context.console.json()) {
    for (const auto& sentence : sentences) context.console.say(sentence);
    say_would_cover(context.console, found->would_cover);
    context.console.say(std::to_string(found->changed) + " of " + std::to_string(found->combinations) +
                        " combinations change" + (code ? "; something gets looser" : "; nothing gets looser"));
    return core::exit_code(code);
  }
  Json dispositions = Json::array();
  for (const auto& each : found->dispositions) {
    dispositions.push_back({{"tier", core::or_null(each.tier)},
                            {"before", policy::name(each.before)},
                            {"after", policy::name(each.after)},
                            {"direction", prover::name(each.direction)},
                            {"combinations", each.combinations},
                            {"first", each.first}});
  }
  Json treatments = Json::array();
  for (const auto& each : found->treatments) {
    Json tiers = Json::array();
    for (const auto& tier : each.tiers) tiers.push_back(core::or_null(tier));
    treatments.push_back({{"path", core::or_null(each.path)},
                          {"of", each.of},
                          {"class", core::or_null(each.cls)},
                          {"before", each.before},
                          {"after", each.after},
                          {"direction", prover::name(each.direction)},
                          {"tiers", tiers},
                          {"combinations", each.combinations}});
  }
  return print_document(context.console,
                        {{"combinations", found->combinations},
                         {"changed", found->changed},
                         {"looser", found->gets_looser()},
                         {"dispositions", dispositions},
                         {"treatments", treatments},
                         {"terms", terms_json(found->terms)},
                         {"consents", to_json(found->would_cover)},
                         {"consents_suffice", !found->would_cover.consents.empty() && found->would_cover.suffices},
                         {"sentences", sentences}},
                        code, "something gets looser",
                        "`sentences` says what; a site needs `airlock authorise` for it");
}

}  // namespace policy_diff_command

void add_policy_diff(Context& context, console::Command& group) {
  using namespace policy_diff_command;
  auto options = std::make_shared<Options>();
  console::Command command = context.console.command(
      group, "diff", "what changes from one policy to another; exit 4 where anything gets looser",
      "  airlock policy diff old.json new.json --dictionary dictionary.json",
      [&context, options] { return diff(context, *options); });
  command.about(
      "Both policies are evaluated for every combination of facts. So a change is found wherever it is made. What gets "
      "looser is judged as a site judges it by its ceiling: a site holds reports for it until `airlock authorise`. "
      "Recipients, destinations and approvals are parts of a kit and not compared; `airlock kit verify` does that.",
      "guides/write-a-policy.md");
  command.exits({{4, "something gets looser"}});
  command.text("OLD", options->before, "the policy before", console::Kind::file, console::Need::required);
  command.text("NEW", options->after, "the policy after", console::Kind::file, console::Need::required);
  command.repeated("--dictionary", options->dictionary, "the files of the dictionary of both (default: the kit's)",
                   console::Kind::file);
  command.repeated("--old-dictionary", options->before_dictionary,
                   "the files of the dictionary of OLD, if OLD has another one", console::Kind::file);
}

}  // namespace airlock::tools
