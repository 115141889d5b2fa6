#include "office/approve.hpp"

#include <algorithm>

#include "core/digest.hpp"
#include "core/text.hpp"
#include "envelope/approval.hpp"
#include "envelope/manifest.hpp"
#include "gate/approvals.hpp"
#include "office/officer_drop.hpp"
#include "site/officers.hpp"
#include "site/site.hpp"
#include "sys/read_file.hpp"

namespace airlock::office {
namespace {

using core::Code;
using core::fail;
using core::quote;

constexpr std::uint64_t certificate_file_limit = 64ULL * 1024;
constexpr std::string_view unnamed = "none";
/// Maximum length of a sentence that another process hands over, in bytes.
constexpr std::size_t line_maximum = 8192;

std::string listed(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out.empty() ? std::string(unnamed) : out;
}

/// Who would get the report.
Result<std::vector<std::string>> receivers(const gate::Preview& preview) {
  std::vector<std::string> out;
  if (preview.result.prepared.decision->disposition < policy::Disposition::seal) {
    for (const auto& destination : preview.inputs.destinations()) out.push_back("sent to " + destination.url);
    return out;
  }
  AIRLOCK_TRY(const auto recipients, gate::recipients_of(preview.inputs));
  for (const crypto::Certificate& recipient : recipients) {
    out.push_back("sealed for " + recipient.subject() + ", SHA-256 " + recipient.fingerprint().hex());
  }
  return out;
}

Result<std::vector<std::string>> sentences_about(const gate::Preview& preview, std::uint64_t number) {
  const gate::Prepared& prepared = preview.result.prepared;
  const policy::Decision& decision = *prepared.decision;
  const auto& policy = preview.inputs.kit->policy;
  std::vector<std::string> out{
      "report " + std::to_string(number) + ", event " + quote(prepared.event),
      "  what leaves: " + std::to_string(prepared.payload->size()) + " bytes, SHA-256 " +
          prepared.payload_sha256.hex() + "; `airlock preview " + std::to_string(number) + "` prints them",
      "  decision: " + std::string(policy::name(decision.disposition)) + ", tier " +
          prepared.facts.tier.value_or(std::string(unnamed)) + ", rules " + listed(decision.rules) + ", profiles " +
          listed(decision.profiles) + ", policy " + policy.name() + " " + policy.version()};
  AIRLOCK_TRY(const auto to, receivers(preview));
  for (const std::string& receiver : to) out.push_back("  " + receiver);
  if (!preview.note.empty()) out.push_back("  note: " + core::printable(preview.note, envelope::note_limit));
  out.push_back("  approvals asked for: " + policy::in_words(preview.inputs.approvals()));
  out.push_back("  " + preview.result.message);
  out.emplace_back(decision.disposition < policy::Disposition::seal
                       ? "your certificate is part of your signature, which stays in this site's ledger"
                       : "your certificate is part of your signature, and leaves in the bundle with the report");
  return out;
}

}  // namespace

Result<ToApprove> to_approve(const gate::Preview& preview, std::uint64_t number) {
  const gate::Prepared& prepared = preview.result.prepared;
  if (preview.inputs.approvals().none()) {
    return fail(Code::refused, "nobody asks for approvals at this site",
                "`approvals` in airlock.json, in machine.json or in the kit asks for them");
  }
  if (!prepared.payload) {
    return fail(Code::refused,
                "report " + std::to_string(number) + " does not wait for an approval: " + preview.result.message,
                preview.result.hint);
  }
  const auto wanted = gate::approval_wanted(prepared, preview.inputs, number, preview.note);
  ToApprove out{wanted.payload_sha256, wanted.decision_sha256, wanted.policy_sha256, wanted.note, {}};
  AIRLOCK_TRY(out.sentences, sentences_about(preview, number));
  return out;
}

std::vector<std::string> to_texts(const ToApprove& what) {
  std::string sentences;
  for (const std::string& sentence : what.sentences) sentences += sentence + "\n";
  return {what.payload_sha256, what.decision_sha256, what.policy_sha256, what.note, sentences};
}

Result<ToApprove> to_approve_from(const std::vector<std::string>& texts) {
  constexpr std::size_t count = 5;
  const auto is_digest = [](const std::string& text) { return core::Digest::from_hex(text).has_value(); };
  if (texts.size() != count || !is_digest(texts[0]) || !is_digest(texts[1]) || !is_digest(texts[2]) ||
      (!texts[3].empty() && !core::check_typed("the note", texts[3], envelope::note_limit))) {
    return fail(Code::integrity, "the process that read the report did not say what is to be signed");
  }
  ToApprove out{texts[0], texts[1], texts[2], texts[3], {}};
  std::string_view rest = texts[4];
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    out.sentences.push_back(core::printable(line, line_maximum));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  return out;
}

Result<crypto::Certificate> officer_certificate(const std::string& directory, const std::string& file) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const std::string pem, sys::read_file(file, certificate_file_limit));
  auto certificate = crypto::Certificate::from_pem(pem);
  if (!certificate) return fail(std::move(certificate.error()).within(quote(file)));
  AIRLOCK_TRY(const site::Officers officers, site::read_officers(site));
  const auto mine = officers.with(*certificate);
  if (mine.empty()) {
    return fail(Code::refused,
                quote(file) + ": is not among the certificates in " + quote(site.path(site::layout::officers_trust)),
                "have the site's owner put it there");
  }
  if (!mine.front().is_valid_at(site.world().now())) {
    return fail(
        Code::refused,
        quote(file) + ": is valid from " + certificate->not_before().text() + " to " + certificate->not_after().text(),
        "an officer's right ends with her certificate; have the site's owner put your next one there");
  }
  return certificate;
}

Result<Dropped> approve(const std::string& directory, std::uint64_t number, const ToApprove& what,
                        const crypto::Certificate& certificate, const keeper::PersonKey& key, const sys::World& world) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory, world));
  const core::Time now = world.now();
  const envelope::Approval approval{.site_id = site.configuration().site_id,
                                    .number = number,
                                    .payload_sha256 = what.payload_sha256,
                                    .decision_sha256 = what.decision_sha256,
                                    .policy_sha256 = what.policy_sha256,
                                    .note = what.note,
                                    .time = now};
  AIRLOCK_TRY(auto file,
              sign_and_drop(site, std::to_string(number), envelope::to_document(approval), certificate, key, now));
  return Dropped{std::move(file), now};
}

}  // namespace airlock::office
