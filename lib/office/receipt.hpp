#pragma once
/// \file
/// `airlock receipt import`: the vendor's receipt, verified, compared with the ledger, recorded, and only then carried
/// out (docs/formats/receipt.md).
///
/// | step | on disk | a crash here |
/// |---|---|---|
/// | 1 | nothing is changed: signature, site, sequence, checkpoint and every item are looked at | nothing to do |
/// | 2 | one commit: `acknowledged` for each item, `sent` for a payload that waits, `acknowledged` for the receipt | –
/// | 3 | payloads that are acknowledged are removed from the outbox; bundles stay for their time | the next run
/// removes the rest |

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "site/receipt.hpp"

namespace airlock::office {

struct ReceiptImport {
  site::Receipt receipt;
  bool repeated = false;           ///< this very receipt had been imported before; nothing was recorded
  std::uint64_t acknowledged = 0;  ///< items that no receipt had named before
  std::uint64_t unknown = 0;       ///< items that the ledger does not know since a person adopted an older one
  std::vector<std::string> freed;  ///< names of payloads that are no longer in the outbox
  std::int64_t bundle_days = 0;    ///< how long acknowledged bundles stay in the outbox
};

/// Errors: bad_input, integrity (signature, another site, another receipt of this sequence, an item that is not what
/// the ledger recorded, a ledger behind the receipt's checkpoint or not consistent with it), refused (older than the
/// newest receipt). After an error nothing was recorded and nothing freed.
[[nodiscard]] core::Result<ReceiptImport> import_receipt(const std::string& directory, std::string_view file);

}  // namespace airlock::office
