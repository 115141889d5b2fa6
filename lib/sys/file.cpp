#include "sys/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>

#include "core/call.hpp"
#include "core/text.hpp"
#include "sys/system.hpp"

namespace airlock::sys {
namespace {

using core::Code;
using core::fail;
using core::quote;

/// What is done to a file, in a word for messages, and the system call that does it.
struct Doing {
  std::string_view word;
  std::string_view call;
  /// EPERM may mean that this user may not do it to this file; of other calls only a filter says that.
  bool needs_permission = false;
};
constexpr Doing opening{"open", "openat", true};
constexpr Doing creating{"create", "openat", true};
constexpr Doing scratching{"make scratch space", "openat", true};
constexpr Doing reading{"read", "read"};
constexpr Doing writing{"write", "write"};
constexpr Doing syncing{"sync", "fsync"};
constexpr Doing locking{"lock", "flock"};
constexpr Doing looking{"look at", "newfstatat"};
constexpr Doing looking_up{"look up", "readlink"};
constexpr Doing listing{"list", "getdents64"};
constexpr Doing linking{"link", "link", true};
constexpr Doing renaming{"rename", "rename", true};
constexpr Doing removing{"remove", "unlink", true};
constexpr Doing truncating{"truncate", "ftruncate"};
constexpr Doing reserving{"reserve space", "fallocate"};
constexpr Doing making_directory{"make directory", "mkdir", true};
constexpr Doing changing_mode{"chmod", "fchmod", true};
constexpr Doing changing_owner{"chown", "fchown", true};
constexpr Doing asking_file_system{"stat file system", "statfs"};

constexpr auto permission_hint =
    "run it as a user who may, such as the owner of the file or folder, or have its permissions changed";

/// Where a call was denied: who may do it, or who lets it through.
std::string denied_hint(const Doing& doing, int error) {
  if (error == EPERM && doing.needs_permission) {
    return std::string(permission_hint) + "; or " + core::allow_hint(doing.call);
  }
  return core::allow_hint(doing.call);
}

tl::unexpected<core::Error> fail_errno(const std::string& path, const Doing& doing, int error = errno) {
  const std::string reason = core::lower_first(std::generic_category().message(error));
  std::string message = quote(path) + ": " + std::string(doing.word) + ": " + reason;
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return fail(Code::not_recorded, std::move(message), "free some space on that file system and run again");
    case EROFS:
      return fail(Code::not_recorded, std::move(message), "make the file system writable and run again");
    case EIO:
      return fail(Code::not_recorded, std::move(message), "check the disk and run again");
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
    case ENAMETOOLONG:
      return fail(Code::bad_input, std::move(message));
    case EXDEV:
      return fail(Code::bad_input, std::move(message), "all of a site directory must be on one file system");
    case EEXIST:
      return fail(Code::refused, std::move(message));
    case EACCES:
      return fail(Code::unexpected, std::move(message), permission_hint);
    case EPERM:
    case ENOSYS:
      return fail(Code::unexpected, std::move(message), denied_hint(doing, error));
    default:
      return fail(Code::unexpected, std::move(message));
  }
}

constexpr unsigned permission_bits = 07777;

constexpr auto local_hint = "use a local file system with hard links and flock, such as ext4 or xfs";

struct NetworkFileSystem {
  std::uint32_t magic;  ///< statfs(2), linux/magic.h
  std::string_view name;
};
constexpr std::array<NetworkFileSystem, 12> network_file_systems{{{0x00006969, "NFS"},
                                                                  {0x0000517B, "SMB"},
                                                                  {0xFF534D42, "SMB"},
                                                                  {0xFE534D42, "SMB"},
                                                                  {0x0000564C, "NCP"},
                                                                  {0x5346414F, "AFS"},
                                                                  {0x6B414653, "AFS"},
                                                                  {0x00C36400, "Ceph"},
                                                                  {0x73757245, "Coda"},
                                                                  {0x0BD00BD0, "Lustre"},
                                                                  {0x01161970, "GFS2"},
                                                                  {0x7461636F, "OCFS2"}}};

template <typename Call>
auto retry(Call call) {
  decltype(call()) result;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

Result<void> write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t put = retry([&] { return ::write(fd, bytes.data(), bytes.size()); });
    if (put < 0) return fail_errno(path, writing);
    if (put == 0) return fail_errno(path, writing, ENOSPC);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<std::size_t> read_some_at(int fd, std::uint64_t offset, std::span<char> into, const std::string& path) {
  std::size_t have = 0;
  while (have < into.size()) {
    const ssize_t got =
        retry([&] { return ::pread(fd, into.data() + have, into.size() - have, static_cast<off_t>(offset + have)); });
    if (got < 0) return fail_errno(path, reading);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

std::string parent_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

/// A regular file, open for reading, and what the kernel says of it.
struct Opened {
  Descriptor fd;
  struct stat status;
};

Result<Opened> open_regular(const std::string& path) {
  // O_NONBLOCK: opening a pipe that nobody writes to must not hang; for a regular file it means nothing.
  Descriptor fd{retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); })};
  const int error = errno;
  struct stat status {};
  // A sandbox refuses to open a directory before anybody can see that it is one; looking is not refused.
  const int looked = fd.get() < 0 ? ::stat(path.c_str(), &status) : ::fstat(fd.get(), &status);
  if (looked == 0 && S_ISDIR(status.st_mode))
    return fail(Code::bad_input, quote(path) + ": is a directory, not a file");
  if (fd.get() < 0) return fail_errno(path, opening, error);
  if (looked != 0) return fail_errno(path, looking);
  if (!S_ISREG(status.st_mode)) return fail(Code::bad_input, quote(path) + ": is not a regular file");
  return Opened{std::move(fd), status};
}

Result<std::string> read_opened(const Opened& file, const std::string& path, std::uint64_t limit) {
  const auto size = static_cast<std::uint64_t>(file.status.st_size);
  if (size > limit) {
    return fail(Code::bad_input, quote(path) + ": is larger than " + std::to_string(limit) + " bytes");
  }
  // One byte more than it should have shows a file that grows while it is read.
  std::string out(static_cast<std::size_t>(size) + 1, '\0');
  AIRLOCK_TRY(const std::size_t got, read_some_at(file.fd.get(), 0, out, path));
  if (got != size) return fail(Code::bad_input, quote(path) + ": changed while it was read");
  out.resize(got);
  return out;
}

/// Writes a hidden file beside `path`, complete and durable; the caller gives it its name.
Result<NewFile> write_beside(const std::string& path, std::string_view bytes, unsigned mode) {
  const auto name = std::filesystem::path(path).filename().string();
  AIRLOCK_TRY(NewFile file, NewFile::create(parent_of(path) + "/." + name + "." + random_uuid() + ".tmp", mode));
  AIRLOCK_CHECK(file.write(bytes));
  AIRLOCK_CHECK(file.sync());
  return file;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}
Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}
int Descriptor::release() {
  const int fd = fd_;
  fd_ = -1;
  return fd;
}

