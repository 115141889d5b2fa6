#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "commands.hpp"
#include "core/csv.hpp"
#include "core/encoding.hpp"
#include "core/text.hpp"
#include "gate/open.hpp"
#include "ledger/entry.hpp"
#include "ledger/report_row.hpp"
#include "present.hpp"
#include "review/report_line.hpp"
#include "review/time_line.hpp"
#include "site/site.hpp"

namespace airlock::tools {
namespace ledger_reports_command {

using core::Code;
using core::Json;
using core::Result;

Result<ledger::Ledger> open_ledger(const Context& context) {
  AIRLOCK_TRY(const auto site, site::Site::open(context.site));
  return gate::open_to_read(site);
}

struct ListOptions {
  std::string from;
  std::string to;
  std::string latest;
  bool csv = false;
};

/// The conditions that a row must meet to be listed.
struct RowFilter {
  std::optional<core::Time> from;
  std::optional<core::Time> before;
  std::optional<ledger::Kind> latest;

  [[nodiscard]] bool takes(const ledger::ReportRow& row) const {
    return (!from || row.produced >= *from) && (!before || row.produced < *before) &&
           (!latest || row.latest == *latest || review::in_words(row.latest) == ledger::name(*latest));
  }
};

Result<core::Time> midnight(const std::string& option, const std::string& date) {
  const auto time = core::Time::from_text(date + "T00:00:00Z");
  if (time) return *time;
  return core::fail(Code::usage, option + ": " + core::quote(date) + " is not a date", "write `YYYY-MM-DD`, UTC");
}

Result<RowFilter> filter_of(const ListOptions& options) {
  RowFilter out;
  if (!options.from.empty()) {
    AIRLOCK_TRY(out.from, midnight("--from", options.from));
  }
  if (!options.to.empty()) {
    AIRLOCK_TRY(const core::Time last, midnight("--to", options.to));
    out.before = last + std::chrono::hours(24);
  }
  if (!options.latest.empty()) {
    out.latest = ledger::kind_from(options.latest);
    if (!out.latest) {
      return core::fail(Code::usage, "--latest: " + core::quote(options.latest) + " is not a kind of entry");
    }
  }
  return out;
}

/// Calls `each` with the line of every report that the filter takes.
template <typename Each>
Result<void> for_each_line(const ledger::Ledger& ledger, const RowFilter& filter, Each each) {
  return review::for_each_report(ledger, 1, [&](const ledger::ReportRow& row) -> Result<void> {
    if (!filter.takes(row)) return {};
    AIRLOCK_TRY(const auto line, review::report_line(ledger, row));
    return each(line);
  });
}

/// Writes one JSON document row by row, so that memory does not grow with the ledger.
Result<void> list_as_json(const ledger::Ledger& ledger, const RowFilter& filter) {
  AIRLOCK_TRY(const auto head, ledger.head());
  AIRLOCK_CHECK(console::write_out("{\"reports\":["));
  bool first = true;
  AIRLOCK_CHECK(for_each_line(ledger, filter, [&](const review::ReportLine& line) {
    const ledger::ReportRow& row = line.row;
    const Json json{{"number", row.number},
                    {"report_id", row.report_id},
                    {"produced", row.produced.text()},
                    {"latest", ledger::name(row.latest)},
                    {"latest_seq", row.latest_seq},
                    {"latest_time", row.latest_time.text()},
                    {"event", core::or_null(line.event)},
                    {"period", {{"start", core::or_null(line.period.start)}, {"end", core::or_null(line.period.end)}}},
                    {"reason", core::or_null(line.reason)},
                    {"who", core::or_null(line.who)}};
    const std::string text = (first ? "\n" : ",\n") + json.dump();
    first = false;
    return console::write_out(text);
  }));
  return console::write_out("\n],\"ledger\":" + to_json(head).dump() + ",\"exit\":0}\n");
}

Result<void> list_as_csv(const ledger::Ledger& ledger, const RowFilter& filter) {
  AIRLOCK_CHECK(console::write_out(review::csv_header()));
  return for_each_line(ledger, filter,
                       [](const review::ReportLine& line) { return console::write_out(review::csv_row(line)); });
}

Result<void> list_for_people(const console::Console& console, const ledger::Ledger& ledger, const RowFilter& filter) {
  console::Table table = console.table();
  bool is_empty = true;
  AIRLOCK_CHECK(for_each_line(ledger, filter, [&](const review::ReportLine& line) -> Result<void> {
    if (std::exchange(is_empty, false)) table.add({"number", "date", "event", "period", "outcome", "reason", "who"});
    const bool is_dated = line.period.start || line.period.end;
    std::vector<std::string> cells{std::to_string(line.row.number),
                                   line.row.produced.text(),
                                   line.event,
                                   is_dated ? in_words(line.period) : "",
                                   line.outcome,
                                   line.reason,
                                   line.who};
    for (std::string& cell : cells) cell = core::printable(cell, std::string::npos);
    table.add(std::move(cells));
    return {};
  }));
  table.finish();
  if (is_empty) console.say("no report yet");
  return {};
}

int list(Context& context, const ListOptions& options) {
  if (options.csv && context.console.json()) {
    return context.console.report({Code::usage, "`--csv` and `--json` exclude each other", {}});
  }
  const auto filter = filter_of(options);
  if (!filter) return context.console.report(filter.error());
  const auto ledger = open_ledger(context);
  if (!ledger) return context.console.report(ledger.error());
  const auto done = context.console.json() ? list_as_json(*ledger, *filter)
                    : options.csv          ? list_as_csv(*ledger, *filter)
                                           : list_for_people(context.console, *ledger, *filter);
  return done ? 0 : context.console.report(done.error());
}

/// The values that open the commitment in the `produced` entry, which is SHA-256(salt, then the report's bytes).
Result<Json> opening(const ledger::Ledger& ledger, const std::string& report_id) {
  AIRLOCK_TRY(const auto original, ledger.original(report_id));
  if (!original) {
    return core::fail(Code::integrity, "the ledger has lost the salt and digest of the report's original");
  }
  return Json{{"salt", core::to_hex(original->salt)}, {"sha256", original->sha256.hex()}, {"size", original->size}};
}

/// One document with every body, as it was recorded.
Result<void> show_as_json(const console::Console& console, const ledger::ReportRow& report,
                          const std::vector<ledger::Entry>& entries, const Json& revealed) {
  Json bodies = Json::array();
  for (const auto& entry : entries) {
    AIRLOCK_TRY(Json body, ledger::body_of(entry));
    bodies.push_back(std::move(body));
  }
  Json document{
      {"number", report.number}, {"report_id", report.report_id}, {"entries", std::move(bodies)}, {"exit", 0}};
  if (!revealed.is_null()) document["original"] = revealed;
  console.print(document);
  return {};
}

/// A line for each entry.
Result<void> show_time_line(const console::Console& console, const ledger::ReportRow& report,
                            const std::vector<ledger::Entry>& entries, const Json& revealed) {
  console.say("report " + std::to_string(report.number) + ", " + report.report_id);
  console::Table table = console.table();
  for (const auto& entry : entries) {
    AIRLOCK_TRY(const auto sentence, review::sentence_of(entry));
    table.add({sentence.time.text(), review::words_of(sentence)});
  }
  table.finish();
  if (revealed.is_null()) return {};
  console.say({{"salt", revealed.at("salt").get<std::string>()},
               {"sha256", revealed.at("sha256").get<std::string>()},
               {"size", std::to_string(revealed.at("size").get<std::uint64_t>())}});
  console.say("the commitment is the SHA-256 of the salt's 32 bytes and then the report's bytes");
  return {};
}

Result<void> show(const Context& context, const std::string& text, bool reveal) {
  AIRLOCK_TRY(const auto number, number_from(text));
  AIRLOCK_TRY(const auto ledger, open_ledger(context));
  AIRLOCK_TRY(const auto report, ledger.report(number));
  if (!report) return core::fail(Code::usage, "there is no report " + text, "see `airlock ledger list`");
  AIRLOCK_TRY(const auto entries, ledger.entries_of_report(report->report_id));
  Json revealed(nullptr);
  if (reveal) {
    AIRLOCK_TRY(revealed, opening(ledger, report->report_id));
  }
  return context.console.json() ? show_as_json(context.console, *report, entries, revealed)
                                : show_time_line(context.console, *report, entries, revealed);
}

/// The kinds of entries that a report can have as its newest one, as completion offers them.
constexpr std::string_view latest_kinds =
    "produced decided sealed queued attempted sent send_failed withdrawn withheld held refused discarded repeated "
    "released handed_over acknowledged recovered abandoned payload_lost expired approved";

}  // namespace ledger_reports_command

void add_ledger_reports(Context& context, console::Command& group) {
  using namespace ledger_reports_command;
  auto listing = std::make_shared<ListOptions>();
  console::Command listed = context.console.command(group, "list", "every report and what became of it",
                                                    "  airlock ledger list\n"
                                                    "  airlock ledger list --latest held\n"
                                                    "  airlock ledger list --from 2026-11-01 --to 2026-11-30\n"
                                                    "  airlock ledger list --csv > reports.csv",
                                                    [&context, listing] { return list(context, *listing); });
  listed.text("--from", listing->from, "produced on this UTC day or later", console::Kind::day);
  listed.text("--to", listing->to, "produced on this UTC day or earlier", console::Kind::day);
  listed.text("--latest", listing->latest, "only reports whose newest entry is of this kind",
              console::one_of(latest_kinds));
  listed.flag("--csv", listing->csv, "as CSV for a spreadsheet");
  auto number = std::make_shared<std::string>();
  auto reveal = std::make_shared<bool>(false);
  console::Command shown = context.console.command(
      group, "show", "what happened to one report, a line for each entry",
      "  airlock ledger show 1\n  airlock ledger show 1 --json\n  airlock ledger show 1 --reveal",
      [&context, number, reveal] {
        const auto done = show(context, *number, *reveal);
        return done ? 0 : context.console.report(done.error());
      });
  shown.text("N", *number, "the report's number", console::Kind::report, console::Need::required);
  shown.flag("--reveal", *reveal, "also show the salt and SHA-256, which open the commitment to the original");
}

}  // namespace airlock::tools
