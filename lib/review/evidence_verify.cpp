#include "review/evidence_verify.hpp"

#include "core/text.hpp"
#include "crypto/cms.hpp"
#include "review/evidence_content.hpp"

namespace airlock::review {
namespace {

using core::Code;
using core::fail;
using core::Result;

/// The signed object: the file, or what is encrypted in it.
Result<const core::Blob*> signed_object(const core::Blob& file, const std::optional<EvidenceReader>& reader,
                                        core::Scratch& scratch) {
  if (file.size() > 2 * evidence_bytes_limit) {
    return fail(Code::bad_input, "is larger than " + std::to_string(2 * evidence_bytes_limit) + " bytes");
  }
  const bool is_sealed = crypto::recipients_of(file).has_value();
  if (!is_sealed) return &file;
  if (!reader) {
    return fail(Code::bad_input, "is encrypted", "name your key and your certificate with `--key` and `--certificate`");
  }
  AIRLOCK_CHECK(crypto::open(file, reader->key, reader->certificate, scratch));
  return &scratch;
}

Result<void> check_exporter(const EvidenceRecord& evidence, const crypto::Verified& verified) {
  if (!verified.chain_valid_at(verified.signing_time())) {
    return fail(Code::integrity, "the exporter's certificate was not valid when the evidence was signed");
  }
  const crypto::Certificate& signer = verified.signer();
  if (evidence.created != verified.signing_time() || evidence.exporter != signer.subject() ||
      evidence.exporter_certificate_sha256 != signer.fingerprint().hex() ||
      evidence.exporter_key_sha256 != signer.key().sha256().hex()) {
    return fail(Code::integrity, "`evidence.json` names another exporter or another time than the signature");
  }
  return {};
}

Result<std::vector<std::pair<std::string, std::string>>> to_compare(const EvidenceContent& content,
                                                                    const LedgerPart& ledger) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const std::string name : {"site", "vendor", "officer"}) {
    AIRLOCK_TRY(const auto certificates, certificates_in(content, name));
    for (const auto& certificate : certificates) {
      out.emplace_back(name + " certificate " + certificate.subject(), certificate.fingerprint().hex());
    }
  }
  for (const auto& key : ledger.keys.keys()) {
    out.emplace_back("ledger key for trees from " + std::to_string(key.from_size) + " entries",
                     key.verifier.key().sha256().hex());
  }
  return out;
}

}  // namespace

Result<VerifiedEvidence> verify_evidence(const core::Blob& file, const std::optional<crypto::Certificate>& exporter,
                                         const std::optional<EvidenceReader>& reader, core::Scratch& scratch) {
  AIRLOCK_TRY(const core::Blob* const object, signed_object(file, reader, scratch));
  VerifiedEvidence out;
  if (object != &file) out.verified.emplace_back("encryption: opened with the given key");
  const auto trust = [&](const crypto::Certificate& presented) -> Result<crypto::TrustStore> {
    return crypto::TrustStore::officers({exporter.value_or(presented)});
  };
  AIRLOCK_TRY(const auto verified, crypto::verify(*object, trust));
  out.verified.push_back("signature: by " + verified.signer().subject() + ", " + verified.signing_time().text());
  AIRLOCK_TRY(const auto content, EvidenceContent::read(verified.content()));
  AIRLOCK_CHECK(check_exporter(content.evidence(), verified));
  out.verified.push_back(std::to_string(content.evidence().files.size()) +
                         " files: exactly those of evidence.json, each with its digest");
  AIRLOCK_TRY(const LedgerPart ledger, check_ledger_part(content, out.verified));
  AIRLOCK_CHECK(check_disclosed_part(content, ledger, out.verified));
  AIRLOCK_CHECK(check_documents_part(content, ledger, out.verified));
  AIRLOCK_TRY(out.compare, to_compare(content, ledger));
  if (!exporter) {
    out.compare.emplace(out.compare.begin(), "certificate that signed it, " + verified.signer().subject(),
                        verified.signer().fingerprint().hex());
  }
  out.evidence = content.evidence();
  return out;
}

}  // namespace airlock::review