Result<std::string> read_file(const std::string& path, std::uint64_t limit) {
  AIRLOCK_TRY(const Opened file, open_regular(path));
  return read_opened(file, path, limit);
}

Result<std::string> read_private_file(const std::string& path, std::uint64_t limit) {
  AIRLOCK_TRY(const Opened file, open_regular(path));
  if ((file.status.st_mode & 0077) != 0) {
    return fail(Code::refused, quote(path) + ": others than its owner can read or change it",
                "check who had access, then `chmod 600` it; if in doubt, replace the key");
  }
  if (file.status.st_uid != ::geteuid() && file.status.st_uid != 0) {
    return fail(Code::refused, quote(path) + ": belongs to another user", "run as the owner of the site directory");
  }
  return read_opened(file, path, limit);
}

Result<std::optional<std::string>> read_root_file(const std::string& path, std::uint64_t limit) {
  for (const std::string& each : {parent_of(path), path}) {
    struct stat status {};
    if (::lstat(each.c_str(), &status) != 0) {
      if (errno == ENOENT) return std::nullopt;
      return fail_errno(each, looking);
    }
    const bool expected = each == path ? S_ISREG(status.st_mode) : S_ISDIR(status.st_mode);
    if (expected && status.st_uid == 0 && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0) continue;
    return fail(Code::refused,
                quote(each) + ": is not " + (each == path ? "a regular file" : "a folder") +
                    " that belongs to root and that nobody else may write",
                "`chown root:root " + each + "; chmod go-w " + each + "`");
  }
  // Only root can change anything between the looks above and this.
  AIRLOCK_TRY(const Opened file, open_regular(path));
  return read_opened(file, path, limit);
}

