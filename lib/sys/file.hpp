#pragma once
/// \file
/// Files, done durably: what is written is complete under its name or not there at all. The only door to the file
/// system.
///
/// errno is translated here: a full, broken or read-only disk is `not_recorded`, a file that is not there or of the
/// wrong kind is `bad_input`, a file that others could have written or read is `refused`, all else is `unexpected`, so
/// also what permissions forbid, or a system call that the kernel or a container denies: then the hint names the call.
/// Messages name the path. Nothing here follows a symbolic link at the last step unless it says so.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "core/result.hpp"

namespace airlock::sys {

using core::Result;

/// Permission bits, as chmod(1) writes them.
inline constexpr unsigned private_file = 0600;
inline constexpr unsigned public_file = 0644;
inline constexpr unsigned private_directory = 0700;

/// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int release();

 private:
  int fd_ = -1;
};

/// Reads a whole regular file, or one that a symbolic link names. Errors: bad_input (missing, a directory, not a
/// regular file, more than `limit` bytes).
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::uint64_t limit);
/// Like `read_file` for secrets: refused where group or others have any permission, or the owner is neither this user
/// nor root.
[[nodiscard]] Result<std::string> read_private_file(const std::string& path, std::uint64_t limit);

/// Reads a file that only the machine's administrator can have written; nothing where it is not there. Refused where it
/// or its folder is a symbolic link, belongs to anybody but root, or can be written by group or others.
[[nodiscard]] Result<std::optional<std::string>> read_root_file(const std::string& path, std::uint64_t limit);

/// Makes a file that must not exist yet, complete and durable. Error: refused if the name is taken.
[[nodiscard]] Result<void> create_file(const std::string& path, std::string_view bytes, unsigned mode);
/// Whether `create_file` could make it: the name is free, and its folder is there. For what must not be done in vain.
/// Errors: refused, bad_input.
[[nodiscard]] Result<void> check_free(const std::string& path);
/// Makes an empty private file if nothing has the name; it belongs to whom `beside` belongs, also where root makes it.
[[nodiscard]] Result<void> make_sure_of(const std::string& path, const std::string& beside);
/// The same for a private folder. Error: refused where something else has the name.
[[nodiscard]] Result<void> make_sure_of_directory(const std::string& path, const std::string& beside);
/// Puts a complete, durable file in the place of what has the name, if anything. Where root replaces another user's
/// file, it stays that user's.
[[nodiscard]] Result<void> replace_file(const std::string& path, std::string_view bytes, unsigned mode);

/// Appends whole lines to a file, which is made if need be, durably. Where an earlier append was cut short, its half
/// line is ended first. Errors: refused where it is a link or has other names, bad_input where it is no regular file.
[[nodiscard]] Result<void> append_lines(const std::string& path, std::string_view lines, unsigned mode);

/// Writes over the beginning of a file that exists. Not durable, and a crash may leave a mixture: for advice only.
[[nodiscard]] Result<void> write_over(const std::string& path, std::string_view bytes);

