#pragma once
/// \file
/// How much space the files of one folder take, for folders that have a share of the disk.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace airlock::sys {

using core::Result;

/// A disk gives files whole blocks. A share is counted in blocks of this size, so that many small files fill it too.
inline constexpr std::uint64_t size_block = 4096;

/// A regular file of a folder.
struct SizedFile {
  std::string name;
  std::uint64_t bytes = 0;    ///< its length
  std::uint64_t taken = 0;    ///< the length in whole blocks, at least one
  std::uint64_t file_id = 0;  ///< two names with the same id are one file, which takes its space once
};

/// The regular files of a folder, by name. Links are not followed. Errors: as `list_directory`.
[[nodiscard]] Result<std::vector<SizedFile>> sizes_in(const std::string& directory);
/// The length of a file. Error: bad_input where it is missing or not a regular file.
[[nodiscard]] Result<std::uint64_t> size_of(const std::string& path);
/// `bytes` in whole blocks.
[[nodiscard]] std::uint64_t whole_blocks(std::uint64_t bytes);
/// A number that changes when a name in the folder is made or removed. Nothing where the system gives no answer. A
/// second change within the same few milliseconds, a tick of the clock of the file system, may leave the number as it
/// is.
[[nodiscard]] std::optional<std::int64_t> stamp_of(const std::string& directory);

}  // namespace airlock::sys