Result<void> check_free(const std::string& path) {
  if (exists(path)) {
    return fail(Code::refused, quote(path) + ": exists already", "name a file that does not exist yet, or remove it");
  }
  if (!is_directory(parent_of(path))) return fail(Code::bad_input, quote(parent_of(path)) + ": is not a folder");
  return {};
}

Result<void> create_file(const std::string& path, std::string_view bytes, unsigned mode) {
  AIRLOCK_TRY(const NewFile file, write_beside(path, bytes, mode));
  AIRLOCK_CHECK(link_file(file.path(), path));
  return sync_directory(parent_of(path));
}

Result<void> make_sure_of(const std::string& path, const std::string& beside) {
  struct stat status {};
  if (::stat(beside.c_str(), &status) != 0) return fail_errno(beside, looking);
  const Descriptor fd{
      retry([&] { return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, private_file); })};
  if (fd.get() < 0) {
    if (errno == EEXIST) return {};
    return fail_errno(path, creating);
  }
  if (::geteuid() == 0 && ::fchown(fd.get(), status.st_uid, status.st_gid) != 0)
    return fail_errno(path, changing_owner);
  return {};
}

Result<void> make_sure_of_directory(const std::string& path, const std::string& beside) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return {};
    return fail(Code::refused, quote(path) + ": is not a folder", "move it away and run again");
  }
  if (::stat(beside.c_str(), &status) != 0) return fail_errno(beside, looking);
  if (::mkdir(path.c_str(), private_directory) != 0 && errno != EEXIST) return fail_errno(path, making_directory);
  const Descriptor fd{retry([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW); })};
  if (fd.get() < 0) return fail_errno(path, opening);
  if (::geteuid() == 0 && ::fchown(fd.get(), status.st_uid, status.st_gid) != 0)
    return fail_errno(path, changing_owner);
  return sync_directory(parent_of(path));
}

Result<void> replace_file(const std::string& path, std::string_view bytes, unsigned mode) {
  AIRLOCK_TRY(NewFile file, write_beside(path, bytes, mode));
  file.take_owner_from(path);
  if (::rename(file.path().c_str(), path.c_str()) != 0) return fail_errno(path, renaming);
  file.keep();
  return sync_directory(parent_of(path));
}

Result<NewFile> NewFile::create(const std::string& path, unsigned mode, Permissions permissions) {
  Descriptor fd{
      retry([&] { return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode); })};
  if (fd.get() < 0) return fail_errno(path, creating);
  NewFile file(std::move(fd), path);
  // A umask takes bits away. The sandboxed worker has none, and may not change modes.
  struct stat status {};
  if (::fstat(file.fd_.get(), &status) != 0) return fail_errno(path, looking);
  const bool as_made = (status.st_mode & permission_bits) == mode;
  if (!as_made && ::fchmod(file.fd_.get(), mode) != 0 && permissions == Permissions::exact) {
    return fail_errno(path, changing_mode);
  }
  return file;
}

NewFile::~NewFile() {
  if (fd_.get() >= 0 && !kept_) ::unlink(path_.c_str());
}

