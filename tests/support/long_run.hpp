#pragma once
/// \file
/// Whether heavy checks run at full count.

#include <cstdlib>
#include <string_view>

namespace airlock::test {

/// Whether this is a run of `tools/dev/test --long`, which sets AIRLOCK_TEST_LONG=1.
inline bool is_long_run() {
  const char* const set = std::getenv("AIRLOCK_TEST_LONG");
  return set != nullptr && std::string_view(set) == "1";
}

}  // namespace airlock::test
