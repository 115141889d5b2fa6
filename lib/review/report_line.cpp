#include "review/report_line.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/csv.hpp"

namespace airlock::review {
namespace {

using core::Json;
using core::Result;
using ledger::Kind;

constexpr std::size_t reports_page = 500;

/// The members of an entry that a line is made of. The decision's terms may be large, and are not built.
constexpr std::array<std::string_view, 9> line_members{"event", "period",  "reason",  "message", "error",
                                                       "what",  "repeats", "receipt", "by"};

std::optional<std::string> day_at(const Json& period, std::string_view member) {
  std::string out = core::text_in(period, member);
  return out.empty() ? std::nullopt : std::optional(std::move(out));
}

}  // namespace

std::string in_words(Kind kind) {
  if (kind == Kind::released) kind = Kind::sealed;
  std::string out(ledger::name(kind));
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

std::string who_did(const Json& body) {
  const auto by = body.find("by");
  if (by == body.end() || !by->is_object()) return {};
  std::string out = core::text_in(*by, "login");
  const auto uid = by->find("uid");
  if (out.empty() && uid != by->end() && uid->is_number_integer()) out = "user " + uid->dump();
  const std::string behind = core::text_in(*by, "sudo");
  return behind.empty() ? out : out + " (sudo by " + behind + ")";
}

std::string why_of(const Json& body) {
  for (const std::string_view member : {"reason", "error", "what"}) {
    if (std::string out = core::text_in(body, member); !out.empty()) return out;
  }
  const auto repeats = body.find("repeats");
  if (repeats == body.end() || !repeats->is_number_unsigned()) return {};
  return "same bytes as report " + std::to_string(repeats->get<std::uint64_t>());
}

Result<ReportLine> report_line(const ledger::Ledger& ledger, const ledger::ReportRow& row) {
  ReportLine out{.row = row, .event = {}, .period = {}, .outcome = in_words(row.latest), .reason = {}, .who = {}};
  AIRLOCK_TRY(const auto entries, ledger.entries_about(row.report_id));
  for (const ledger::Entry& entry : entries) {
    AIRLOCK_TRY(const Json body,
                core::parse_members(entry.body, ledger::title(entry), line_members, {.bytes = ledger::entry_limit}));
    if (entry.kind == Kind::produced || entry.kind == Kind::decided) {
      out.event = core::text_in(body, "event");
      const auto period = body.find("period");
      const bool has_period = period != body.end() && period->is_object();
      out.period = has_period ? envelope::Period{day_at(*period, "start"), day_at(*period, "end")} : envelope::Period();
    }
    if (entry.seq == row.latest_seq) out.reason = why_of(body);
    if (std::string who = who_did(body); !who.empty()) out.who = std::move(who);
  }
  return out;
}

std::string csv_header() {
  return core::csv_row(
      {"number", "date", "event", "period_start", "period_end", "outcome", "reason", "who", "report_id"});
}

std::string csv_row(const ReportLine& line) {
  return core::csv_row({std::to_string(line.row.number), line.row.produced.text(), line.event,
                        line.period.start.value_or(""), line.period.end.value_or(""), line.outcome, line.reason,
                        line.who, line.row.report_id});
}

Result<void> for_each_report(const ledger::Ledger& ledger, std::uint64_t first,
                             const std::function<Result<void>(const ledger::ReportRow&)>& each) {
  for (std::uint64_t from = first;;) {
    AIRLOCK_TRY(const auto rows, ledger.reports(from, reports_page));
    for (const auto& row : rows) {
      AIRLOCK_CHECK(each(row));
      from = row.number + 1;
    }
    if (rows.size() < reports_page) return {};
  }
}

}  // namespace airlock::review