void NewFile::take_owner_from(const std::string& path) {
  struct stat status {};
  if (::geteuid() != 0 || ::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid == 0) return;
  // Where this fails the file stays root's; `doctor` names files of another owner.
  [[maybe_unused]] const int given = ::fchown(fd_.get(), status.st_uid, status.st_gid);
}

Result<void> NewFile::reserve(std::uint64_t bytes) {
  const int error = ::posix_fallocate(fd_.get(), 0, static_cast<off_t>(std::max<std::uint64_t>(bytes, 1)));
  if (error != 0) return fail_errno(path_, reserving, error);
  reserved_ = true;
  return {};
}

Result<void> NewFile::write(std::string_view bytes) {
  AIRLOCK_CHECK(write_all(fd_.get(), bytes, path_));
  size_ += bytes.size();
  return {};
}

Result<void> NewFile::sync() {
  if (reserved_ && ::ftruncate(fd_.get(), static_cast<off_t>(size_)) != 0) return fail_errno(path_, truncating);
  if (::fsync(fd_.get()) != 0) return fail_errno(path_, syncing);
  return {};
}

Result<void> write_over(const std::string& path, std::string_view bytes) {
  const Descriptor fd{retry([&] { return ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW); })};
  if (fd.get() < 0) return fail_errno(path, opening);
  return write_all(fd.get(), bytes, path);
}

Result<void> append_lines(const std::string& path, std::string_view lines, unsigned mode) {
  AIRLOCK_CHECK(check_no_link(path));
  constexpr int flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW;
  const Descriptor fd{retry([&] { return ::open(path.c_str(), flags, mode); })};
  if (fd.get() < 0) return fail_errno(path, opening);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return fail_errno(path, looking);
  if (!S_ISREG(status.st_mode)) return fail(Code::bad_input, quote(path) + ": is not a regular file");
  if (status.st_nlink != 1) {
    return fail(Code::refused, quote(path) + ": has other names too, so it may be another file than it seems",
                "remove it, or name another file");
  }
  char last = '\n';
  if (status.st_size > 0 && ::pread(fd.get(), &last, 1, status.st_size - 1) != 1) return fail_errno(path, reading, EIO);
  if (last != '\n') AIRLOCK_CHECK(write_all(fd.get(), "\n", path));
  AIRLOCK_CHECK(write_all(fd.get(), lines, path));
  if (::fsync(fd.get()) != 0) return fail_errno(path, syncing);
  return {};
}

Result<FileBlob> FileBlob::open(const std::string& path) {
  AIRLOCK_TRY(Opened file, open_regular(path));
  const auto size = static_cast<std::uint64_t>(file.status.st_size);
  return FileBlob(std::move(file.fd), path, size);
}

Result<std::size_t> FileBlob::read_at(std::uint64_t offset, std::span<char> into) const {
  return read_some_at(fd_.get(), offset, into, path_);
}

Result<Spool> Spool::create(const std::string& directory) {
  Descriptor fd{retry([&] { return ::open(directory.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, private_file); })};
  if (fd.get() >= 0) return Spool(std::move(fd));
  if (errno != EOPNOTSUPP && errno != EISDIR && !core::is_denied(errno)) return fail_errno(directory, scratching);
  // A file system without O_TMPFILE: a named file, nameless at once.
  const std::string path = directory + "/.spool." + random_uuid();
  Descriptor named{retry([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, private_file); })};
  if (named.get() < 0 || ::unlink(path.c_str()) != 0) return fail_errno(directory, scratching);
  return Spool(std::move(named));
}

Result<void> Spool::write(std::string_view bytes) {
  AIRLOCK_CHECK(write_all(fd_.get(), bytes, "scratch space"));
  size_ += bytes.size();
  return {};
}

Result<std::size_t> Spool::read_at(std::uint64_t offset, std::span<char> into) const {
  return read_some_at(fd_.get(), offset, into, "scratch space");
}

