// deny ERROR CALL[,CALL…] COMMAND [ARGUMENT…]
//
// Runs a command as a container would that forbids some system calls: each of them fails with ERROR (`EPERM`, `ENOSYS`,
// `EINVAL`) and does nothing, for the command and all that it starts. `renameat2+flags` means that call with flags
// only: so answer file systems that have no RENAME_NOREPLACE. Exits 125 where the filter cannot be made.

#include <seccomp.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

namespace {

constexpr int cannot_deny = 125;
constexpr unsigned flags_of_renameat2 = 4;

int give_up(const std::string& what) {
  std::cerr << "deny: " << what << "\n";
  return cannot_deny;
}

bool deny(scmp_filter_ctx filter, int error, std::string call) {
  const auto plus = call.find("+flags");
  const bool with_flags_only = plus != std::string::npos;
  call.resize(with_flags_only ? plus : call.size());
  const int number = seccomp_syscall_resolve_name(call.c_str());
  const auto action = SCMP_ACT_ERRNO(static_cast<unsigned>(error));
  if (number == __NR_SCMP_ERROR) return false;
  if (!with_flags_only) return seccomp_rule_add(filter, action, number, 0) == 0;
  const scmp_arg_cmp any_flag{flags_of_renameat2, SCMP_CMP_NE, 0, 0};
  return seccomp_rule_add_array(filter, action, number, 1, &any_flag) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, int> errors{{"EPERM", EPERM}, {"ENOSYS", ENOSYS}, {"EINVAL", EINVAL}};
  if (argc < 4 || !errors.contains(argv[1])) return give_up("usage: deny EPERM|ENOSYS|EINVAL CALL[,CALL…] COMMAND …");
  const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  if (filter == nullptr) return give_up("there is no memory");
  std::istringstream calls(argv[2]);
  for (std::string call; std::getline(calls, call, ',');) {
    if (!deny(filter, errors.at(argv[1]), call)) return give_up("`" + call + "` cannot be denied");
  }
  if (seccomp_load(filter) != 0) return give_up("the kernel takes no filter");
  seccomp_release(filter);
  ::execvp(argv[3], argv + 3);
  return give_up(std::string(argv[3]) + " cannot be started");
}
