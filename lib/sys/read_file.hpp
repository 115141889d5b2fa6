#pragma once
/// \file
/// Reading files: small ones whole, large ones piece by piece. What has a name, without reading it, is in
/// `sys/look.hpp`.
///
/// Messages name the path. Errors of the system are those of `sys/file_calls.hpp`.

#include <cstdint>
#include <optional>
#include <string>

#include "core/io.hpp"
#include "core/result.hpp"
#include "sys/descriptor.hpp"

namespace airlock::sys {

using core::Result;

/// The bytes of a regular file; a symbolic link is followed. Errors: bad_input where it is missing, is a directory or
/// another thing than a regular file, or has more than `limit` bytes.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::uint64_t limit);

/// Like `read_file`, for secrets. Refused where group or others have any permission, and where the file belongs neither
/// to this user nor to root.
[[nodiscard]] Result<std::string> read_private_file(const std::string& path, std::uint64_t limit);

/// Reads a file with a secret that a group may read too: the group of `folder`, which must have set-group-id. The file
/// belongs to the owner of `folder`. Errors: as `read_private_file`.
[[nodiscard]] Result<std::string> read_shared_file(const std::string& path, const std::string& folder,
                                                   std::uint64_t limit);

/// Reads a file that only the administrator of the machine can have written; nothing where it does not exist. Refused
/// where the file or its folder is a symbolic link, belongs to somebody other than root, or can be written by group or
/// others.
[[nodiscard]] Result<std::optional<std::string>> read_root_file(const std::string& path, std::uint64_t limit);

/// Has the kernel forget its copy of a file that was synced, so that the next read asks the disk. Where the kernel does
/// not do so, nothing happens.
void forget_cached(const std::string& path);

/// A regular file that is read at any offset. It must not change meanwhile.
class FileBlob final : public core::Blob {
 public:
  /// Errors: as `read_file`.
  [[nodiscard]] static Result<FileBlob> open(const std::string& path);
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override;

 private:
  FileBlob(Descriptor fd, std::string path, std::uint64_t size)
      : fd_(std::move(fd)), path_(std::move(path)), size_(size) {}
  Descriptor fd_;
  std::string path_;
  std::uint64_t size_;
};

/// An input that is read from front to back: a regular file, a pipe, or, for the path `-`, standard input. Error:
/// bad_input for a directory.
class InputSource final : public core::Source {
 public:
  [[nodiscard]] static Result<InputSource> open(const std::string& path);
  [[nodiscard]] Result<std::size_t> read(std::span<char> into) override;
  [[nodiscard]] int descriptor() const { return fd_.get(); }

 private:
  InputSource(Descriptor fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}
  Descriptor fd_;
  std::string name_;
};

}  // namespace airlock::sys
