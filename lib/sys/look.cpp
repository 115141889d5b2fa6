#include "sys/look.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "core/text.hpp"
#include "sys/file_calls.hpp"

namespace airlock::sys {
namespace {

using core::Code;
using core::fail;
using core::quote;

/// Whether a call of stat(2) or lstat(2) that returned `result` found something.
Result<bool> was_found(int result, const std::string& path) {
  if (result == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return fail_errno(path, looking);
}

}  // namespace

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

Result<bool> look_for(const std::string& path) {
  struct stat status {};
  return was_found(::lstat(path.c_str(), &status), path);
}

Result<FileKind> kind_of(const std::string& path) {
  struct stat status {};
  AIRLOCK_TRY(const bool found, was_found(::lstat(path.c_str(), &status), path));
  if (!found) return FileKind::none;
  if (S_ISREG(status.st_mode)) return FileKind::file;
  if (S_ISDIR(status.st_mode)) return FileKind::directory;
  return S_ISLNK(status.st_mode) ? FileKind::link : FileKind::other;
}

Result<void> check_no_link(const std::string& path) {
  AIRLOCK_TRY(const FileKind kind, kind_of(path));
  if (kind != FileKind::link) return {};
  return fail(Code::refused, quote(path) + ": is a symbolic link, which could lead to any file",
              "remove it, or name the file that it leads to");
}

Result<void> check_free(const std::string& path) {
  if (exists(path)) {
    return fail(Code::refused, quote(path) + ": exists already", "name a file that does not exist yet, or remove it");
  }
  if (!is_directory(parent_of(path))) return fail(Code::bad_input, quote(parent_of(path)) + ": is not a folder");
  return {};
}

Result<bool> look_for_directory(const std::string& path) {
  AIRLOCK_TRY(const auto attributes, attributes_of(path));
  return attributes && attributes->directory;
}

bool is_directory(const std::string& path) { return look_for_directory(path).value_or(false); }

Result<std::optional<Attributes>> attributes_of(const std::string& path) {
  struct stat status {};
  AIRLOCK_TRY(const bool found, was_found(::stat(path.c_str(), &status), path));
  if (!found) return std::nullopt;
  return Attributes{S_ISDIR(status.st_mode), status.st_mode & permission_bits, status.st_uid, status.st_gid};
}

bool may_write(const std::string& path) { return ::access(path.c_str(), W_OK) == 0; }
bool may_read(const std::string& path) { return ::access(path.c_str(), R_OK) == 0; }

Result<std::vector<std::string>> list_directory(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
    names.push_back(it->path().filename().string());
  }
  if (error) return fail_errno(path, listing, error.value());
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::string> real_path(const std::string& path) {
  std::error_code error;
  auto real = std::filesystem::canonical(path, error);
  if (error) return fail_errno(path, looking_up, error.value());
  return real.string();
}

std::string parent_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

}  // namespace airlock::sys
