#pragma once
/// \file
/// A directory that is filled step by step and is either complete or not there: what a failed `init` has made is
/// removed, and what one that was killed has left is removed by the next.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace airlock::sys {

using core::Result;

/// A directory under construction. Removed with all that is in it when it goes without `keep`; where it was there
/// before, empty, it stays and is empty again.
class NewDirectory {
 public:
  /// The name by which the next `begin` knows that everything in the directory is of one that was cut short.
  static constexpr std::string_view marker = ".init-unfinished";

  /// Whether `check_file_system` must be content with where it is.
  enum class FileSystem : std::uint8_t { any, checked };
  /// Makes the directory, or takes one that is empty, or that was being filled when its process ended. Errors: refused
  /// where there is something else in it, or the file system will not do.
  [[nodiscard]] static Result<NewDirectory> begin(const std::string& path, unsigned permissions,
                                                  FileSystem file_system);
  NewDirectory(NewDirectory&& other) noexcept;
  NewDirectory& operator=(NewDirectory&&) = delete;
  ~NewDirectory();

  /// Everything that makes it what it is, is there: a process that is killed from now on leaves it. Durable.
  [[nodiscard]] Result<void> finish();
  /// It outlives this object.
  void keep() { kept_ = true; }

 private:
  NewDirectory(std::string path, bool made) : path_(std::move(path)), made_(made) {}

  std::string path_;
  bool made_ = false;  ///< else it was there before
  bool kept_ = false;
};

}  // namespace airlock::sys
