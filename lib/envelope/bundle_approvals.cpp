#include "envelope/bundle_approvals.hpp"

#include "core/text.hpp"
#include "crypto/hash.hpp"

namespace airlock::envelope {

using core::Code;
using core::fail;
using core::quote;

Result<std::vector<SignedApproval>> check_approvals(const Manifest& manifest, const EntryRecord& entry,
                                                    std::string_view text) {
  const auto refuse = [](const std::string& why) { return fail(Code::integrity, quote(approvals_file) + " " + why); };
  if (text.empty() != (manifest.version < version_with_approvals) || text.empty() != entry.approval_keys.empty()) {
    return refuse("is there, but was not asked for; or the other way round");
  }
  if (text.empty()) return std::vector<SignedApproval>{};
  if (crypto::sha256(text).hex() != entry.promise->approvals_sha256) {
    return refuse("differs from the one that `entry.json` recorded");
  }
  auto out = verify_approvals(text);
  if (!out) return refuse("does not verify: " + out.error().message);
  const Approval wanted{.site_id = manifest.site_id,
                        .number = manifest.number,
                        .payload_sha256 = entry.payload_sha256,
                        .decision_sha256 = entry.decision_sha256,
                        .policy_sha256 = manifest.decision.policy.sha256,
                        .note = manifest.note,
                        .time = {}};
  std::vector<std::string> keys;
  for (const SignedApproval& each : *out) {
    const std::string about = "has an approval by " + quote(each.signer.subject()) + " that ";
    if (const auto other = mismatch(each.approval, wanted)) return refuse(about + other->message);
    if (manifest.created < each.signer.not_before() || each.signer.not_after() < manifest.created) {
      return refuse(about + "is signed with a certificate that was not valid when the bundle was made");
    }
    keys.push_back(each.signer.key().sha256().hex());
  }
  if (keys != entry.approval_keys) return refuse("is not signed with the keys that `entry.json` names");
  return out;
}

}  // namespace airlock::envelope
