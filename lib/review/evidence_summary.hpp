#pragma once
/// \file
/// `summary.html` of an evidence archive: what it covers, what is missing, the reports, and what people ordered. It is
/// the exporter's summary; what is proven is in the other files.

#include <functional>
#include <string>

#include "core/io.hpp"
#include "core/result.hpp"
#include "ledger/entry.hpp"
#include "review/evidence_document.hpp"
#include "review/report_line.hpp"

namespace airlock::review {

/// What the summary reads, piece by piece, so that memory does not grow with the archive.
struct SummarySource {
  /// Calls its argument with each report, by number.
  std::function<core::Result<void>(const std::function<core::Result<void>(const ReportLine&)>&)> reports;
  /// Calls its argument with each entry that is about no report, by seq.
  std::function<core::Result<void>(const std::function<core::Result<void>(const ledger::Entry&)>&)> site_entries;
  /// The names of the shareable pages of a report within the archive.
  std::function<std::vector<std::string>(std::uint64_t number)> pages;
};

/// Writes the page. Rows beyond `listing_bytes` of document.hpp are counted only. `evidence` needs no `files`. Errors:
/// those of `out` and of the source.
[[nodiscard]] core::Result<void> write_summary(const EvidenceRecord& evidence, std::size_t entries,
                                               const SummarySource& source, core::Sink& out);

}  // namespace airlock::review
