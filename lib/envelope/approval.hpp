#pragma once
/// \file
/// An officer's approval: a statement about the exact bytes that are to leave, signed with her key
/// (docs/formats/approval.md). Reading and verifying one, and the file `approvals.p7s` of a bundle, which has several.
/// Who is an officer is for site/ to know.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/certificate.hpp"
#include "crypto/cms.hpp"

namespace airlock::envelope {

using core::Result;

inline constexpr std::string_view approval_format = "airlock-approval/1";
/// Maximum size of a signed approval, PEM, in bytes.
inline constexpr std::uint64_t approval_bytes_limit = 64ULL * 1024;
/// The file of a bundle with the approvals: between `dictionary.json` and `HOW-TO-VERIFY.txt`, only where officers had
/// to approve the report.
inline constexpr std::string_view approvals_file = "approvals.p7s";
/// Maximum number of approvals in it.
inline constexpr std::size_t approvals_limit = 256;

/// What an officer signs.
struct Approval {
  std::string site_id;
  std::uint64_t number = 0;     ///< of the report
  std::string payload_sha256;   ///< of the bytes that are to leave
  std::string decision_sha256;  ///< the ledger's digest of the decision
  std::string policy_sha256;    ///< of the policy that made the decision
  std::string note;             ///< what accompanies the report; may be empty
  core::Time time;              ///< when she signed, by her clock

  bool operator==(const Approval&) const = default;
};

/// The exact text that is signed: one line of JSON.
[[nodiscard]] std::string to_document(const Approval& approval);
/// Reads such a text. Error: bad_input naming the JSON path.
[[nodiscard]] Result<Approval> parse_approval(std::string_view text);

/// How an approval differs from what is to leave.
struct Mismatch {
  std::string_view reason;  ///< `site`, `number`, `bytes`, `decision` or `note`
  std::string message;      ///< "is for other bytes than those that would leave"
};
/// The first difference between what an officer signed and what is to leave, times apart. Nothing: they agree.
[[nodiscard]] std::optional<Mismatch> mismatch(const Approval& approval, const Approval& wanted);

/// A signed document, verified against the certificate in it. Whose certificate that is the caller must find out.
struct SignedText {
  std::string text;
  crypto::Certificate signer;
};
/// Verifies what an officer signed, in PEM. Errors: bad_input (not PEM, or no signed object of the profile), integrity
/// (the signature does not verify, or the certificate may not sign).
[[nodiscard]] Result<SignedText> verify_by_officer(std::string_view pem);

struct SignedApproval {
  Approval approval;
  crypto::Certificate signer;
};
/// Reads and verifies the approvals in the text of an `approvals.p7s`, in their order. Errors: as `verify_by_officer`
/// and `parse_approval`; bad_input where the text has anything else in it.
[[nodiscard]] Result<std::vector<SignedApproval>> verify_approvals(std::string_view text);

}  // namespace airlock::envelope
