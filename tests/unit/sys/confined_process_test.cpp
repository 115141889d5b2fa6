#include <doctest/doctest.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <sstream>
#include <string>

#include "sys/sandbox.hpp"

using namespace airlock;

namespace {

/// What the system says of a child that is in the sandbox; as another user where this one is root.
struct Looked {
  std::string status, limits;
  unsigned owner = 0;
};
Looked look_at_confined(const std::function<void()>& before) {
  int ready[2];
  int done[2];
  REQUIRE(::pipe(ready) == 0);
  REQUIRE(::pipe(done) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  char byte = 0;
  if (child == 0) {
    before();
    if (!sys::confine({}).refused.empty()) ::_exit(99);
    if (::write(ready[1], "x", 1) != 1 || ::read(done[0], &byte, 1) != 1) ::_exit(98);
    ::_exit(0);
  }
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  const std::string process = "/proc/" + std::to_string(child);
  const auto text_of = [](const std::string& path) {
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
  };
  Looked out{text_of(process + "/status"), text_of(process + "/limits"), 0};
  struct stat status {};
  REQUIRE(::stat((process + "/maps").c_str(), &status) == 0);
  out.owner = status.st_uid;
  REQUIRE(::write(done[1], "x", 1) == 1);
  int ended = 0;
  REQUIRE(::waitpid(child, &ended, 0) == child);
  CHECK(ended == 0);
  for (const int fd : {ready[0], ready[1], done[0], done[1]}) ::close(fd);
  return out;
}

}  // namespace

TEST_CASE("in the sandbox there are no capabilities, no core dumps, and nobody of the same user may look inside") {
  const bool root = ::geteuid() == 0;
  const auto looked = look_at_confined([&] {
    if (root && (::setresuid(65534, 65534, 65534) != 0 || ::prctl(PR_SET_DUMPABLE, 1) != 0)) ::_exit(97);
  });
  const std::string none = ":\t0000000000000000\n";
  for (const std::string set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) {
    CAPTURE(set);
    CHECK(looked.status.find(set + none) != std::string::npos);
    CHECK(look_at_confined([] {}).status.find(set + none) != std::string::npos);
  }
  if (root) CHECK(look_at_confined([] {}).status.find("CapBnd" + none) != std::string::npos);
  CHECK(looked.status.find("NoNewPrivs:\t1") != std::string::npos);
  const auto core = looked.limits.find("Max core file size");
  REQUIRE(core != std::string::npos);
  CHECK(looked.limits.substr(core, 60).find(" 0  ") != std::string::npos);
  CHECK(looked.owner == 0);  // of a process that can be looked into it is its user
}

TEST_CASE("in the sandbox a file has the mode that it is made with, whatever the umask was") {
  const auto looked = look_at_confined([] { ::umask(0077); });
  CHECK(looked.status.find("Umask:\t0000") != std::string::npos);
}
