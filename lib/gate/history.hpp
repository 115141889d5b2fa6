#pragma once
/// \file
/// What happened since the last disclosure, as the next bundle tells it: the gapless story that lets the vendor see
/// that no report is missing. Also which reports are waiting.

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

/// `plan` and `dictionary` are those of the bundle to come: a report's period is told as that decision treats it.
/// `report_id` is the report that it discloses, which is not passed over.
[[nodiscard]] core::Result<History> history_since_last(const ledger::Ledger& ledger, const redaction::Plan& plan,
                                                       const dictionary::Dictionary& dictionary,
                                                       std::string_view report_id);

/// Whether these bytes are what the ledger recorded under this id: the commitment in its `produced` entry fits them. Of
/// a report over the limit it may cover the first bytes only, as many as were read.
[[nodiscard]] core::Result<bool> is_original(const ledger::Ledger& ledger, const std::string& report_id,
                                             const core::Blob& bytes);

/// An earlier report with the same bytes whose disclosure stands, under an equal decision.
struct Earlier {
  std::string report_id;
  std::uint64_t number = 0;
  std::string disclosure_id;
};
[[nodiscard]] core::Result<std::optional<Earlier>> find_repeat(const site::Site& site, const ledger::Ledger& ledger,
                                                               const Received& report, const core::Digest& decision);

/// Reports whose newest fact is `held`, by number.
[[nodiscard]] core::Result<std::vector<ledger::ReportRow>> held_reports(const ledger::Ledger& ledger);

}  // namespace airlock::gate
