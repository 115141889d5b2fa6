#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "intake/home.hpp"

namespace airlock::tools {
namespace drift_command {

using core::Code;
using core::Json;

/// The names of undeclared members stay at the site, so only its operator can say what they are.
const std::string drift_hint =
    "the names of unknown members never leave a site by themselves: ask its operator to run `airlock dictionary check "
    "REPORT` and to send you what that prints";

struct Options {
  std::string since;
};

std::string in_words(std::string_view what) {
  if (what == "missing") return "required, missing";
  return what == "ill_typed" ? "of another type" : "undeclared";
}

Json to_json(const intake::Home::DriftingSite& one) {
  Json rows = Json::array();
  for (const intake::DriftRow& row : one.drift.rows) {
    rows.push_back({{"what", row.misfits.what},
                    {"path", row.misfits.path},
                    {"count", row.misfits.count},
                    {"reports", row.reports},
                    {"version", core::or_null(row.version)},
                    {"newest_dictionary", row.is_newest},
                    {"last_received", row.last_received}});
  }
  return {{"site_id", one.site.site_id}, {"name", core::or_null(one.site.name)}, {"reports", one.drift.reports},
          {"held", one.drift.held},      {"unknown", one.drift.unknown},         {"drift", rows}};
}

void say(const console::Console& console, const intake::Home::DriftingSite& one) {
  const intake::SiteDrift& drift = one.drift;
  console.say("site " + intake::described(one.site) + ": " + std::to_string(drift.reports) +
              (drift.reports == 1 ? " bundle" : " bundles") +
              (drift.held == 0 ? "" : "; reports held between them: " + std::to_string(drift.held)));
  if (drift.unknown != 0) {
    console.say("  nothing is known of " + std::to_string(drift.unknown) +
                " that an earlier release took in; `airlock-vendor intake` takes them in again");
  }
  if (drift.rows.empty()) return;
  console::Table table = console.table();
  table.add({"  version", "dictionary", "what", "where", "values", "reports", "last taken in"});
  for (const intake::DriftRow& row : drift.rows) {
    table.add({"  " + (row.version.empty() ? "unknown" : core::printable(row.version)),
               row.is_newest ? "newest" : "older", in_words(row.misfits.what), core::printable(row.misfits.path),
               std::to_string(row.misfits.count), std::to_string(row.reports), row.last_received});
  }
  table.finish();
}

int run(VendorContext& context, const Options& options) {
  const console::Console& console = context.console;
  std::string since;
  if (!options.since.empty()) {
    const auto time = core::Time::from_text(options.since + "T00:00:00Z");
    if (!time) {
      return console.report(
          {Code::usage, "--since: " + core::quote(options.since) + " is not a date", "write `YYYY-MM-DD`, UTC"});
    }
    since = time->text();
  }
  auto home = intake::Home::open(context.home);
  if (!home) return console.report(home.error());
  const auto sites = home->drift(since);
  if (!sites) return console.report(sites.error());
  std::optional<Code> code;
  Json all = Json::array();
  for (const auto& one : *sites) {
    all.push_back(to_json(one));
    if (!one.drift.drifts()) {
      if (one.drift.unknown != 0) say(console, one);
      continue;
    }
    code = Code::refused;
    say(console, one);
  }
  if (console.json()) {
    Json document{{"sites", all}, {"since", core::or_null(since)}, {"exit", core::exit_code(code)}};
    if (code) document["error"] = console::error_member(code, "reports drift from the dictionary", drift_hint);
    console.print(document);
  }
  if (!code) console.say("no report that was taken in drifts from its dictionary");
  if (code) console.complain("reports drift from the dictionary", drift_hint);
  return core::exit_code(code);
}

}  // namespace drift_command

void add_drift(VendorContext& context) {
  using namespace drift_command;
  auto options = std::make_shared<Options>();
  console::Command command = context.console.command(
      "drift", "list what reports had that no dictionary knows, and what they lacked",
      "  airlock-vendor drift\n  airlock-vendor drift --since 2026-11-01 --json | jq '.sites[] | {name, drift}'",
      [&context, options] { return run(context, *options); });
  command.about(
      "After an upgrade of the product, its reports have members that the kit's dictionary does not declare, or values "
      "of another type. Sites drop them, or hold such reports. This command says where, from the manifests of the "
      "bundles that `intake` took in: by site, version of the product and declared place. It also lists the figures "
      "that your newest dictionary requires and that did not arrive.",
      "guides/vendor.md");
  command.exits({{0, "no report drifts"}, {4, "reports drift from the dictionary"}});
  command.text("--since", options->since, "only what was taken in on this UTC day or later", console::Kind::day);
}

}  // namespace airlock::tools
