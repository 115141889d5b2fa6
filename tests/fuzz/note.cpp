// Checkpoints, proofs and keys of the ledger as texts. Whatever verifies was signed; whatever is read is written back
// as it was.

#include "crypto/note.hpp"

#include "fuzz/target.hpp"
#include "fuzz/trust.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/keys.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const crypto::NoteVerifier verifier = crypto::NoteVerifier::from_text(trusted("ledger.vkey")).value();
  static const std::string checkpoint = trusted("checkpoint");
  static const std::string signed_text = crypto::verify_note(checkpoint, verifier).value();

  const std::string_view text = input_text(data, size);
  if (const auto verified = crypto::verify_note(text, verifier)) {
    require(*verified == signed_text, "what verifies was signed");
  }
  if (const auto head = ledger::verify_checkpoint(text, verifier)) {
    require(text.starts_with(signed_text), "a checkpoint that verifies was signed");
  }
  if (const auto key = crypto::NoteVerifier::from_text(text)) {
    require(key->text() == text, "a key is written as it was read");
  }
  if (const auto proof = ledger::read_proof(text)) {
    require(ledger::proof_text(proof->index, proof->hashes, proof->checkpoint) == text,
            "a proof is written as it was read");
    (void)ledger::verify_proof("{}", *proof, verifier);
  }
  if (const auto consistency = ledger::read_consistency(text)) {
    require(ledger::consistency_text(consistency->hashes, consistency->from_checkpoint) == text,
            "a consistency proof is written as it was read");
    (void)ledger::verify_consistency_text(*consistency, {7, {}}, verifier);
  }
  return 0;
}
