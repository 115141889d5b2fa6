#include "review/evidence_summary.hpp"

#include "review/document.hpp"
#include "review/time_line.hpp"

namespace airlock::review {
namespace {

using core::Result;

std::string in_words(const EvidenceRange& range) {
  if (!range.from.empty()) return range.from + " to " + range.to;
  return "reports " + std::to_string(range.first_report) + " to " + std::to_string(range.last_report);
}

/// The words of the time line and of addresses in it are those of other pages; a period is one cell here.
std::string period_of(const ReportLine& line) {
  if (!line.period.start && !line.period.end) return "undated";
  return line.period.start.value_or("?") + " to " + line.period.end.value_or("?");
}

void write_facts(Html& html, const EvidenceRecord& evidence, std::size_t entries) {
  const std::pair<std::string, std::string> facts[] = {
      {"Site", evidence.site_name.empty() ? evidence.site_id : evidence.site_name + ", " + evidence.site_id},
      {"Range", in_words(evidence.range)},
      {"Exported", evidence.created.text()},
      {"By", evidence.exporter},
      {"Certificate", "SHA-256 " + evidence.exporter_certificate_sha256},
      {"Entries", std::to_string(entries) + ", those from " + std::to_string(evidence.first_entry) + " to " +
                      std::to_string(evidence.last_entry) + " without a gap"},
      {"Ledger", std::to_string(evidence.head.size) + " entries, root " + evidence.head.root.hex()}};
  html.open("dl");
  for (const auto& [label, value] : facts) html.leaf("dt", label).leaf("dd", value);
  html.close();
}

void write_missing(Html& html, const EvidenceRecord& evidence) {
  html.leaf("h2", "What is missing", {{"id", "missing"}});
  if (evidence.missing.empty()) {
    html.leaf("p", "Nothing: everything that the entries name was still at the site.");
    return;
  }
  html.open("ul");
  for (const MissingPart& part : evidence.missing) html.leaf("li", part.what + ": " + part.why);
  html.close();
}

void begin_table(Html& html, const std::string& caption, std::initializer_list<const char*> columns) {
  html.open("table", {{"class", "overview"}}).leaf("caption", caption).open("thead").open("tr");
  for (const char* const column : columns) html.leaf("th", column, {{"scope", "col"}});
  html.close().close().open("tbody");
}

/// Ends a table, and says how many rows it lacks.
void end_table(Html& html, std::uint64_t unlisted, const std::string& file) {
  html.close().close();
  if (unlisted != 0) html.leaf("p", grouped(unlisted) + " more are in " + file + ".", {{"class", "notice"}});
}

Result<void> write_reports(Html& html, const SummarySource& source) {
  html.leaf("h2", "Reports", {{"id", "reports"}});
  begin_table(html, "Every report that the entries are about, and what became of it",
              {"Number", "Date", "Event", "Period", "Outcome", "Reason", "Who", "What left"});
  std::uint64_t unlisted = 0;
  const auto done = source.reports([&](const ReportLine& line) -> Result<void> {
    if (html.written() > listing_bytes) {
      ++unlisted;
      return {};
    }
    html.open("tr").leaf("th", std::to_string(line.row.number), {{"scope", "row"}});
    for (const std::string& cell :
         {line.row.produced.text(), line.event, period_of(line), line.outcome, line.reason, line.who}) {
      html.leaf("td", cell);
    }
    html.open("td");
    for (const std::string& page : source.pages(line.row.number)) html.leaf("a", "page", {{"href", page}}).text(" ");
    html.close().close();
    return {};
  });
  end_table(html, unlisted, "reports.csv");
  return done;
}

Result<void> write_orders(Html& html, const SummarySource& source) {
  html.leaf("h2", "The site", {{"id", "site"}});
  begin_table(html, "Entries about no report: kits, licences, what people ordered",
              {"Entry", "Time", "What happened", "By", "Why"});
  std::uint64_t unlisted = 0;
  const auto done = source.site_entries([&](const ledger::Entry& entry) -> Result<void> {
    if (html.written() > listing_bytes) {
      ++unlisted;
      return {};
    }
    AIRLOCK_TRY(const TimeLineEntry sentence, sentence_of(entry));
    html.open("tr").leaf("th", std::to_string(entry.seq), {{"scope", "row"}}).leaf("td", sentence.time.text());
    html.leaf("td", sentence.what).leaf("td", sentence.who).leaf("td", sentence.why).close();
    return {};
  });
  end_table(html, unlisted, "entries.csv");
  return done;
}

}  // namespace

Result<void> write_summary(const EvidenceRecord& evidence, std::size_t entries, const SummarySource& source,
                           core::Sink& out) {
  Result<void> read;
  const std::string title = "Evidence of site " + (evidence.site_name.empty() ? evidence.site_id : evidence.site_name);
  AIRLOCK_CHECK(write_document(out, title, Search::no, [&](Html& html) {
    html.leaf("h1", title);
    html.leaf("p",
              evidence.originals
                  ? "This evidence contains reports that did not leave the site, with everything that is in them. Give "
                    "it to nobody who may not read those."
                  : "This evidence has no value of a report that did not leave the site.",
              {{"class", "notice"}, {"id", "sensitivity"}});
    write_facts(html, evidence, entries);
    html.leaf("p", "This page is the exporter's summary. HOW-TO-VERIFY.txt says how to verify everything beside it.");
    write_missing(html, evidence);
    read = write_reports(html, source);
    if (read) read = write_orders(html, source);
  }));
  return read;
}

}  // namespace airlock::review
