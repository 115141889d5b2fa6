#pragma once
/// \file
/// What the vendor's receipts have acknowledged, as the ledger says it. A receipt makes one entry `acknowledged` for
/// each disclosure that it is the first to name, and then one about no report, for itself; all in one change.

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

/// A receipt that was imported.
struct ImportedReceipt {
  std::uint64_t seq = 0;  ///< of its entry
  core::Time time;        ///< when it was imported
  std::uint64_t sequence = 0;
  std::string content_sha256;
  std::string checkpoint;  ///< signed note; empty where the receipt has none
  std::uint64_t size = 0;  ///< of that checkpoint's tree
  bool held = true;        ///< whether the ledger holds that tree; else a person had adopted another past
};
/// The newest one. Error: integrity where the entry cannot be read.
[[nodiscard]] core::Result<std::optional<ImportedReceipt>> newest_receipt(const ledger::Ledger& ledger);

/// The text of `consistency.txt` for a bundle with a checkpoint of `later`: from the checkpoint of the newest receipt.
/// Empty before there is one.
[[nodiscard]] core::Result<std::string> consistency_with_receipt(const ledger::Ledger& ledger,
                                                                 const ledger::TreeHead& later);

/// What people did with a disclosure's bundle, and what the vendor said of it.
struct HandOff {
  std::uint64_t times = 0;                 ///< how often it was handed over
  std::optional<core::Time> last;          ///< when last
  std::string note;                        ///< then; may be empty
  std::uint64_t acknowledged_by = 0;       ///< the receipt's sequence; 0: none has named it
  std::optional<core::Time> acknowledged;  ///< when that receipt was imported
};
[[nodiscard]] core::Result<HandOff> hand_off_of(const ledger::Ledger& ledger, const std::string& disclosure_id);

/// Removes a bundle from the outbox, its instructions first: while the bundle is there, the next run does it again.
[[nodiscard]] core::Result<void> remove_bundle(const site::Site& site, const std::string& bundle);

/// A bundle that is in the outbox, released.
struct BundleInOutbox {
  ledger::Disclosure disclosure;
  HandOff hand_off;
};
/// All of them by number of disclosure, those that receipts have named too; or only those disclosed until `until`.
[[nodiscard]] core::Result<std::vector<BundleInOutbox>> bundles_in_outbox(
    const site::Site& site, const ledger::Ledger& ledger, const std::optional<core::Time>& until = std::nullopt);
/// Those that no receipt has named: they wait to be handed over, or for the vendor's word.
[[nodiscard]] core::Result<std::vector<BundleInOutbox>> pending_bundles(const site::Site& site,
                                                                        const ledger::Ledger& ledger);

/// Removes payloads that receipts have acknowledged from the outbox: they count as sent. Returns the names. Bundles
/// stay there for their time (gate/retention.hpp). The caller holds the site's lock, and the sender's. May be repeated.
[[nodiscard]] core::Result<std::vector<std::string>> free_acknowledged_payloads(const site::Site& site,
                                                                                const ledger::Ledger& ledger);

}  // namespace airlock::gate
