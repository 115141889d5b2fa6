#pragma once
/// \file
/// What happened since the last disclosure, for the next bundle. The account has no gaps, so the vendor can see that no
/// report is missing. Also finds repeats of earlier reports, and lists held reports.

#include <optional>
#include <vector>

#include "core/result.hpp"
#include "envelope/manifest.hpp"
#include "gate/prepare.hpp"
#include "ledger/ledger.hpp"
#include "ledger/report_row.hpp"
#include "redaction/profile.hpp"

namespace airlock::gate {

struct History {
  std::optional<envelope::Previous> previous;
  std::vector<envelope::PassedOverReport> passed_over;
  std::uint64_t passed_over_before = 0;
  std::vector<envelope::Void> voids;
};

/// The history for a bundle that is about to be made. `plan` and `dictionary` are those of the bundle: the periods of
/// earlier reports are redacted as it redacts its own. `report_id` is the report in the bundle, so it is not listed as
/// passed over.
[[nodiscard]] core::Result<History> history_since_last(const ledger::Ledger& ledger, const redaction::Plan& plan,
                                                       const dictionary::Dictionary& dictionary,
                                                       std::string_view report_id);

/// Whether these bytes are the report that the ledger recorded under this id: they match the commitment in its
/// `produced` entry. The commitment to a report over the limit may cover only its first bytes, as many as were read.
[[nodiscard]] core::Result<bool> is_original(const ledger::Ledger& ledger, const std::string& report_id,
                                             const core::Blob& bytes);

/// An earlier report with the same bytes, disclosed under an equal decision. The disclosure left, or is still to leave.
struct Earlier {
  std::string report_id;
  std::uint64_t number = 0;
  std::string disclosure_id;
};
[[nodiscard]] core::Result<std::optional<Earlier>> find_repeat(const site::Site& site, const ledger::Ledger& ledger,
                                                               const Received& report, const core::Digest& decision);

/// Reports whose newest entry is `held`, by number.
[[nodiscard]] core::Result<std::vector<ledger::ReportRow>> held_reports(const ledger::Ledger& ledger);

}  // namespace airlock::gate
