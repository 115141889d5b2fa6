#pragma once
/// \file
/// Verifies evidence without a site. Everything that is needed is in the file, but for the exporter's certificate,
/// which the verifier has from elsewhere, or compares by its fingerprint.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/io.hpp"
#include "core/result.hpp"
#include "crypto/certificate.hpp"
#include "crypto/key.hpp"
#include "review/evidence_document.hpp"

namespace airlock::review {

/// One of those for whom evidence was encrypted.
struct EvidenceReader {
  const crypto::PrivateKey& key;
  const crypto::Certificate& certificate;
};

struct VerifiedEvidence {
  EvidenceRecord evidence;
  std::vector<std::string> verified;  ///< what was verified, a sentence each
  /// What nobody but the reader can judge: whose these are. Name and SHA-256.
  std::vector<std::pair<std::string, std::string>> compare;
};

/// Verifies, in this order: the encryption, if `reader` is given; the signature by exactly the certificate `exporter`,
/// made while that was valid; without `exporter`, by the certificate in the file, which is then the first to compare;
/// the archive, its list of files and each digest; the ledger's keys, checkpoints and their consistency; each entry;
/// each disclosure; each document. Ends at the first fault, and names it. `scratch` takes the decrypted content.
/// Errors: bad_input (not evidence, or encrypted and no `reader` is given); refused (`reader` is no recipient);
/// integrity (anything that does not verify).
[[nodiscard]] core::Result<VerifiedEvidence> verify_evidence(const core::Blob& file,
                                                             const std::optional<crypto::Certificate>& exporter,
                                                             const std::optional<EvidenceReader>& reader,
                                                             core::Scratch& scratch);

}  // namespace airlock::review