Result<InputSource> InputSource::open(const std::string& path) {
  if (path == "-") {
    Descriptor fd{::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)};
    if (fd.get() < 0) return fail_errno("standard input", opening);
    return InputSource(std::move(fd), "standard input");
  }
  Descriptor fd{retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); })};
  if (fd.get() < 0) return fail_errno(path, opening);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return fail_errno(path, looking);
  if (S_ISDIR(status.st_mode)) return fail(Code::bad_input, quote(path) + ": is a directory, not a report");
  return InputSource(std::move(fd), path);
}

Result<std::size_t> InputSource::read(std::span<char> into) {
  const ssize_t got = retry([&] { return ::read(fd_.get(), into.data(), into.size()); });
  if (got < 0) return fail_errno(name_, reading);
  return static_cast<std::size_t>(got);
}

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

namespace {

Result<bool> looked(int result, const struct stat& status, const std::string& path, bool directory) {
  if (result == 0) return !directory || S_ISDIR(status.st_mode);
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return fail_errno(path, looking);
}

}  // namespace

Result<bool> look_for(const std::string& path) {
  struct stat status {};
  return looked(::lstat(path.c_str(), &status), status, path, false);
}

Result<Kind> kind_of(const std::string& path) {
  struct stat status {};
  AIRLOCK_TRY(const bool there, looked(::lstat(path.c_str(), &status), status, path, false));
  if (!there) return Kind::none;
  if (S_ISREG(status.st_mode)) return Kind::file;
  if (S_ISDIR(status.st_mode)) return Kind::directory;
  return S_ISLNK(status.st_mode) ? Kind::link : Kind::other;
}

Result<void> check_no_link(const std::string& path) {
  AIRLOCK_TRY(const Kind kind, kind_of(path));
  if (kind != Kind::link) return {};
  return fail(Code::refused, quote(path) + ": is a symbolic link, which could lead anywhere",
              "remove it, or name the file that it leads to");
}

Result<bool> look_for_directory(const std::string& path) {
  struct stat status {};
  return looked(::stat(path.c_str(), &status), status, path, true);
}

Result<std::optional<Attributes>> attributes_of(const std::string& path) {
  struct stat status {};
  AIRLOCK_TRY(const bool there, looked(::stat(path.c_str(), &status), status, path, false));
  if (!there) return std::nullopt;
  return Attributes{S_ISDIR(status.st_mode), status.st_mode & permission_bits};
}

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

Result<void> make_directory(const std::string& path, unsigned mode) {
  if (::mkdir(path.c_str(), 0700) != 0) return fail_errno(path, making_directory);
  if (::chmod(path.c_str(), mode) != 0) return fail_errno(path, changing_mode);
  return {};
}

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

Result<void> sync_directory(const std::string& path) {
  const Descriptor fd{retry([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); })};
  if (fd.get() < 0) return fail_errno(path, opening);
  if (::fsync(fd.get()) != 0) return fail_errno(path, syncing);
  return {};
}

Result<void> link_file(const std::string& from, const std::string& to) {
  if (::link(from.c_str(), to.c_str()) != 0) return fail_errno(to, linking);
  return {};
}

Result<void> rename_new(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  // EINVAL: a file system that cannot promise it, such as ZFS or one over FUSE.
  if (errno != EINVAL && !core::is_denied(errno)) return fail_errno(to, renaming);
  // A second name is as exclusive. Who is ended between the two calls leaves both names.
  if (::link(from.c_str(), to.c_str()) == 0) {
    if (::unlink(from.c_str()) != 0) return fail_errno(from, removing);
    return {};
  }
  if (errno == EEXIST) return fail_errno(to, renaming);
  // Without links either: looked at just before instead.
  if (exists(to)) return fail_errno(to, renaming, EEXIST);
  if (::rename(from.c_str(), to.c_str()) != 0) return fail_errno(to, renaming);
  return {};
}

Result<void> rename_over(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return fail_errno(to, renaming);
  return sync_directory(parent_of(to));
}

