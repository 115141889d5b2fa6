#include "core/call.hpp"

#include <doctest/doctest.h>

#include <cerrno>

#include "core/text.hpp"

using namespace airlock::core;

TEST_CASE("a call that is denied is named, with how to have it allowed, and a kernel's version only where it has one") {
  for (const int error : {EPERM, ENOSYS}) {
    CHECK(is_denied(error));
    const Error denied = call_error("fsync", error);
    CHECK(denied.code == Code::unexpected);
    CHECK(denied.message.starts_with("`fsync`: "));
    CHECK(denied.hint == "allow the system call `fsync`, in a container through its seccomp profile");
    CHECK(call_error("close_range", error).hint.ends_with("it needs Linux 5.9 or later"));
  }
  CHECK_FALSE(is_denied(EACCES));
  CHECK(call_error("fsync", EIO).hint.empty());
}

TEST_CASE("codes have names that stay") {
  CHECK(name(Code::unexpected) == "unexpected");
  CHECK(name(Code::usage) == "usage");
  CHECK(name(Code::bad_input) == "bad_input");
  CHECK(name(Code::refused) == "refused");
  CHECK(name(Code::integrity) == "integrity");
  CHECK(name(Code::verdict) == "verdict");
  CHECK(name(Code::later) == "later");
  CHECK(name(Code::not_recorded) == "not_recorded");
}

TEST_CASE("a sentence of somebody else's begins in lower case, and an abbreviation stays") {
  CHECK(lower_first("Permission denied") == "permission denied");
  CHECK(lower_first("I/O error") == "I/O error");
  CHECK(lower_first("NFS is gone") == "NFS is gone");
  CHECK(lower_first("").empty());
}
