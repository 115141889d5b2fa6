#pragma once
/// \file
/// Writes the files of an evidence archive one after the other, and remembers name, size and digest of each for
/// `evidence.json`. Memory grows with the number of files, not with their content.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "envelope/tar.hpp"
#include "review/evidence_document.hpp"

namespace airlock::review {

class EvidenceArchive {
 public:
  /// `out` must outlive the archive. `time` is that of every file.
  EvidenceArchive(core::Sink& out, core::Time time) : tar_(out, time) {}

  /// Adds a file. Errors: those of `out` and of reading `bytes`; bad_input above the limits of
  /// `evidence_document.hpp`, with the hint to split the range; unexpected if there is a file of this name.
  [[nodiscard]] core::Result<void> add(const std::string& name, const core::Blob& bytes);
  [[nodiscard]] core::Result<void> add(const std::string& name, std::string_view bytes);
  [[nodiscard]] bool has(const std::string& name) const { return names_.contains(name); }
  /// The names that begin and end so, sorted.
  [[nodiscard]] std::vector<std::string> below(std::string_view beginning, std::string_view ending) const;
  /// Says that something could not be added.
  void miss(std::string what, std::string why);

  [[nodiscard]] const std::vector<EvidenceFile>& files() const { return files_; }
  [[nodiscard]] const std::vector<MissingPart>& missing() const { return missing_; }

  /// Writes `evidence.json` with files and missing parts, and the end of the archive. Errors: as `add`.
  [[nodiscard]] core::Result<void> finish(EvidenceRecord evidence);

 private:
  [[nodiscard]] core::Result<void> take(const std::string& name, std::uint64_t size);

  envelope::TarWriter tar_;
  std::set<std::string, std::less<>> names_;
  std::vector<EvidenceFile> files_;
  std::vector<MissingPart> missing_;
  std::uint64_t bytes_ = 0;
};

}  // namespace airlock::review
