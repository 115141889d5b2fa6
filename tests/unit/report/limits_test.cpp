#include <doctest/doctest.h>
#include <malloc.h>

#include "unit/report/support.hpp"

#if defined(__SANITIZE_ADDRESS__)
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();  // g++ ships no header for it
#endif

using namespace airlock;
using namespace airlock::test;
using report::TokenKind;

namespace {

/// Bytes that the process has allocated now.
std::size_t allocated() {
#if defined(__SANITIZE_ADDRESS__)
  return __sanitizer_get_current_allocated_bytes();
#else
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
#endif
}

std::string object_with(std::size_t members) {
  std::string text = "{";
  for (std::size_t i = 0; i < members; ++i) text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
  return text + "}";
}

struct Outcome {
  std::string message;  ///< of the refusal, or `accepted`
  std::size_t memory;   ///< the most that the scanner had allocated after a token
};

Outcome measure(std::string_view text) {
  const core::MemoryBlob blob(text);
  const std::size_t before = allocated();
  report::Scanner scanner(blob, {}, fingerprint_key());
  std::size_t most = 0;
  for (std::size_t i = 0;; ++i) {
    const auto token = scanner.next();
    const bool over = !token || token->get().kind == TokenKind::end;
    // Asking costs more than a token; a set is largest just before its object closes.
    if (over || token->get().closes() || i % 1024 == 0) most = std::max(most, allocated() - before);
    if (over) return {token ? "accepted" : token.error().message, most};
  }
}

constexpr std::size_t mebibyte = 1024 * 1024;

}  // namespace

TEST_CASE("a report of exactly the size limit is read, one byte more is refused") {
  const std::string text = "[1, 2, 3]";
  CHECK(why(text, {.bytes = text.size()}) == "accepted");
  CHECK(why(text + " ", {.bytes = text.size()}) == "byte 9: the report has more than 9 bytes");
}

TEST_CASE("no setting admits more than the greatest size") {
  /// So large that nobody could hold it; nothing of it is read.
  class Vast final : public core::Blob {
   public:
    [[nodiscard]] std::uint64_t size() const override { return report::report_bytes_maximum + 1; }
    [[nodiscard]] core::Result<std::size_t> read_at(std::uint64_t, std::span<char>) const override {
      return core::fail(core::Code::unexpected, "was read");
    }
  };
  const Reading reading = read(Vast(), {.bytes = UINT64_MAX});
  REQUIRE(reading.error);
  CHECK(reading.error->message == "byte 201326592: the report has more than 201326592 bytes");
}

