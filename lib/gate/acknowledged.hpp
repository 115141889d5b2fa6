#pragma once
/// \file
/// What the vendor's receipts have acknowledged, according to the ledger. Importing a receipt appends one
/// `acknowledged` entry for each disclosure that no earlier receipt named. One more entry, about no report, records the
/// receipt itself. All of them are one change.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"
#include "site/site.hpp"

namespace airlock::gate {

/// An imported receipt.
struct ImportedReceipt {
  std::uint64_t seq = 0;  ///< seq of its entry
  core::Time time;        ///< when it was imported
  std::uint64_t sequence = 0;
  std::string content_sha256;
  std::string checkpoint;  ///< signed note; empty if the receipt has none
  std::uint64_t size = 0;  ///< number of entries in the checkpoint's tree
  bool held = true;        ///< the ledger contains that tree; false: a person had adopted another past
};
/// The receipt that was imported last; nothing before the first. Error: integrity if its entry cannot be read.
[[nodiscard]] core::Result<std::optional<ImportedReceipt>> newest_receipt(const ledger::Ledger& ledger);

/// The text of `consistency.txt`: the proof from the checkpoint of the newest receipt to `later`, the tree of the
/// bundle's checkpoint. Empty if there is no receipt, or if its checkpoint is missing or not of this ledger.
[[nodiscard]] core::Result<std::string> consistency_with_receipt(const ledger::Ledger& ledger,
                                                                 const ledger::TreeHead& later);

/// When people handed over a disclosure's bundle, and whether the vendor acknowledged it.
struct HandOff {
  std::uint64_t times = 0;                 ///< how often it was handed over
  std::optional<core::Time> last;          ///< when it was last handed over
  std::string note;                        ///< note of the last hand-over; may be empty
  std::uint64_t acknowledged_by = 0;       ///< the receipt's sequence; 0: no receipt has named it
  std::optional<core::Time> acknowledged;  ///< when that receipt was imported
};
[[nodiscard]] core::Result<HandOff> hand_off_of(const ledger::Ledger& ledger, const std::string& disclosure_id);

/// A released bundle that is in the outbox.
struct BundleInOutbox {
  ledger::Disclosure disclosure;
  HandOff hand_off;
};
/// All released bundles in the outbox by number of disclosure, including acknowledged ones.
[[nodiscard]] core::Result<std::vector<BundleInOutbox>> bundles_in_outbox(const site::Site& site,
                                                                          const ledger::Ledger& ledger);
/// The bundles that no receipt has named: they wait to be handed over, or for the vendor's receipt.
[[nodiscard]] core::Result<std::vector<BundleInOutbox>> pending_bundles(const site::Site& site,
                                                                        const ledger::Ledger& ledger);

}  // namespace airlock::gate
