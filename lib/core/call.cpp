#include "core/call.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "core/text.hpp"

namespace airlock::core {
namespace {

/// Calls that some kernels in use do not have, each with the first Linux that has it.
struct Since {
  std::string_view call;
  std::string_view kernel;
};
constexpr std::array young{Since{"close_range", "5.9"}, Since{"landlock_create_ruleset", "5.13"},
                           Since{"landlock_add_rule", "5.13"}, Since{"landlock_restrict_self", "5.13"}};

}  // namespace

bool is_denied(int error) { return error == EPERM || error == ENOSYS; }

std::string allow_hint(std::string_view call) {
  std::string out = "allow the system call `" + std::string(call) + "`, in a container through its seccomp profile";
  const auto since = std::find_if(young.begin(), young.end(), [&](const Since& each) { return each.call == call; });
  if (since != young.end()) out += "; it needs Linux " + std::string(since->kernel) + " or later";
  return out;
}

Error call_error(std::string_view call, int error) {
  return {Code::unexpected, "`" + std::string(call) + "`: " + lower_first(std::generic_category().message(error)),
          is_denied(error) ? allow_hint(call) : ""};
}

}  // namespace airlock::core
