#include "report/pointer.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/io.hpp"

using namespace airlock;

namespace {

const crypto::Secret key(std::string(16, 'k'));

std::vector<std::string> pointers(const std::string& text) {
  const core::MemoryBlob blob(text);
  report::Scanner scanner(blob, {}, key);
  report::Pointer pointer;
  std::vector<std::string> out;
  for (;;) {
    const auto token = scanner.next();
    REQUIRE(token.has_value());
    if (token->get().kind == report::TokenKind::end) return out;
    pointer.advance(*token);
    if (token->get().is_scalar()) out.push_back(pointer.text());
  }
}

std::string fault(const std::string& text) {
  return report::place_of_fault(core::MemoryBlob(text), {}, key).value_or("nothing");
}

}  // namespace

TEST_CASE("each scalar has the pointer of RFC 6901, with the report's own names") {
  CHECK(pointers(R"({"a": 1, "b": {"c": [true, {"d": null}, []], "e": "x"}, "f/g~h": 2, "": 3})") ==
        std::vector<std::string>{"/a", "/b/c/0", "/b/c/1/d", "/b/e", "/f~1g~0h", "/"});
  CHECK(pointers("[[1, 2], [3]]") == std::vector<std::string>{"/0/0", "/0/1", "/1/0"});
  CHECK(pointers("7") == std::vector<std::string>{""});
}

TEST_CASE("a malformed report is told by the member in which, or after which, it is") {
  CHECK(fault(R"({"a": 1, "b": {"c": tru}})") == "in `/b/c`");
  CHECK(fault(R"({"a": 1, "b": {"c": 1, x}})") == "after `/b/c`");
  CHECK(fault(R"({"a": [1, 2, ?]})") == "in `/a/2`");
  CHECK(fault(R"({"a": [)") == "in `/a/0`");
  CHECK(fault(R"({"a": {"b": 1}, "a": 2})") == "after `/a`");
  CHECK(fault(R"({"a": 1, "b": 2, "a" 3})") == "after `/b`");
  CHECK(fault(R"({"a": 1, "b": {"c": 2, "d": {}, "c": {}}})") == "after `/b/d`");
  CHECK(fault(R"({"a": 1, "b" 2})") == "in `/b`");
  CHECK(fault(R"({"name": "\ud800"})") == "in `/name`");
  CHECK(fault("{") == "nothing");
  CHECK(fault("") == "nothing");
  CHECK(fault(R"({"a": 1})") == "nothing");
}
