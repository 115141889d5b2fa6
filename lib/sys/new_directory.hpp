#pragma once
/// \file
/// A directory that is filled step by step, and afterwards is either complete or gone. A failed `init` removes what it
/// has made. Where `init` was killed, the next one removes it.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace airlock::sys {

using core::Result;

/// A directory under construction. The destructor removes it with its content unless `keep` was called. A directory
/// that existed before stays, and is empty again.
class NewDirectory {
 public:
  /// A file of this name marks a directory that was not finished: the next `begin` may remove everything in it.
  static constexpr std::string_view marker = ".init-unfinished";

  /// Whether `check_file_system` must accept the place.
  enum class FileSystem : std::uint8_t { any, checked };
  /// Makes the directory, or takes one that is empty or not finished. Errors: refused where there is something else in
  /// it, or `check_file_system` refuses the place.
  [[nodiscard]] static Result<NewDirectory> begin(const std::string& path, unsigned permissions,
                                                  FileSystem file_system);
  NewDirectory(NewDirectory&& other) noexcept;
  NewDirectory& operator=(NewDirectory&&) = delete;
  ~NewDirectory();

  /// Marks the directory as complete, durably. From now on it stays, also where this process is killed.
  [[nodiscard]] Result<void> finish();
  /// The directory stays after this object.
  void keep() { kept_ = true; }

 private:
  NewDirectory(std::string path, bool made) : path_(std::move(path)), made_(made) {}

  std::string path_;
  bool made_ = false;  ///< false: it existed before
  bool kept_ = false;
};

}  // namespace airlock::sys
