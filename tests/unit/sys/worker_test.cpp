#include "sys/worker.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "sys/descriptors.hpp"
#include "sys/sandbox.hpp"

using namespace airlock;

TEST_CASE("every descriptor but those named is closed") {
  const int kept = ::open("/dev/null", O_RDONLY);
  const int closed = ::open("/dev/null", O_RDONLY);
  const int high = ::fcntl(closed, F_DUPFD, 900);
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const bool done = sys::close_descriptors({2, kept, 1, 0}).has_value();
    const bool right = ::fcntl(kept, F_GETFD) >= 0 && ::fcntl(closed, F_GETFD) < 0 && ::fcntl(high, F_GETFD) < 0 &&
                       ::fcntl(ends[1], F_GETFD) < 0 && ::fcntl(1, F_GETFD) >= 0;
    ::_exit(done && right ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  for (const int fd : {kept, closed, high, ends[0], ends[1]}) ::close(fd);
}

TEST_CASE("a worker and its supervisor hear each other, and each hears that the other has ended") {
  auto ends = sys::Worker::split();
  REQUIRE(ends);
  if (ends->is_worker()) {
    ends->tell('a');
    const auto answer = ends->hear();
    const auto text = ends->hear_text();
    ends->tell_text("");
    ::_exit(answer == 'b' && text == std::string(70'000, '\xff').substr(0, 0xFFFF) && !ends->hear_text() ? 7 : 1);
  }
  CHECK(ends->hear() == 'a');
  ends->tell('b');
  ends->tell_text(std::string(70'000, '\xff'));
  CHECK(ends->hear_text() == "");
  {
    const sys::Worker gone = std::move(*ends);  // closes its pipes
  }
  int status = 0;
  REQUIRE(::waitpid(-1, &status, 0) > 0);
  CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("only the named variables stay in the environment") {
  const pid_t child = ::fork();
  if (child == 0) {
    ::setenv("AIRLOCK_KEPT", "1=2", 1);
    ::setenv("AIRLOCK_GONE", "1", 1);
    sys::keep_environment({"AIRLOCK_KEPT", "AIRLOCK_NEVER_SET"});
    const char* const kept = std::getenv("AIRLOCK_KEPT");
    const bool right = kept != nullptr && std::string(kept) == "1=2" && std::getenv("AIRLOCK_GONE") == nullptr &&
                       std::getenv("PATH") == nullptr && std::getenv("AIRLOCK_NEVER_SET") == nullptr;
    ::_exit(right ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 0);
}
