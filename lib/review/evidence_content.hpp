#pragma once
/// \file
/// The files of an evidence archive that is being verified, and what verifying one part tells the next. For the source
/// files of review/ that verify evidence.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "core/result.hpp"
#include "crypto/certificate.hpp"
#include "envelope/tar.hpp"
#include "ledger/keys.hpp"
#include "review/evidence_document.hpp"
#include "review/evidence_needs.hpp"

namespace airlock::review {

/// An archive whose files have the sizes and digests that `evidence.json` says.
class EvidenceContent {
 public:
  /// Reads the archive and compares it with its `evidence.json`: exactly these files in this order, each with its size
  /// and digest, and names that evidence may have. `tar` must outlive the content. Errors: bad_input, integrity.
  [[nodiscard]] static core::Result<EvidenceContent> read(const core::Blob& tar);

  [[nodiscard]] const EvidenceRecord& evidence() const { return evidence_; }
  [[nodiscard]] bool has(const std::string& name) const { return files_.contains(name); }
  /// The bytes of a file. Error: integrity where there is none.
  [[nodiscard]] core::Result<core::BlobPart> file(const std::string& name) const;
  /// The same in memory. Error: also bad_input above `limit` bytes.
  [[nodiscard]] core::Result<std::string> text(const std::string& name, std::uint64_t limit) const;
  /// The names that begin so, sorted.
  [[nodiscard]] std::vector<std::string> below(std::string_view folder) const;

 private:
  explicit EvidenceContent(const core::Blob& tar) : tar_(&tar) {}

  const core::Blob* tar_;
  EvidenceRecord evidence_;
  std::map<std::string, envelope::TarEntry, std::less<>> files_;
};

/// What the verified entries say.
struct LedgerPart {
  EvidenceNeeds needs;
  ledger::KeyHistory keys;
};
/// Verifies checkpoints, their consistency, entries and inclusion. Adds a sentence for each to `verified`. Errors:
/// integrity, bad_input, naming the file.
[[nodiscard]] core::Result<LedgerPart> check_ledger_part(const EvidenceContent& content,
                                                         std::vector<std::string>& verified);

/// Verifies the disclosed bytes, and originals, against the entries and the site's signatures; then the vendor's
/// documents against the roots in `keys/`. The rest as above.
[[nodiscard]] core::Result<void> check_disclosed_part(const EvidenceContent& content, const LedgerPart& ledger,
                                                      std::vector<std::string>& verified);
[[nodiscard]] core::Result<void> check_documents_part(const EvidenceContent& content, const LedgerPart& ledger,
                                                      std::vector<std::string>& verified);

/// The certificates `keys/<name>-1.crt`, `keys/<name>-2.crt` and so on. Error: bad_input naming the file.
[[nodiscard]] core::Result<std::vector<crypto::Certificate>> certificates_in(const EvidenceContent& content,
                                                                             const std::string& name);

}  // namespace airlock::review