Result<std::string> real_path(const std::string& path) {
  std::error_code error;
  auto real = std::filesystem::canonical(path, error);
  if (error) return fail_errno(path, looking_up, error.value());
  return real.string();
}

void forget_cached(const std::string& path) {
  const Descriptor fd{retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); })};
  if (fd.get() >= 0) (void)::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED);
}

Result<void> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return fail_errno(path, removing);
  return {};
}

Result<void> remove_if_file(const std::string& path) {
  AIRLOCK_TRY(const Kind kind, kind_of(path));
  if (kind != Kind::file) return {};
  return remove_file(path);
}

Result<void> remove_tree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return fail_errno(path, removing, error.value());
  return {};
}

Result<void> check_local(const std::string& directory) {
  struct statfs about {};
  if (retry([&] { return ::statfs(directory.c_str(), &about); }) != 0) return fail_errno(directory, asking_file_system);
  const auto kind = static_cast<std::uint32_t>(about.f_type);
  const auto network = std::find_if(network_file_systems.begin(), network_file_systems.end(),
                                    [&](const NetworkFileSystem& each) { return each.magic == kind; });
  if (network != network_file_systems.end()) {
    return fail(Code::refused,
                quote(directory) + ": is on a network file system (" + std::string(network->name) +
                    "), where neither locks nor what was synced can be relied on",
                local_hint);
  }
  if ((static_cast<unsigned long>(about.f_flags) & ST_RDONLY) != 0) return fail_errno(directory, writing, EROFS);
  return {};
}

Result<void> check_file_system(const std::string& directory) {
  const auto refuse = [&](core::Error error) {
    // A disk that is full or read-only, or a folder that this user may not write to, says nothing about its kind.
    if (error.code == Code::not_recorded || error.hint == permission_hint) return fail(std::move(error));
    return fail(Code::refused, quote(directory) + ": this file system will not do: " + error.message,
                std::string(local_hint) + (error.hint.empty() ? "" : "; or " + error.hint));
  };
  AIRLOCK_CHECK(check_local(directory));
  const std::string probe = directory + "/" + std::string(probe_name) + random_uuid();
  const std::string linked = probe + ".linked";
  const std::string renamed = probe + ".renamed";
  const auto try_all = [&]() -> Result<void> {
    AIRLOCK_TRY(NewFile file, NewFile::create(probe, private_file));
    AIRLOCK_CHECK(file.reserve(1));
    AIRLOCK_CHECK(file.write("probe"));
    AIRLOCK_CHECK(file.sync());
    AIRLOCK_CHECK(link_file(probe, linked));
    AIRLOCK_CHECK(sync_directory(directory));
    AIRLOCK_CHECK(Lock::acquire(linked, 0));
    AIRLOCK_CHECK(rename_new(linked, renamed));
    if (::rename(renamed.c_str(), linked.c_str()) != 0) return fail_errno(renamed, renaming);
    AIRLOCK_CHECK(Spool::create(directory));
    return remove_file(linked);
  };
  const auto tried = try_all();
  for (const std::string& left : {linked, renamed}) {
    if (!tried) (void)remove_file(left);
  }
  if (!tried) return refuse(tried.error());
  return {};
}

Result<Lock> Lock::acquire(const std::string& path, int seconds) {
  Descriptor fd{retry([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, private_file); })};
  if (fd.get() < 0) return fail_errno(path, opening);
  // flock(2) has no time limit of its own, so ask again: often at first, since most holders are quick.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  auto pause = std::chrono::milliseconds(1);
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return fail_errno(path, locking);
    if (std::chrono::steady_clock::now() >= deadline) {
      return fail(Code::not_recorded,
                  quote(path) + ": another airlock process has held the lock for " + std::to_string(seconds) + " s",
                  "wait for it to finish, then run again");
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds(50));
  }
  return Lock(std::move(fd));
}

}  // namespace airlock::sys
