#pragma once
/// \file
/// Writing files durably: a file is complete under its name, or the name does not exist. After a crash too.
///
/// `world` makes the steps of a change, and outlives what it made. Messages name the path. Errors of the system are
/// those of `sys/file_calls.hpp`. No symbolic link is followed at the last step of a path.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/io.hpp"
#include "core/result.hpp"
#include "sys/descriptor.hpp"
#include "sys/world.hpp"

namespace airlock::sys {

using core::Result;

/// Permission bits of files, as chmod(1) takes them.
inline constexpr unsigned private_file = 0600;
inline constexpr unsigned public_file = 0644;

/// Makes a file, complete and durable. Error: refused where the name is taken.
[[nodiscard]] Result<void> create_file(const std::string& path, std::string_view bytes, unsigned mode,
                                       const World& world = real_world());

/// Makes an empty file unless something has the name. Where root makes it, it gets the owner of `beside`.
[[nodiscard]] Result<void> ensure_file(const std::string& path, const std::string& beside, unsigned mode,
                                       const World& world = real_world());

/// Makes a file, complete and durable, and takes the place of another one of that name. Where root replaces the file of
/// another user, the new file belongs to that user too.
[[nodiscard]] Result<void> replace_file(const std::string& path, std::string_view bytes, unsigned mode,
                                        const World& world = real_world());

/// Appends whole lines to a file, durably; makes the file where it does not exist. Where an earlier append was cut
/// short in the middle of a line, that line is ended first. Errors: refused for a symbolic link and for a file with
/// several names, bad_input for another thing than a regular file.
[[nodiscard]] Result<void> append_lines(const std::string& path, std::string_view lines, unsigned mode);

/// Writes over the beginning of a file that exists. Not durable, and after a crash the file may hold a mixture of old
/// and new: only for a file that does no harm then.
[[nodiscard]] Result<void> write_over(const std::string& path, std::string_view bytes,
                                      const World& world = real_world());

/// A new file under construction. Its name, usually a hidden one, is visible from the start. The destructor removes the
/// file unless `keep` was called. Writes are durable after `sync`, and not before.
class NewFile final : public core::Sink {
 public:
  /// Some media have file systems without permissions, or with a fixed owner. `exact` fails where the permissions
  /// cannot be set; `as_it_can` goes on with those that the file system gives.
  enum class Permissions : std::uint8_t { exact, as_it_can };
  /// Error: refused where the name is taken.
  [[nodiscard]] static Result<NewFile> create(const std::string& path, unsigned mode, const World& world = real_world(),
                                              Permissions permissions = Permissions::exact);
  NewFile(NewFile&&) noexcept = default;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile() override;
  /// Reserves `bytes` of free space on the disk, so that writing that many later cannot fail because the disk is full.
  [[nodiscard]] Result<void> reserve(std::uint64_t bytes);
  [[nodiscard]] Result<void> write(std::string_view bytes) override;
  /// Gives back reserved space that was not used, and makes the content durable.
  [[nodiscard]] Result<void> sync();
  /// Where this user is root: gives the new file the owner of the file at `path`, if there is one.
  void take_owner_from(const std::string& path);
  /// The file stays after this object.
  void keep() { kept_ = true; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  NewFile(Descriptor fd, std::string path, const World& world)
      : world_(&world), fd_(std::move(fd)), path_(std::move(path)) {}
  const World* world_;
  Descriptor fd_;
  std::string path_;
  std::uint64_t size_ = 0;
  bool reserved_ = false;
  bool kept_ = false;
};

/// Scratch space without a name: written from front to back, read anywhere, and gone when the process ends.
class Spool final : public core::Scratch {
 public:
  /// In `directory`, so that it uses space of the same disk as the result.
  [[nodiscard]] static Result<Spool> create(const std::string& directory, const World& world = real_world());
  [[nodiscard]] Result<void> write(std::string_view bytes) override;
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override;

 private:
  Spool(Descriptor fd, const World& world) : world_(&world), fd_(std::move(fd)) {}
  const World* world_;
  Descriptor fd_;
  std::uint64_t size_ = 0;
};

}  // namespace airlock::sys
