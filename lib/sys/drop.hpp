#pragma once
/// \file
/// Files that other users drop into a folder of ours. They are what others made them: still being written, a link to
/// somewhere, a pipe that never ends, or changed under our hands; and their names are any bytes.

#include <cstdint>
#include <optional>
#include <string>

#include "core/io.hpp"
#include "core/result.hpp"
#include "sys/descriptor.hpp"

namespace airlock::sys {

/// How long a file must have been left alone before it counts as complete. Giving it its name counts as touching it.
inline constexpr int drop_settle_seconds = 2;

enum class Drop : std::uint8_t {
  ready,
  unsettled,  ///< touched a moment ago
  gone,
  not_a_file,  ///< a link, folder, pipe, socket or device
  linked,      ///< it has other names too, under which anybody may still change it
};

/// What is under this name. Nothing is followed, opened for longer, or waited for.
[[nodiscard]] Drop look_at_drop(const std::string& path);
/// Whether two names lead to one file, links not followed.
[[nodiscard]] bool is_same_file(const std::string& a, const std::string& b);

/// Gives what has the name `from`, whatever it is, the name `to`, if that is free, durably in both folders. Error: as
/// of a file that cannot be written.
[[nodiscard]] core::Result<void> rename_drop(const std::string& from, const std::string& to);

enum class TakeResult : std::uint8_t {
  yes,
  not_now,  ///< it is open for writing, as far as the kernel tells, or not a file with one name; it is where it was
  another,  ///< what was moved is not what had the name a moment before, or is open for writing by now
};
/// Moves a dropped file from a folder where others write to one where nobody else does; never reads it. The kernel
/// tells root, the file's owner and who has CAP_LEASE whether a file is open for writing. Error: as `rename_drop`.
[[nodiscard]] core::Result<TakeResult> take_drop(const std::string& from, const std::string& to);

/// A dropped file, read from front to back.
class DroppedFile final : public core::Source {
 public:
  /// Errors: bad_input (no regular file with one name), refused (not readable by this user).
  [[nodiscard]] static core::Result<DroppedFile> open(const std::string& path);
  [[nodiscard]] core::Result<std::size_t> read(std::span<char> into) override;
  /// Whether nobody has changed it since it was opened. Error: not_recorded where nobody can tell.
  [[nodiscard]] core::Result<bool> unchanged() const;

 private:
  struct Mark {
    long long size, modified, modified_ns, changed, changed_ns;
    bool operator==(const Mark&) const = default;
  };
  DroppedFile(Descriptor fd, std::string path, Mark mark) : fd_(std::move(fd)), path_(std::move(path)), mark_(mark) {}
  /// Nothing where the file cannot be asked, which is no mark: two of them say nothing about the file.
  [[nodiscard]] static std::optional<Mark> mark_of(int fd);
  Descriptor fd_;
  std::string path_;
  Mark mark_;
};

}  // namespace airlock::sys
