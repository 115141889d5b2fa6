#pragma once
/// \file
/// Content of kits and bundles: a ustar archive (POSIX.1-2008 pax, "ustar Interchange Format") of regular files, so
/// that stock `tar` unpacks it. libarchive does the format; what is read must besides be exactly what is written here:
/// regular files with plain relative names, one header block each, nothing between them and nothing but zeros behind.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "core/time.hpp"

namespace airlock::envelope {

using core::Result;

/// One file in an archive; its bytes are a part of the archive's blob.
struct TarEntry {
  std::string name;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

/// Lists an archive of at most `most` files. Error: bad_input where it is not of the form above, or a name stands
/// twice.
[[nodiscard]] Result<std::vector<TarEntry>> read_tar(const core::Blob& tar, std::size_t most);

/// Writes an archive to a sink: mode 0644, owner 0, all files with the same time.
class TarWriter {
 public:
  /// `out` must outlive the writer.
  TarWriter(core::Sink& out, core::Time time);
  TarWriter(TarWriter&&) noexcept;
  TarWriter& operator=(TarWriter&&) noexcept;
  ~TarWriter();

  [[nodiscard]] Result<void> add(const std::string& name, std::string_view bytes);
  [[nodiscard]] Result<void> add(const std::string& name, const core::Blob& bytes);
  /// The archive is complete. Without it what was written is worthless.
  [[nodiscard]] Result<void> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace airlock::envelope
