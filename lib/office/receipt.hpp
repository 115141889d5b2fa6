#pragma once
/// \file
/// `airlock receipt import`: verifies the vendor's receipt, compares it with the ledger, records it, and only then
/// removes acknowledged payloads (docs/formats/receipt.md).
///
/// | step | on disk | a crash here |
/// |---|---|---|
/// | 1 | unchanged, while signature, site, sequence, checkpoint and every item are checked | nothing to do |
/// | 2 | one commit: `acknowledged` for each new item and for the receipt, `sent` for a waiting payload | see step 3 |
/// | 3 | acknowledged payloads are gone from the outbox; bundles stay for their time | the next run removes the rest |

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "site/receipt.hpp"
#include "sys/world.hpp"

namespace airlock::office {

struct ReceiptImport {
  site::Receipt receipt;
  bool repeated = false;           ///< this very receipt was imported before, so nothing was recorded
  std::uint64_t acknowledged = 0;  ///< items that no earlier receipt had named; 0 if `repeated`
  std::uint64_t unknown = 0;       ///< items that the ledger does not know, because a person adopted an older ledger
  std::vector<std::string> freed;  ///< file names of the payloads that no longer wait to be sent
  std::int64_t bundle_days = 0;    ///< how long acknowledged bundles stay in the outbox
};

/// Imports the receipt in `file`. Errors: bad_input; integrity (the signature does not verify, the receipt is for
/// another site or key, another receipt has its sequence, an item differs from the ledger, the ledger is behind the
/// receipt's checkpoint or not consistent with it, or nobody knows which signers were revoked); refused (older than the
/// newest receipt). After these errors nothing was recorded, and no payload was removed.
[[nodiscard]] core::Result<ReceiptImport> import_receipt(const std::string& directory, std::string_view file,
                                                         const sys::World& world = sys::real_world());

}  // namespace airlock::office