/// A new file under construction, visible under its (usually hidden) name from the start. Removed when it goes without
/// `keep`. Writes are not durable before `sync`.
class NewFile final : public core::Sink {
 public:
  /// Media whose file system knows no permissions, or another owner, refuse to set them; only `exact` minds.
  enum class Permissions : std::uint8_t { exact, as_it_can };
  [[nodiscard]] static Result<NewFile> create(const std::string& path, unsigned mode,
                                              Permissions permissions = Permissions::exact);
  NewFile(NewFile&&) noexcept = default;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile() override;
  /// Takes `bytes` of the disk's free space now, so that writing that much later cannot fail for want of it.
  [[nodiscard]] Result<void> reserve(std::uint64_t bytes);
  [[nodiscard]] Result<void> write(std::string_view bytes) override;
  /// Gives back what was reserved and not used, and makes the content durable.
  [[nodiscard]] Result<void> sync();
  /// Where this user is root, gives it to whom the file at `path` belongs, if there is one.
  void take_owner_from(const std::string& path);
  /// The file outlives this object.
  void keep() { kept_ = true; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  NewFile(Descriptor fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  Descriptor fd_;
  std::string path_;
  std::uint64_t size_ = 0;
  bool reserved_ = false;
  bool kept_ = false;
};

/// A file that is only read, as a blob. It must not change meanwhile.
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

/// Scratch space without a name: written front to back, then read anywhere, gone with the process.
class Spool final : public core::Scratch {
 public:
  /// In `directory`, so that it counts against the disk that the result goes to.
  [[nodiscard]] static Result<Spool> create(const std::string& directory);
  [[nodiscard]] Result<void> write(std::string_view bytes) override;
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override;

 private:
  explicit Spool(Descriptor fd) : fd_(std::move(fd)) {}
  Descriptor fd_;
  std::uint64_t size_ = 0;
};

/// Reads a file from front to back: a regular file, a pipe, or, for `-`, standard input. Refused: a directory.
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

/// Whether something has the name. Where the system cannot tell, it counts as there: whoever opens it learns why.
/// Also true where it cannot be told: for what must not be there. Where something is done because it is not,
/// `look_for`.
[[nodiscard]] bool exists(const std::string& path);
/// Whether something has this name. Error: not_recorded and the like where that cannot be told.
[[nodiscard]] Result<bool> look_for(const std::string& path);
/// What has a name, links not followed. Error: as `look_for`.
enum class Kind : std::uint8_t { none, file, directory, link, other };
[[nodiscard]] Result<Kind> kind_of(const std::string& path);
/// For what is written where others write too. Error: refused where the name is that of a symbolic link.
[[nodiscard]] Result<void> check_no_link(const std::string& path);
/// Whether it is a directory, links followed. Error: as `look_for`.
[[nodiscard]] Result<bool> look_for_directory(const std::string& path);
[[nodiscard]] bool is_directory(const std::string& path);
/// Permission bits of group and others.
inline constexpr unsigned others_all = 0077;
inline constexpr unsigned others_write = 0022;
/// What a name leads to, links followed.
struct Attributes {
  bool directory = false;
  unsigned permissions = 0;  ///< with the sticky bit
};
/// Nothing where nothing has the name. Error: as `look_for`.
[[nodiscard]] Result<std::optional<Attributes>> attributes_of(const std::string& path);
/// Makes one directory with exactly these permissions, whatever the umask. Error: refused if the name is taken.
[[nodiscard]] Result<void> make_directory(const std::string& path, unsigned mode);
/// Names in a directory but `.` and `..`, sorted.
[[nodiscard]] Result<std::vector<std::string>> list_directory(const std::string& path);
/// Makes the names in a directory durable.
[[nodiscard]] Result<void> sync_directory(const std::string& path);
/// Gives a file a second name, not yet durable. Error: refused if the name is taken.
[[nodiscard]] Result<void> link_file(const std::string& from, const std::string& to);
/// Gives a file another name, on file systems without links too; not yet durable. Where the kernel cannot do it in one
/// step (ZFS, FUSE), a process that is ended meanwhile may leave the file under both names. Error: refused if the name
/// is taken.
[[nodiscard]] Result<void> rename_new(const std::string& from, const std::string& to);
/// Gives a file the name `to` in the same folder, in the place of what has it, if anything; durably.
[[nodiscard]] Result<void> rename_over(const std::string& from, const std::string& to);
/// The absolute path without links, `.` and `..`. Error: bad_input where nothing is there.
[[nodiscard]] Result<std::string> real_path(const std::string& path);
/// Has the kernel forget what it holds of a file that was synced, so that reading it asks the disk. Where it will not,
/// nothing happens.
void forget_cached(const std::string& path);
/// Removes a file; one that is not there is no error.
[[nodiscard]] Result<void> remove_file(const std::string& path);
/// Removes a regular file. Anything else that has the name is left, and is no error: for names by which Airlock knows
/// its own files, and which nothing else should have.
[[nodiscard]] Result<void> remove_if_file(const std::string& path);
/// Removes a file or a directory with all below it; nothing there is no error.
[[nodiscard]] Result<void> remove_tree(const std::string& path);

/// Whether `directory` is on this machine's own disk or memory and can be written: on a network's, locks and syncs hold
/// only as far as the protocol and its server care (sqlite.org/faq.html#q5). Known by statfs(2): NFS, SMB, AFS, Ceph,
/// Coda, Lustre, GFS2, OCFS2. Errors: refused (of a network), not_recorded (mounted read-only), each with its
/// reason.
[[nodiscard]] Result<void> check_local(const std::string& directory);

/// What the names of files begin with that try a file system out.
inline constexpr std::string_view probe_name = ".probe.";
/// `check_local`, and whether files can be made, linked, renamed, locked and made durable in `directory` by the
/// functions above: what durability here rests on. Errors: refused, naming what this file system cannot do, or what the
/// kernel or a container denies; unexpected where permissions forbid it.
[[nodiscard]] Result<void> check_file_system(const std::string& directory);

/// An exclusive flock(2), held as long as the object lives. The file is made if need be.
class Lock {
 public:
  /// Waits up to `seconds`. Error: not_recorded where another process holds it longer.
  [[nodiscard]] static Result<Lock> acquire(const std::string& path, int seconds);

 private:
  explicit Lock(Descriptor fd) : fd_(std::move(fd)) {}
  Descriptor fd_;
};

}  // namespace airlock::sys
