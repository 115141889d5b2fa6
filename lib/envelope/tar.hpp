#pragma once
/// \file
/// The archive inside a kit or a bundle: regular files in the "ustar Interchange Format" of POSIX.1-2008 (pax), so that
/// any `tar` unpacks it.
///
/// There is exactly one archive for given files and a time, and the reader refuses every other: no other `tar` can
/// see something in it that Airlock does not, and nothing hides in headers, padding or behind the end
/// (docs/formats/bundle.md). General archives, such as those that GNU tar makes by itself, are therefore refused.
///
/// Limits: names of up to 100 plain characters; files below 8 GiB; times from 1970 to 2242.
///
///     TarWriter tar(out, time);
///     AIRLOCK_CHECK(tar.add("kit.json", text));
///     AIRLOCK_CHECK(tar.finish());

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "core/time.hpp"

namespace airlock::envelope {

using core::Result;

/// Where one file is in an archive: its bytes are `core::BlobPart(archive, offset, size)`.
struct TarEntry {
  std::string name;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

struct TarListing {
  std::vector<TarEntry> files;  ///< at least one, in the order of the archive, each name once
  core::Time time;              ///< the modification time that all files have
};

/// Lists an archive. It must be, byte for byte, what `TarWriter` writes for the files and the time in the result; the
/// caller still has to compare the time with the document that it knows. Error: bad_input, also above `max_files`.
[[nodiscard]] Result<TarListing> read_tar(const core::Blob& tar, std::size_t max_files);

/// Writes an archive to a sink: mode 0644, owner and group 0, all files with the same time.
class TarWriter {
 public:
  /// `out` must outlive the writer.
  TarWriter(core::Sink& out, core::Time time) : out_(out), time_(time) {}

  /// Writes one file. The caller adds no name twice. Errors: those of `out`, and of reading `bytes`; unexpected where
  /// the name, the size or the time is outside the limits above.
  [[nodiscard]] Result<void> add(std::string_view name, std::string_view bytes);
  [[nodiscard]] Result<void> add(std::string_view name, const core::Blob& bytes);
  /// Writes the end of the archive. An archive without it is refused by every reader. Errors: those of `out`.
  [[nodiscard]] Result<void> finish();

 private:
  core::Sink& out_;
  core::Time time_;
};

}  // namespace airlock::envelope
