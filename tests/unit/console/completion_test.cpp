#include "completion.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

namespace airlock::console {
namespace {

TEST_CASE("a candidate that is not printable is left out, and what is said of one is made printable") {
  const Completion found{{{"12", "held since\tyesterday"}, {"1\x1b[31m", ""}, {"", "nothing"}, {"é", "\x9b"}},
                         Paths::files};
  CHECK(found.text() == "12\theld since\\x09yesterday\né\t\\x9b\n:files\n");
  CHECK(Completion{}.text() == ":none\n");
  CHECK(Completion{{}, Paths::folders}.text() == ":folders\n");
}

TEST_CASE("a leading tilde is the home, and no other one") {
  ::setenv("HOME", "/home/alice", 1);
  CHECK(without_tilde("~/site") == "/home/alice/site");
  CHECK(without_tilde("~bob/site") == "~bob/site");
  CHECK(without_tilde("/srv/~/site") == "/srv/~/site");
  ::unsetenv("HOME");
  CHECK(without_tilde("~/site") == "~/site");
}

}  // namespace
}  // namespace airlock::console
