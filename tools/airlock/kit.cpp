#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "gate/kit_files.hpp"
#include "health/documents.hpp"
#include "office/install_kit.hpp"
#include "present.hpp"
#include "site/site.hpp"
#include "sys/read_file.hpp"

namespace airlock::tools {
namespace kit_command {

core::Json to_json(const site::Kit& kit) {
  core::Json recipients = core::Json::array();
  for (const auto& recipient : kit.recipients) {
    recipients.push_back({{"subject", recipient.subject()}, {"sha256", recipient.fingerprint().hex()}});
  }
  return {{"number", kit.number},
          {"product", kit.product},
          {"issued", kit.issued.text()},
          {"next_update", kit.next_update.text()},
          {"policy", {{"name", kit.policy.name()}, {"version", kit.policy.version()}, {"tiers", kit.policy.tiers()}}},
          {"dictionary", {{"name", kit.dictionary.name()}, {"fields", kit.dictionary.fields().size()}}},
          {"recipients", recipients},
          {"approvals", policy::to_json(kit.asked_approvals)},
          {"content_sha256", kit.content_sha256.hex()},
          {"exit", 0}};
}

void warn_of_idle(const console::Console& console, const std::vector<gate::OwnRedaction>& idle) {
  for (const gate::OwnRedaction& own : idle) {
    console.warn(own.problem + (": every report is held while this kit is in force"), own.hint);
  }
}

core::Json to_json(const std::vector<gate::OwnRedaction>& idle) {
  core::Json out = core::Json::array();
  for (const gate::OwnRedaction& own : idle) out.push_back(own.problem);
  return out;
}

core::Json held_json(const office::KitEffect& effect) {
  core::Json out = core::Json::array();
  for (const office::Raise& raise : effect.raises) {
    out.push_back({{"event", raise.event}, {"looser", health::looser_json(raise.loosenings)}});
  }
  return out;
}

/// Adds what the kit does here to a document; `effect` is null if the kit cannot be compared. Scripts must not take
/// that, or a decision that nobody can make, for "nothing is held".
void add_effect(core::Json& document, const office::KitEffect* effect) {
  const bool known = effect != nullptr && effect->problem.empty();
  document["held"] = known ? held_json(*effect) : core::Json(nullptr);
  document["consents"] = known ? tools::to_json(effect->would_cover) : core::Json(nullptr);
  document["by_consent"] = effect != nullptr ? core::Json(effect->by_consent) : core::Json(nullptr);
}

/// What the kit allows beyond this site's ceiling, and what consents let in or would cover.
void say_effect(const console::Console& console, const office::KitEffect& effect, std::string_view are_held) {
  if (!effect.by_consent.empty()) {
    console.say("new values that may leave, since `airlock authorise --also-new` consented to them:");
    for (const std::string& declared : effect.by_consent) console.say("  " + declared);
  }
  for (const office::Raise& raise : effect.raises) {
    console.say("reports of event " + core::quote(raise.event) + " " + std::string(are_held) +
                " until `airlock authorise --reason TEXT`. Looser than this site's ceiling:");
    for (const auto& difference : raise.loosenings) {
      console.say("  " + difference.what + ": " + policy::reason(difference));
    }
  }
  say_would_cover(console, effect.would_cover);
  if (!effect.problem.empty()) console.warn("nobody can say what this kit allows here: " + effect.problem, "");
}

int show(Context& context, const std::string& file) {
  const auto site = site::Site::open(context.site);
  if (!site) return context.console.report(site.error());
  const std::string path = file.empty() ? site->path(site::layout::kit) : file;
  const auto text = sys::read_file(path, published::kit_bytes_limit);
  if (!text) return context.console.report(text.error());
  const auto kit = gate::verify_kit_for(*site, *text);
  if (!kit) return context.console.report(core::Error(kit.error()).within(core::quote(path)));
  const auto idle = office::idle_redactions(*site, *kit);
  if (!idle) return context.console.report(idle.error());
  warn_of_idle(context.console, *idle);
  // Whoever may not read the ledger can verify a kit all the same.
  const auto effect = office::effect_of_kit(*site, *text);
  if (!effect) context.console.warn("cannot compare it with this site's ceiling: " + effect.error().message, "");
  if (context.console.json()) {
    core::Json document = to_json(*kit);
    document["idle_redactions"] = to_json(*idle);
    add_effect(document, effect ? &*effect : nullptr);
    context.console.print(document);
    return 0;
  }
  std::string recipients;
  for (const auto& recipient : kit->recipients) {
    recipients += (recipients.empty() ? "" : "\n") + recipient.subject() + ", SHA-256 " + recipient.fingerprint().hex();
  }
  std::vector<std::pair<std::string, std::string>> rows{
      {"kit", "number " + std::to_string(kit->number) + " for " + kit->product + ", verified"},
      {"issued", kit->issued.text() + ", next update by " + kit->next_update.text()},
      {"policy", kit->policy.name() + " " + kit->policy.version() + ", tiers " + joined(kit->policy.tiers())},
      {"dictionary", kit->dictionary.name() + ", " + std::to_string(kit->dictionary.fields().size()) + " fields"},
      {"recipients", recipients},
      {"content", "SHA-256 " + kit->content_sha256.hex()}};
  if (!kit->asked_approvals.none()) rows.emplace_back("approvals", policy::in_words(kit->asked_approvals));
  context.console.say(rows);
  if (!effect) return 0;
  say_effect(context.console, *effect, file.empty() ? "are held" : "will be held once it is installed,");
  if (effect->raises.empty() && effect->problem.empty()) {
    context.console.say("nothing in it is looser than this site's ceiling");
  }
  return 0;
}

int install(Context& context, const std::string& path) {
  const auto text = sys::read_file(path, published::kit_bytes_limit);
  if (!text) return context.console.report(text.error());
  const auto installed = office::install_kit(context.site, *text);
  if (!installed) return context.console.report(core::Error(installed.error()).within(core::quote(path)));
  warn_of_idle(context.console, installed->idle);
  if (context.console.json()) {
    core::Json document{{"number", installed->number},
                        {"idle_redactions", to_json(installed->idle)},
                        {"approvals", policy::to_json(installed->approvals)},
                        {"exit", 0}};
    add_effect(document, &installed->effect);
    context.console.print(document);
  }
  context.console.say("installed kit number " + std::to_string(installed->number));
  if (!installed->approvals.none()) {
    context.console.say("what would leave waits for the approvals of " + policy::in_words(installed->approvals));
  }
  say_effect(context.console, installed->effect, "are held");
  say_waiting(context.console, context.site);
  return 0;
}

}  // namespace kit_command

void add_kit(Context& context) {
  using namespace kit_command;
  auto file = std::make_shared<std::string>();
  console::Command group = context.console.group("kit", "verify, show or install the vendor's kit");
  context.console
      .command(group, "verify", "verify a kit as this site would, and show what it would change here",
               "  airlock kit verify kit.p7s", [&context, file] { return show(context, *file); })
      .text("FILE", *file, "the kit", console::Kind::file, console::Need::required);
  context.console.command(group, "show", "what the kit in the site directory says", "  airlock kit show",
                          [&context] { return show(context, ""); });
  context.console
      .command(group, "install", "verify a kit and put it into force", "  airlock kit install kit.p7s",
               [&context, file] { return install(context, *file); })
      .about(
          "Shows what changes. Only a kit with a higher number is taken; `airlock authorise` allows a step back. If "
          "the kit allows more than the ceiling, reports are held until `airlock authorise`.",
          "guides/authorise.md")
      .text("FILE", *file, "the kit", console::Kind::file, console::Need::required);
}

}  // namespace airlock::tools
