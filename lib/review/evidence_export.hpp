#pragma once
/// \file
/// Exports evidence: one signed archive with everything that an auditor needs about a range of a site's past
/// (docs/formats/evidence.md). It needs no key of the site but the archive key, so a member of the readers' group can
/// export too. What it exports is recorded where the exporter may write the ledger.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/digest.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "crypto/certificate.hpp"
#include "crypto/key.hpp"
#include "review/evidence_document.hpp"
#include "sys/world.hpp"

namespace airlock::review {

/// Whether reports that did not leave go into the archive.
enum class OriginalReports : std::uint8_t { left_out, included };

struct EvidenceOrder {
  EvidenceRange range;
  std::string out;                ///< path of the new file
  const crypto::PrivateKey& key;  ///< of the exporter
  const crypto::Certificate& certificate;
  std::vector<crypto::Certificate> recipients;  ///< for whom it is encrypted; empty: it is not
  OriginalReports originals = OriginalReports::left_out;
  core::ProgressSink* progress = &core::no_progress();  ///< never null
};

struct ExportedEvidence {
  EvidenceRecord evidence;  ///< as in the archive, without `files`
  std::size_t files = 0;
  std::size_t entries = 0;
  std::uint64_t bytes = 0;      ///< of the file
  core::Digest content_sha256;  ///< of the archive that was signed
  std::optional<std::uint64_t>
      recorded;  ///< seq of the `exported` entry; nothing if this user may not write the ledger
};

/// Writes the file (mode 0600) and, beside it, its instructions as `<out>.txt`. After an error there is no file.
/// Records `exported` before the file gets its name. Errors: usage (the range); refused (the name is taken, the
/// certificate is not valid now); bad_input (above a limit, key or certificate may not sign, a recipient may not
/// receive); integrity (the ledger, a bundle or a payload does not verify); not_recorded (the disk).
[[nodiscard]] core::Result<ExportedEvidence> export_evidence(const std::string& directory, const EvidenceOrder& order,
                                                             const sys::World& world = sys::real_world());

}  // namespace airlock::review
