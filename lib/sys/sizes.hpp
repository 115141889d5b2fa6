#pragma once
/// \file
/// How much the files of one folder take, for what has a share of the disk.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace airlock::sys {

using core::Result;

/// A disk gives files whole blocks; a share is counted in them, so that many small files fill it too.
inline constexpr std::uint64_t size_block = 4096;

/// A regular file of a folder.
struct SizedFile {
  std::string name;
  std::uint64_t bytes = 0;    ///< its length
  std::uint64_t taken = 0;    ///< the length in whole blocks, one at least
  std::uint64_t file_id = 0;  ///< two names with the same id are one file, which takes its room once
};

/// The regular files of a folder, by name; links are not followed. Error: of the file system.
[[nodiscard]] Result<std::vector<SizedFile>> sizes_in(const std::string& directory);
/// A file's length. Error: bad_input where it is not there or no regular file.
[[nodiscard]] Result<std::uint64_t> size_of(const std::string& path);
/// `bytes` in whole blocks.
[[nodiscard]] std::uint64_t whole_blocks(std::uint64_t bytes);
/// A number that another one follows when a name of the folder is made or removed. Nothing where it cannot be told.
/// Changes within the few milliseconds that a file system's clock ticks in may go unseen.
[[nodiscard]] std::optional<std::int64_t> stamp_of(const std::string& directory);

}  // namespace airlock::sys
