#include "sys/new_directory.hpp"

#include <algorithm>
#include <utility>

#include "core/text.hpp"
#include "sys/file_system.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/write_file.hpp"

namespace airlock::sys {
namespace {

std::string marker_of(const std::string& path) { return path + "/" + std::string(NewDirectory::marker); }

/// Whether an `init` that was killed before it made the marker can have left a file of this name.
bool is_a_trace(const std::string& name) {
  return name.starts_with("." + std::string(NewDirectory::marker)) || name.starts_with(probe_name);
}

/// Removes all but the marker.
Result<void> empty(const std::string& path) {
  AIRLOCK_TRY(const auto names, list_directory(path));
  for (const std::string& name : names) {
    if (name != NewDirectory::marker) AIRLOCK_CHECK(remove_tree(path + "/" + name));
  }
  return {};
}

}  // namespace

Result<NewDirectory> NewDirectory::begin(const std::string& path, unsigned permissions, FileSystem file_system) {
  AIRLOCK_TRY(const bool there, look_for(path));
  if (!there) AIRLOCK_CHECK(make_directory(path, permissions));
  AIRLOCK_TRY(const auto names, list_directory(path));
  const bool marked = std::find(names.begin(), names.end(), marker) != names.end();
  if (!marked && !std::all_of(names.begin(), names.end(), is_a_trace)) {
    return core::fail(core::Code::refused, core::quote(path) + ": is not empty", "choose a new or an empty directory");
  }
  NewDirectory out(path, !there);
  AIRLOCK_CHECK(empty(path));
  if (file_system == FileSystem::checked) AIRLOCK_CHECK(check_file_system(path));
  if (!marked) AIRLOCK_CHECK(create_file(marker_of(path), "", private_file));
  return out;
}

NewDirectory::NewDirectory(NewDirectory&& other) noexcept
    : path_(std::move(other.path_)), made_(other.made_), kept_(std::exchange(other.kept_, true)) {}

NewDirectory::~NewDirectory() {
  if (kept_) return;
  // With the marker the next `begin` goes on where this destructor is cut short. Where the disk is full there is no
  // marker, and nothing better can be done.
  if (!exists(marker_of(path_))) (void)create_file(marker_of(path_), "", private_file);
  if (!empty(path_)) return;
  (void)remove_file(marker_of(path_));
  if (made_) (void)remove_tree(path_);
}

Result<void> NewDirectory::finish() {
  AIRLOCK_CHECK(remove_file(marker_of(path_)));
  return sync_directory(path_);
}

}  // namespace airlock::sys
