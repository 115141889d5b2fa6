#include "sys/lock.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "core/text.hpp"
#include "sys/file_calls.hpp"
#include "sys/write_file.hpp"

namespace airlock::sys {

Result<Lock> Lock::acquire(const std::string& path, int seconds) {
  Descriptor fd{retry([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, private_file); })};
  if (fd.get() < 0) return fail_errno(path, opening);
  // flock(2) has no time limit of its own, so ask again: often at first, since most holders are quick.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  auto pause = std::chrono::milliseconds(1);
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return fail_errno(path, locking);
    if (std::chrono::steady_clock::now() >= deadline) {
      return core::fail(
          core::Code::not_recorded,
          core::quote(path) + ": another airlock process has held the lock for " + std::to_string(seconds) + " s",
          "wait for it to finish, then run again");
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds(50));
  }
  return Lock(std::move(fd));
}

}  // namespace airlock::sys