TEST_CASE("nesting is accepted up to the limit and refused beyond, at once") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(why(nested(64)) == "accepted");
  CHECK(why(nested(65)) == "byte 64: the report is nested deeper than 64");
  CHECK(why(nested(100'000)) == "byte 64: the report is nested deeper than 64");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"\":";
  CHECK(why(objects) == "byte 256: the report is nested deeper than 64");
  // Depth, not number: siblings may be many.
  std::string siblings = "[0";
  for (int i = 0; i < 1000; ++i) siblings += ",[[]]";
  CHECK(why(siblings + "]", {.depth = 3}) == "accepted");
}

TEST_CASE("keys and strings are measured decoded") {
  const report::Limits limits{.key_bytes = 4, .string_bytes = 6};
  CHECK(why(R"({"abcd":"abcdef"})", limits) == "accepted");
  CHECK(why(R"({"abcde":0})", limits) == "byte 1: the key is longer than 4 bytes");
  CHECK(why(R"(["abcdefg"])", limits) == "byte 1: the string is longer than 6 bytes");
  CHECK(why(R"(["\u0061\u0062\u0063\u0064\u0065\u0066"])", limits) == "accepted");
  CHECK(why(R"(["\u20ac\u20ac"])", limits) == "accepted");
  CHECK(why(R"(["\u20ac\u20ac\n"])", limits) == "byte 1: the string is longer than 6 bytes");
  CHECK(why("[\"€€\"]", limits) == "accepted");
  CHECK(why("[\"€€é\"]", limits) == "byte 1: the string is longer than 6 bytes");
  CHECK(why("[\"ab\\ncdef\"]", limits) == "byte 1: the string is longer than 6 bytes");
}

TEST_CASE("the shipped limits of keys, strings and numbers are exact") {
  const auto quoted = [](std::size_t length) { return '"' + std::string(length, 'x') + '"'; };
  CHECK(why("{" + quoted(1024) + ":0}") == "accepted");
  CHECK(why("{" + quoted(1025) + ":0}") == "byte 1: the key is longer than 1024 bytes");
  CHECK(why(quoted(65536)) == "accepted");
  CHECK(why(quoted(65537)) == "byte 0: the string is longer than 65536 bytes");
  CHECK(why(quoted(10'000'000)) == "byte 0: the string is longer than 65536 bytes");
  CHECK(why("[" + std::string(64, '7') + "]") == "accepted");
  CHECK(why("[" + std::string(65, '7') + "]") == "byte 1: the number is longer than 64 bytes");
  CHECK(why(std::string(10'000'000, '7')) == "byte 0: the number is longer than 64 bytes");
  CHECK(why("1." + std::string(62, '7')) == "accepted");
  CHECK(why("1." + std::string(63, '7')) == "byte 0: the number is longer than 64 bytes");
  CHECK(why("1e" + std::string(70, '7')) == "byte 0: the number is longer than 64 bytes");
}

TEST_CASE("an ill-formed number of exactly the limit is called ill-formed") {
  CHECK(why("12.", {.number_bytes = 3}) == "byte 3: expected a digit, found the end");
  CHECK(why("[12.x]", {.number_bytes = 3}) == "byte 4: expected a digit, found `x`");
  CHECK(why("[12.5]", {.number_bytes = 3}) == "byte 1: the number is longer than 3 bytes");
}

TEST_CASE("members are counted by object and in the whole report, elements in the whole report") {
  const report::Limits limits{.object_members = 2, .members = 5};
  CHECK(why(R"({"a":0,"b":1})", limits) == "accepted");
  CHECK(why(R"({"a":0,"b":1,"c":2})", limits) == "byte 13: the object has more than 2 members");
  CHECK(why("[1,2,3,4,5]", limits) == "accepted");
  CHECK(why("[1,2,3,4,5,6]", limits) == "byte 11: the report has more than 5 members and elements");
  CHECK(why(R"([{"a":0},{"b":[]}])", limits) == "accepted");
  CHECK(why(R"([{"a":0},{"b":[0,1]}])", limits) == "byte 17: the report has more than 5 members and elements");
}

TEST_CASE("of four million and one elements it is the last that is refused") {
  std::string text = "[0";
  for (int i = 0; i < 4'000'000; ++i) text += ",0";
  CHECK(why(text + "]") == "byte 8000001: the report has more than 4000000 members and elements");
}

TEST_CASE("two million keys in one object are refused at the millionth-and-first, in bounded memory") {
  const auto [message, memory] = measure(object_with(2'000'000));
  CHECK(message == "byte 10888891: the object has more than 1000000 members");
  CHECK(memory < 20 * mebibyte);
}

TEST_CASE("what an object's keys took is given back when it closes") {
  const std::string member = object_with(20'000);
  std::string text = "[" + member;
  for (int i = 0; i < 30; ++i) text += "," + member;
  const auto [message, memory] = measure(text + "]");
  CHECK(message == "accepted");
  // One object takes a quarter of a mebibyte; all of them would take eight.
  CHECK(memory < mebibyte);
}

TEST_CASE("megabytes of white space between tokens take no memory") {
  const std::string space(5 * mebibyte, ' ');
  const auto [message, memory] = measure("[" + space + "1" + space + "," + space + "2]" + space);
  CHECK(message == "accepted");
  CHECK(memory < mebibyte);
}

TEST_CASE("a number limit that the window cannot hold is a bug of the caller") {
  const core::MemoryBlob blob("0");
  CHECK_THROWS_AS(report::Scanner(blob, {.number_bytes = 64 * 1024}, fingerprint_key()), std::logic_error);
}
