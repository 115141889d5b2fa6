#pragma once
/// \file
/// The receipt: the vendor's signed word that disclosures of a site arrived (docs/formats/receipt.md). Whether what it
/// says fits the site's ledger is the gate's business.

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

inline constexpr std::uint64_t receipt_bytes_limit = 1024 * 1024;
/// The most disclosures that one receipt names; a receipt that names more would not fit into its limit.
inline constexpr std::size_t receipt_items_limit = 4000;
/// The most ranges of missing numbers that one receipt names.
inline constexpr std::size_t receipt_missing_limit = 1000;
/// The longest checkpoint in a receipt, in bytes; a real one has a hundredth of it.
inline constexpr std::size_t receipt_checkpoint_limit = 16 * 1024;

/// A disclosure that arrived.
struct ReceiptItem {
  std::string id;              ///< of the bundle or of what was sent: a UUID in lower case
  std::string content_sha256;  ///< of the archive, or of the bytes sent
  bool operator==(const ReceiptItem&) const = default;
};

/// Disclosure numbers that did not arrive and that nothing explains, both ends included.
struct MissingRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  bool operator==(const MissingRange&) const = default;
};

struct Receipt {
  std::string site_id;
  std::string site_key_sha256;  ///< of the site key that the vendor has registered
  std::uint64_t sequence = 0;   ///< grows with every receipt for the site
  core::Time issued;
  std::vector<ReceiptItem> items;
  std::string checkpoint;  ///< signed note; empty where the vendor has none, since no bundle came
  std::vector<MissingRange> missing;
  bool operator==(const Receipt&) const = default;
};

/// The receipt's exact text, one item a line so that people can read it.
[[nodiscard]] std::string to_document(const Receipt& receipt);
/// Reads the signed content. The checkpoint is a text, not verified. Error: bad_input naming the JSON path.
[[nodiscard]] Result<Receipt> parse_receipt(std::string_view text);

/// The signed receipt as a PEM file. Error: bad_input where it is larger than `receipt_bytes_limit`.
[[nodiscard]] Result<std::string> write_receipt(const Receipt& receipt, const crypto::Signer& signer);

/// A receipt whose signature holds.
struct VerifiedReceipt {
  Receipt receipt;
  core::Digest content_sha256;  ///< of the signed content
};
/// Verifies a receipt file: PEM, signature against `trust` (role receipt), that its signer is not revoked by `known`,
/// content, and that it was issued while its signer's chain was valid; in this order. Errors: bad_input, integrity.
[[nodiscard]] Result<VerifiedReceipt> verify_receipt(std::string_view file, const crypto::TrustStore& trust,
                                                     std::span<const crypto::RevocationList> known);

}  // namespace airlock::site
