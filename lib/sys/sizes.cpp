#include "sys/sizes.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "core/text.hpp"
#include "sys/look.hpp"

namespace airlock::sys {

std::uint64_t whole_blocks(std::uint64_t bytes) {
  const std::uint64_t blocks = (bytes + size_block - 1) / size_block;
  return std::max<std::uint64_t>(blocks, 1) * size_block;
}

Result<std::vector<SizedFile>> sizes_in(const std::string& directory) {
  AIRLOCK_TRY(const auto names, list_directory(directory));
  std::vector<SizedFile> out;
  for (const std::string& name : names) {
    struct stat status {};
    // A file that was removed meanwhile takes no space.
    if (::lstat((directory + "/" + name).c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    const auto bytes = static_cast<std::uint64_t>(status.st_size);
    out.push_back({name, bytes, whole_blocks(bytes), static_cast<std::uint64_t>(status.st_ino)});
  }
  return out;
}

Result<std::uint64_t> size_of(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return core::fail(core::Code::bad_input, core::quote(path) + ": is missing, or is not a regular file");
  }
  return static_cast<std::uint64_t>(status.st_size);
}

std::optional<std::int64_t> stamp_of(const std::string& directory) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0) return std::nullopt;
  return status.st_mtim.tv_sec * std::int64_t{1'000'000'000} + status.st_mtim.tv_nsec;
}

}  // namespace airlock::sys
