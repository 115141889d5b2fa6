#include "gate/own_bundle.hpp"

#include "core/text.hpp"
#include "gate/open.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"
#include "site/former_keys.hpp"
#include "site/site.hpp"
#include "sys/read_file.hpp"
#include "sys/write_file.hpp"

namespace airlock::gate {
namespace {

using core::Code;
using core::fail;
using core::quote;
using core::Result;

Result<void> check_against_ledger(const site::Site& site, const envelope::OpenedBundle& bundle) {
  AIRLOCK_TRY(const auto ledger, open_to_read(site));
  AIRLOCK_TRY(const auto recorded, ledger.disclosure(bundle.manifest().bundle_id));
  if (!recorded) {
    return fail(Code::integrity, "the ledger knows no disclosure " + bundle.manifest().bundle_id,
                "run `airlock ledger verify`");
  }
  if (recorded->content_sha256 != bundle.content_sha256().hex()) {
    return fail(Code::integrity, "the content differs from what the ledger recorded for disclosure " + recorded->id);
  }
  if (const auto& previous = bundle.manifest().previous; previous) {
    AIRLOCK_TRY(const auto before, ledger.disclosure(previous->id));
    if (!before || before->content_sha256 != previous->content_sha256 ||
        before->disclosure >= bundle.manifest().disclosure) {
      return fail(Code::integrity, "`manifest.json` names a previous disclosure that the ledger does not know");
    }
  }
  AIRLOCK_TRY(const auto verifier, site.ledger_verifier());
  AIRLOCK_TRY(const auto keys, ledger.keys(verifier));
  return check_proofs(bundle, keys);
}

}  // namespace

Result<void> check_proofs(const envelope::OpenedBundle& bundle, const ledger::KeyHistory& keys) {
  AIRLOCK_TRY(const std::string entry, bundle.text("entry.json"));
  AIRLOCK_TRY(const std::string text, bundle.text("proof.txt"));
  AIRLOCK_TRY(const ledger::Proof proof, ledger::read_proof(text));
  if (proof.index != bundle.entry_seq()) return fail(Code::integrity, "`proof.txt` is for another entry");
  AIRLOCK_TRY(const ledger::TreeHead head, ledger::verify_proof(entry, proof, keys));
  AIRLOCK_TRY(const auto named, crypto::NoteVerifier::from_text(bundle.manifest().ledger_key));
  if (!ledger::verify_checkpoint(proof.checkpoint, named)) {
    return fail(Code::integrity, "`manifest.json` names a ledger key, but another key signed the checkpoint");
  }
  AIRLOCK_TRY(const std::string checkpoint, bundle.text("checkpoint.txt"));
  if (checkpoint != proof.checkpoint) return fail(Code::integrity, "`proof.txt` is for another checkpoint");
  AIRLOCK_TRY(const std::string consistency, bundle.text("consistency.txt"));
  if (consistency.empty()) return {};
  AIRLOCK_TRY(const auto claimed, ledger::read_consistency(consistency));
  AIRLOCK_CHECK(ledger::verify_consistency_text(claimed, head, keys));
  return {};
}

Result<OwnBundle> open_own_bundle(const std::string& directory, const std::string& path) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto archives, site::all_archive_identities(site));
  AIRLOCK_TRY(auto signers, site::all_signing_certificates(site));
  AIRLOCK_TRY(const auto sealed, sys::FileBlob::open(path));
  AIRLOCK_TRY(auto spool, sys::Spool::create(site.scratch(), site.world()));
  auto scratch = std::make_unique<sys::Spool>(std::move(spool));
  const auto trust = crypto::TrustStore::exactly(crypto::Role::site, std::move(signers));
  std::vector<crypto::Certificate> known;
  for (const site::Identity& archive : archives) known.push_back(archive.certificate);
  // The archive key in force is tried first, then the former ones: an older bundle is sealed for a former key.
  Result<envelope::OpenedBundle> bundle = fail(Code::refused, "is not sealed for this site");
  for (const site::Identity& archive : archives) {
    bundle = envelope::open_bundle(sealed, {archive.key, archive.certificate, known}, trust, *scratch);
    if (bundle || bundle.error().code != Code::refused) break;
  }
  if (!bundle) return fail(std::move(bundle.error()).within(quote(path)));
  auto checked = envelope::check_name(path, bundle->manifest());
  if (checked) checked = check_against_ledger(site, *bundle);
  if (!checked) return fail(core::Error(checked.error()).within(quote(path)));
  return OwnBundle{std::move(scratch), std::move(*bundle)};
}

}  // namespace airlock::gate
