#include "sys/system.hpp"

#include <sys/random.h>
#include <sys/stat.h>
#include <syslog.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>

#include "core/text.hpp"

namespace airlock::sys {

core::Time now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count()};
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  for (std::size_t have = 0; have < count;) {
    const ssize_t got = getrandom(out.data() + have, count - have, 0);
    if (got < 0 && errno != EINTR) std::abort();
    if (got > 0) have += static_cast<std::size_t>(got);
  }
  return out;
}

core::Result<void> log_line(const std::string& line) {
  struct stat status {};
  if (::stat(_PATH_LOG, &status) != 0 || !S_ISSOCK(status.st_mode)) {
    return core::fail(core::Code::unexpected, core::quote(_PATH_LOG) + ": no log daemon listens there",
                      "start one, such as systemd-journald or rsyslog");
  }
  ::openlog("airlock", LOG_PID, LOG_DAEMON);
  ::syslog(LOG_INFO, "%s", line.c_str());
  return {};
}

}  // namespace airlock::sys
