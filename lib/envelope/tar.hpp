#pragma once
/// \file
/// Content of kits and bundles: a ustar archive (POSIX.1-2008 pax, "ustar Interchange Format") of regular files, so
/// that stock `tar` unpacks it. libarchive does the format; what is read must besides be of the form that is written
/// here: regular files with plain relative names, one header block each, nothing between them and nothing but zeros
/// behind (`read_tar`). What a signer made must be that to the byte (`check_as_written`).

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

/// That an archive is, byte for byte, what `TarWriter` writes for the files that `read_tar` found in it and this time.
/// So no other tar sees in it what this one does not, and nothing hides in headers, padding or behind the end. Error:
/// bad_input.
[[nodiscard]] Result<void> check_as_written(const core::Blob& tar, const std::vector<TarEntry>& entries,
                                            core::Time time);

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
