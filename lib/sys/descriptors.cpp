#include "sys/descriptors.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "core/call.hpp"
#include "core/encoding.hpp"

namespace airlock::sys {
namespace {

bool close_up_to(unsigned first, unsigned last) { return first > last || ::close_range(first, last, 0) == 0; }

/// `but` is sorted. False, with errno, where the kernel has no such call or a container forbids it.
bool close_ranges(const std::vector<int>& but) {
  unsigned from = 0;
  for (const int fd : but) {
    const auto keep = static_cast<unsigned>(fd);
    if (keep > from && !close_up_to(from, keep - 1)) return false;
    from = std::max(from, keep + 1);
  }
  return close_up_to(from, ~0U);
}

/// The same one by one. False where /proc does not say which are open.
bool close_each(const std::vector<int>& but) {
  const auto close_listing = [](DIR* listing) { ::closedir(listing); };
  const std::unique_ptr<DIR, decltype(close_listing)> listing(::opendir("/proc/self/fd"), close_listing);
  if (!listing) return false;
  std::vector<int> open;
  while (const dirent* const entry = ::readdir(listing.get())) {
    const auto fd = core::number_from<int>(entry->d_name);
    if (fd && *fd != ::dirfd(listing.get()) && !std::binary_search(but.begin(), but.end(), *fd)) open.push_back(*fd);
  }
  for (const int fd : open) ::close(fd);
  return true;
}

}  // namespace

bool open_standard_descriptors() {
  // Input is opened for writing and output for reading, so that using them fails. A closed input must not look like an
  // empty report, and a document that nobody receives must not look delivered.
  constexpr int modes[] = {O_WRONLY, O_RDONLY, O_RDWR};
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number is this one, since those below it are open by now.
    if (::open("/dev/null", modes[fd]) != fd) return false;
  }
  return true;
}

void ignore_broken_pipes() {
  static_cast<void>(::signal(SIGPIPE, SIG_IGN));  // fails only for a number that is no signal
}

core::Result<void> close_descriptors(std::vector<int> but) {
  but.erase(std::remove_if(but.begin(), but.end(), [](int fd) { return fd < 0; }), but.end());
  std::sort(but.begin(), but.end());
  if (close_ranges(but)) return {};
  const int error = errno;
  if (close_each(but)) return {};
  return core::fail(core::call_error("close_range", error));
}

}  // namespace airlock::sys
