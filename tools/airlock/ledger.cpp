#include "ledger/ledger.hpp"

#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "gate/check.hpp"
#include "gate/open.hpp"
#include "present.hpp"
#include "site/site.hpp"

namespace airlock::tools {
namespace ledger_command {

using core::Json;

constexpr std::size_t page = 500;

core::Result<ledger::Ledger> open_ledger(const Context& context) {
  AIRLOCK_TRY(const auto site, site::Site::open(context.site));
  return gate::open_to_read(site);
}

core::Result<std::vector<ledger::ReportRow>> all_reports(const ledger::Ledger& ledger) {
  std::vector<ledger::ReportRow> out;
  for (;;) {
    AIRLOCK_TRY(const auto rows, ledger.reports(out.empty() ? 1 : out.back().number + 1, page));
    out.insert(out.end(), rows.begin(), rows.end());
    if (rows.size() < page) return out;
  }
}

int list(Context& context) {
  const auto ledger = open_ledger(context);
  if (!ledger) return context.console.report(ledger.error());
  const auto rows = all_reports(*ledger);
  if (!rows) return context.console.report(rows.error());
  const auto head = ledger->head();
  if (!head) return context.console.report(head.error());
  if (context.console.json()) {
    Json reports = Json::array();
    for (const auto& row : *rows) {
      reports.push_back({{"number", row.number},
                         {"report_id", row.report_id},
                         {"produced", row.produced.text()},
                         {"latest", ledger::name(row.latest)},
                         {"latest_seq", row.latest_seq}});
    }
    context.console.print({{"reports", reports}, {"ledger", to_json(*head)}, {"exit", 0}});
    return 0;
  }
  if (rows->empty()) context.console.say("no report yet");
  for (const auto& row : *rows) {
    context.console.say(std::to_string(row.number) + "  " + row.produced.text() + "  " +
                        std::string(ledger::name(row.latest)) + "  " + row.report_id);
  }
  return 0;
}

int show(Context& context, const std::string& text) {
  const auto number = number_from(text);
  if (!number) return context.console.report(number.error());
  const auto ledger = open_ledger(context);
  if (!ledger) return context.console.report(ledger.error());
  const auto report = ledger->report(*number);
  if (!report) return context.console.report(report.error());
  if (!*report) {
    return context.console.report({core::Code::usage, "there is no report " + text, "see `airlock ledger list`"});
  }
  const auto entries = ledger->entries_of_report((*report)->report_id);
  if (!entries) return context.console.report(entries.error());
  Json bodies = Json::array();
  for (const auto& entry : *entries) {
    const auto body = core::parse_json(entry.body, "ledger entry " + std::to_string(entry.seq));
    if (!body) return context.console.report(body.error());
    bodies.push_back(*body);
  }
  if (context.console.json()) {
    context.console.print({{"number", *number}, {"report_id", (*report)->report_id}, {"entries", bodies}, {"exit", 0}});
    return 0;
  }
  for (const Json& body : bodies) context.console.say(body.dump(2));
  return 0;
}

int verify(Context& context) {
  const auto checked = gate::check_site(context.site);
  if (!checked) return context.console.report(checked.error());
  const auto& ledger = checked->ledger;
  if (context.console.json()) {
    context.console.print({{"entries", ledger.entries},
                           {"reports", ledger.reports},
                           {"disclosures", ledger.disclosures},
                           {"checkpoints", ledger.checkpoints},
                           {"bundles", checked->bundles},
                           {"handed_over", checked->handed_over},
                           {"held", checked->held},
                           {"ledger_size", ledger.head.size},
                           {"ledger_root", ledger.head.root.hex()},
                           {"exit", 0}});
    return 0;
  }
  context.console.say("verified: " + std::to_string(ledger.entries) + " entries, " + std::to_string(ledger.reports) +
                      " reports, " + std::to_string(ledger.disclosures) + " disclosures, " +
                      std::to_string(ledger.checkpoints) + " checkpoints, " + std::to_string(checked->bundles) +
                      " bundles in the outbox, " + std::to_string(checked->held) + " held reports");
  context.console.say("root " + ledger.head.root.hex());
  return 0;
}

}  // namespace ledger_command

void add_ledger(Context& context) {
  using namespace ledger_command;
  auto number = std::make_shared<std::string>();
  console::Command group = context.console.group("ledger", "read and verify the ledger");
  context.console.command(group, "list", "every report and what became of it", "  airlock ledger list",
                          [&context] { return list(context); });
  context.console
      .command(group, "show", "every entry about one report", "  airlock ledger show 1",
               [&context, number] { return show(context, *number); })
      .text("N", *number, "the report's number", console::Need::required);
  context.console.command(group, "verify", "verify entries, tree, checkpoints, counters, and the files they name",
                          "  airlock ledger verify", [&context] { return verify(context); });
}

}  // namespace airlock::tools
