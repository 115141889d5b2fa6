#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "sys/sandbox.hpp"

namespace airlock::sys {

using core::Result;

Result<void> close_descriptors(std::vector<int> but) {
  std::sort(but.begin(), but.end());
  unsigned from = 0;
  const auto close_up_to = [](unsigned first, unsigned last) {
    return first > last || ::close_range(first, last, 0) == 0;
  };
  bool closed = true;
  for (const int fd : but) {
    if (fd < 0) continue;
    const auto keep = static_cast<unsigned>(fd);
    if (keep > from) closed = close_up_to(from, keep - 1) && closed;
    from = std::max(from, keep + 1);
  }
  closed = close_up_to(from, ~0U) && closed;
  if (closed) return {};
  return core::fail(core::Code::unexpected, "close other descriptors: " + std::generic_category().message(errno),
              "airlock needs Linux 5.9 or newer");
}

}  // namespace airlock::sys
