#pragma once
/// \file
/// One report as a list shows it: `airlock ledger list`, and the lists in evidence. Nothing here is verified; see
/// "Lists" in ledger/ledger.hpp.

#include <functional>
#include <string>

#include "core/json.hpp"
#include "core/result.hpp"
#include "envelope/manifest.hpp"
#include "ledger/ledger.hpp"

namespace airlock::review {

struct ReportLine {
  ledger::ReportRow row;
  std::string event;        ///< empty if it was not known
  envelope::Period period;  ///< as the newest decision treats it
  std::string outcome;      ///< the newest entry's kind in words; `released` reads as `sealed`
  std::string reason;       ///< why, if the newest entry says so; else empty
  std::string who;          ///< `who_did` of the newest entry of the report that a person caused; else empty
};

/// A kind of entry in words. `released` reads as `sealed`: people need not know whether a sealed bundle has its visible
/// name yet.
[[nodiscard]] std::string in_words(ledger::Kind kind);
/// The person whom the body of an entry names in `by`: a login name, and in brackets the one who used `sudo`; the
/// number of the user where the system knew no name. Empty where the entry names nobody.
[[nodiscard]] std::string who_did(const core::Json& body);
/// Why something happened, as the body of an entry says it: a reason, an error, what was removed. Empty where it says
/// nothing.
[[nodiscard]] std::string why_of(const core::Json& body);

/// The line of a report. Errors: of reading the ledger; bad_input where an entry is no JSON.
[[nodiscard]] core::Result<ReportLine> report_line(const ledger::Ledger& ledger, const ledger::ReportRow& row);

/// The first row of a CSV file of reports, and the row of a report (`core/csv.hpp`). docs/formats/ledger.md lists the
/// columns.
[[nodiscard]] std::string csv_header();
[[nodiscard]] std::string csv_row(const ReportLine& line);

/// Calls `each` with every report from `first` on, by number, in pages. Ends at the first error.
[[nodiscard]] core::Result<void> for_each_report(
    const ledger::Ledger& ledger, std::uint64_t first,
    const std::function<core::Result<void>(const ledger::ReportRow&)>& each);

}  // namespace airlock::review
