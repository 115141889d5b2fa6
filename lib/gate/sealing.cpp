#include "gate/sealing.hpp"

#include <nlohmann/json.hpp>

#include "crypto/hash.hpp"
#include "envelope/bundle.hpp"
#include "envelope/entry.hpp"
#include "gate/acknowledged.hpp"
#include "gate/entries.hpp"
#include "gate/names.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/entry.hpp"
#include "ledger/merkle.hpp"
#include "sys/names.hpp"

namespace airlock::gate {
namespace {

/// Room in bytes for entry, checkpoint, proofs and instructions.
constexpr std::uint64_t small_files = 64ULL * 1024;
/// Room in bytes that the bundle's file reserves for the ledger's later commits. It is given back once the file is
/// complete.
constexpr std::uint64_t ledger_margin = 512ULL * 1024;

Result<envelope::Manifest> manifest_for(const Inputs& inputs, const Prepared& prepared, const core::Json& entry,
                                        const History& history) {
  envelope::Manifest out;
  AIRLOCK_TRY(static_cast<envelope::DisclosureRecord&>(out), envelope::recorded_in(entry));
  out.site_id = inputs.site.configuration().site_id;
  out.previous = history.previous;
  out.passed_over = history.passed_over;
  out.passed_over_before = history.passed_over_before;
  out.voids = history.voids;
  if (!prepared.approvals.empty()) out.version = envelope::version_with_approvals;
  out.created = inputs.now;
  for (const auto& count : prepared.redacted->counts) {
    out.redactions.push_back({count.path, count.what, count.action, count.count});
  }
  return out;
}

}  // namespace

Sealing::Sealing(const Inputs& inputs, const Prepared& prepared, envelope::Manifest manifest, site::Identity identity,
                 crypto::PrivateKey ledger_key, std::vector<crypto::Certificate> recipients, std::string how_to_verify,
                 sys::NewFile bundle, sys::NewFile instructions)
    : inputs_(inputs),
      prepared_(prepared),
      manifest_(std::move(manifest)),
      identity_(std::move(identity)),
      ledger_key_(std::move(ledger_key)),
      recipients_(std::move(recipients)),
      how_to_verify_(std::move(how_to_verify)),
      bundle_(std::move(bundle)),
      instructions_(std::move(instructions)) {
  for (const RecordedApproval& each : prepared.approvals) approvals_ += each.pem;
}

Result<Sealing> Sealing::begin(const Inputs& inputs, const Prepared& prepared, const core::Json& entry,
                               const History& history) {
  AIRLOCK_TRY(auto identity, inputs.site.signing_identity());
  AIRLOCK_TRY(auto ledger_key, inputs.site.ledger_key());
  AIRLOCK_TRY(auto recipients, recipients_of(inputs));
  AIRLOCK_TRY(envelope::Manifest manifest, manifest_for(inputs, prepared, entry, history));
  manifest.ledger_key = inputs.site.ledger_verifier(ledger_key).text();
  for (const auto& recipient : recipients) manifest.recipients.push_back(recipient.fingerprint().hex());

  std::string how_to_verify = envelope::how_to_verify(manifest, identity.certificate, ledger_key.public_key());

  AIRLOCK_TRY(auto bundle, sys::NewFile::create(hidden_bundle(inputs.site, manifest.bundle_id),
                                                inputs.site.file_permissions(), inputs.site.world()));
  AIRLOCK_TRY(auto instructions, sys::NewFile::create(hidden_instructions(inputs.site, manifest.bundle_id),
                                                      inputs.site.file_permissions(), inputs.site.world()));
  std::uint64_t others = inputs.kit->policy_text.size() + inputs.kit->dictionary_text.size() + small_files;
  for (const RecordedApproval& each : prepared.approvals) others += each.pem.size();
  AIRLOCK_CHECK(bundle.reserve(
      envelope::bundle_size_bound(manifest, prepared.payload->size(), others, recipients.size()) + ledger_margin));
  AIRLOCK_CHECK(instructions.reserve(small_files));
  return Sealing(inputs, prepared, std::move(manifest), std::move(identity), std::move(ledger_key),
                 std::move(recipients), std::move(how_to_verify), std::move(bundle), std::move(instructions));
}

core::Json Sealing::promise() const {
  return envelope::to_members({envelope::digest_without_files(envelope::to_document(manifest_)).hex(),
                               crypto::sha256(how_to_verify_).hex(),
                               approvals_.empty() ? "" : crypto::sha256(approvals_).hex()});
}

Result<SealedBundle> Sealing::write(const ledger::Ledger& ledger, std::uint64_t seq, const ledger::TreeHead& recorded) {
  bundle_.keep();
  instructions_.keep();
  AIRLOCK_TRY(const ledger::Entry entry, ledger.entry(seq));
  AIRLOCK_TRY(const auto proof, ledger.inclusion_proof(seq, recorded.size));
  AIRLOCK_TRY(const std::string checkpoint, ledger::sign_checkpoint(recorded, manifest_.site_id, ledger_key_));
  AIRLOCK_TRY(const std::string consistency, consistency_with_receipt(ledger, recorded));
  const envelope::BundleContent content{.report = *prepared_.payload,
                                        .entry = entry.body,
                                        .checkpoint = checkpoint,
                                        .proof = ledger::proof_text(seq, proof, checkpoint),
                                        .consistency = consistency,
                                        .policy = inputs_.kit->policy_text,
                                        .dictionary = inputs_.kit->dictionary_text,
                                        .how_to_verify = how_to_verify_,
                                        .approvals = approvals_};
  AIRLOCK_TRY(const auto digests,
              envelope::write_bundle(manifest_, content, identity_.signer(inputs_.now), recipients_, bundle_));
  AIRLOCK_CHECK(bundle_.sync());
  AIRLOCK_CHECK(instructions_.write(how_to_verify_));
  AIRLOCK_CHECK(instructions_.sync());
  AIRLOCK_CHECK(sys::sync_directory(inputs_.site.path(site::layout::outbox), inputs_.site.world()));
  return SealedBundle{.file = envelope::bundle_name(manifest_) + ".p7m",
                      .file_sha256 = digests.file.hex(),
                      .content_sha256 = digests.content.hex(),
                      .size = digests.size,
                      .checkpoint = checkpoint};
}

}  // namespace airlock::gate
