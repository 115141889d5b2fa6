#include "envelope/approval.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "crypto/pem.hpp"
#include "envelope/manifest.hpp"

namespace airlock::envelope {
namespace {

using core::Code;
using core::fail;
using core::Json;

constexpr std::string_view approval_name = "approval";
constexpr std::uint64_t statement_bytes_limit = 16ULL * 1024;

Result<SignedText> verify_der(std::string_view der) {
  const core::MemoryBlob object(der);
  const auto trust_presented = [](const crypto::Certificate& presented) -> Result<crypto::TrustStore> {
    return crypto::TrustStore::officers({presented});
  };
  AIRLOCK_TRY(const crypto::Verified verified, crypto::verify(object, trust_presented));
  AIRLOCK_TRY(std::string text, core::to_string(verified.content(), verified.content().size()));
  return SignedText{std::move(text), verified.signer()};
}

}  // namespace

std::string to_document(const Approval& approval) {
  Json out{{"format", approval_format},
           {"site_id", approval.site_id},
           {"number", approval.number},
           {"payload_sha256", approval.payload_sha256},
           {"decision_sha256", approval.decision_sha256},
           {"policy_sha256", approval.policy_sha256}};
  if (!approval.note.empty()) out["note"] = approval.note;
  out["time"] = approval.time.text();
  return core::to_text(out);
}

Result<Approval> parse_approval(std::string_view text) {
  AIRLOCK_TRY(const Json json, core::parse_json(text, approval_name, {.bytes = statement_bytes_limit, .depth = 2}));
  core::Members in(json, approval_name, "");
  Approval out;
  in.format(approval_format);
  out.site_id = in.uuid("site_id");
  out.number = in.count("number", 1);
  out.payload_sha256 = in.sha256("payload_sha256");
  out.decision_sha256 = in.sha256("decision_sha256");
  out.policy_sha256 = in.sha256("policy_sha256");
  out.note = in.text_if("note", note_limit).value_or("");
  out.time = in.time("time");
  AIRLOCK_CHECK(in.finish());
  return out;
}

std::optional<Mismatch> mismatch(const Approval& approval, const Approval& wanted) {
  if (approval.site_id != wanted.site_id) {
    return Mismatch{"site", "is for site " + core::quote(approval.site_id)};
  }
  if (approval.number != wanted.number) {
    return Mismatch{"number", "is for report " + std::to_string(approval.number)};
  }
  if (approval.payload_sha256 != wanted.payload_sha256) {
    return Mismatch{"bytes", "is for other bytes than those that would leave"};
  }
  if (approval.decision_sha256 != wanted.decision_sha256 || approval.policy_sha256 != wanted.policy_sha256) {
    return Mismatch{"decision", "is for another decision than the one in force"};
  }
  if (approval.note != wanted.note) return Mismatch{"note", "is for another note"};
  return std::nullopt;
}

Result<SignedText> verify_by_officer(std::string_view pem) {
  AIRLOCK_TRY(const std::string der, crypto::from_pem(crypto::cms_label, pem));
  return verify_der(der);
}

Result<std::vector<SignedApproval>> verify_approvals(std::string_view text) {
  AIRLOCK_TRY(const auto objects, crypto::all_from_pem(crypto::cms_label, text, approvals_limit));
  std::string canonical;
  std::vector<SignedApproval> out;
  for (const std::string& der : objects) {
    canonical += crypto::to_pem(crypto::cms_label, der);
    AIRLOCK_TRY(SignedText verified, verify_der(der));
    AIRLOCK_TRY(Approval approval, parse_approval(verified.text));
    out.push_back({std::move(approval), std::move(verified.signer)});
  }
  // Text beside the objects is signed by nobody.
  if (canonical != text) return fail(Code::bad_input, "has something else than signed approvals in PEM");
  return out;
}

}  // namespace airlock::envelope
