#pragma once
/// \file
/// Files that other users drop into a folder of ours. Nothing about them can be trusted: such a file may still be
/// written, be a link to somewhere or a pipe that never ends, or change while it is read. Its name may be any bytes.

#include <cstdint>
#include <optional>
#include <string>

#include "core/io.hpp"
#include "core/result.hpp"
#include "sys/descriptor.hpp"
#include "sys/world.hpp"

namespace airlock::sys {

/// A file counts as complete when it has not changed for this long. A new name counts as a change.
inline constexpr int drop_settle_seconds = 2;

enum class Drop : std::uint8_t {
  ready,
  unsettled,  ///< changed a moment ago
  gone,
  not_a_file,  ///< a link, folder, pipe, socket or device
  linked,      ///< it has other names too, and somebody may change it under those
};

/// What has this name. Follows no link, and never blocks.
[[nodiscard]] Drop look_at_drop(const std::string& path);
/// Whether two names lead to one file, links not followed.
[[nodiscard]] bool is_same_file(const std::string& a, const std::string& b);

/// Renames `from`, whatever it is, to `to`, durably in both folders. Errors: as `rename_new` and `sync_directory`.
[[nodiscard]] core::Result<void> rename_drop(const std::string& from, const std::string& to,
                                             const World& world = real_world());

enum class TakeResult : std::uint8_t {
  yes,
  not_now,  ///< it is open for writing, or not a file with one name; nothing was moved
  another,  ///< another file had the name by the time of the move, or the file is open for writing by now
};
/// Moves a dropped file from a folder where others write to a folder where nobody else does. Never reads it. Whether a
/// file is open for writing, the kernel says only to root, to its owner, and to a process with CAP_LEASE. Where it does
/// not say, the file counts as not open. Error: as `rename_drop`.
[[nodiscard]] core::Result<TakeResult> take_drop(const std::string& from, const std::string& to,
                                                 const World& world = real_world());

/// A dropped file, read from front to back.
class DroppedFile final : public core::Source {
 public:
  /// Errors: bad_input (not a regular file with one name), unexpected (this user may not read it).
  [[nodiscard]] static core::Result<DroppedFile> open(const std::string& path);
  [[nodiscard]] core::Result<std::size_t> read(std::span<char> into) override;
  /// Whether the file is unchanged since it was opened. Error: not_recorded where the system gives no answer.
  [[nodiscard]] core::Result<bool> unchanged() const;

 private:
  struct Mark {
    long long size, modified, modified_ns, changed, changed_ns;
    bool operator==(const Mark&) const = default;
  };
  DroppedFile(Descriptor fd, std::string path, Mark mark) : fd_(std::move(fd)), path_(std::move(path)), mark_(mark) {}
  /// Nothing where the system gives no answer.
  [[nodiscard]] static std::optional<Mark> mark_of(int fd);
  Descriptor fd_;
  std::string path_;
  Mark mark_;
};

}  // namespace airlock::sys
