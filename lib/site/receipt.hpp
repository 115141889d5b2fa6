#pragma once
/// \file
/// The receipt: the vendor's signed statement of which disclosures of a site arrived (docs/formats/receipt.md). Whether
/// it agrees with the site's ledger is not checked here.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/certificate.hpp"
#include "crypto/cms.hpp"
#include "crypto/revocation.hpp"

namespace airlock::site {

using core::Result;

inline constexpr std::uint64_t receipt_bytes_limit = 1024ULL * 1024;
/// Maximum number of disclosures in one receipt. With more it would not fit into `receipt_bytes_limit`.
inline constexpr std::size_t receipt_items_limit = 4000;
/// Maximum number of ranges of missing numbers in one receipt.
inline constexpr std::size_t receipt_missing_limit = 1000;
/// Maximum size of the checkpoint in a receipt, in bytes. A real one has about a hundredth of it.
inline constexpr std::size_t receipt_checkpoint_limit = 16ULL * 1024;

/// A disclosure that arrived.
struct ReceiptItem {
  std::string id;              ///< UUID, lower case
  std::string content_sha256;  ///< of the bundle's archive, or of the bytes that were sent
  bool operator==(const ReceiptItem&) const = default;
};

/// Numbers of disclosures that did not arrive and that nothing explains, from `first` to `last`.
struct MissingRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  bool operator==(const MissingRange&) const = default;
};

struct Receipt {
  std::string site_id;
  std::string site_key_sha256;  ///< of the site key that the vendor has registered
  std::uint64_t sequence = 0;   ///< higher in every newer receipt for the site
  core::Time issued;
  std::vector<ReceiptItem> items;
  std::string checkpoint;  ///< signed note; empty where no bundle has arrived
  std::vector<MissingRange> missing;
  bool operator==(const Receipt&) const = default;
};

/// The receipt's exact text. Each item is on a line of its own, so that people can read it.
[[nodiscard]] std::string to_document(const Receipt& receipt);
/// Reads the signed content. The checkpoint is not verified. Error: bad_input naming the JSON path.
[[nodiscard]] Result<Receipt> parse_receipt(std::string_view text);

/// The signed receipt as a PEM file. Error: bad_input where it is larger than `receipt_bytes_limit`.
[[nodiscard]] Result<std::string> write_receipt(const Receipt& receipt, const crypto::Signer& signer);

/// A receipt whose signature holds.
struct VerifiedReceipt {
  Receipt receipt;
  core::Digest content_sha256;  ///< of the signed content
};
/// Verifies a receipt file. The steps, in this order: PEM; signature against `trust` (role receipt); whether `known`
/// revokes the signer; the content; whether the signer's chain was valid when the receipt was issued. Errors:
/// bad_input, integrity.
[[nodiscard]] Result<VerifiedReceipt> verify_receipt(std::string_view file, const crypto::TrustStore& trust,
                                                     std::span<const crypto::RevocationList> known);

}  // namespace airlock::site
