#include "report/scanner.hpp"

#include <doctest/doctest.h>

#include "core/text.hpp"
#include "unit/report/support.hpp"

using namespace airlock;
using namespace airlock::test;
using report::TokenKind;

namespace {

/// A blob that fails, or ends, where its size does not.
class FaultyBlob final : public core::Blob {
 public:
  enum class Fault { error, early_end };
  FaultyBlob(std::string bytes, Fault fault) : bytes_(std::move(bytes)), fault_(fault) {}
  [[nodiscard]] std::uint64_t size() const override { return 2 * bytes_.size(); }
  [[nodiscard]] core::Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override {
    if (offset < bytes_.size()) return core::MemoryBlob(bytes_).read_at(offset, into);
    if (fault_ == Fault::error) return core::fail(core::Code::unexpected, "the disk is gone");
    return std::size_t{0};
  }

 private:
  std::string bytes_;
  Fault fault_;
};

/// Remembers how it was read.
class WatchedBlob final : public core::Blob {
 public:
  explicit WatchedBlob(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] core::Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override {
    in_order = in_order && offset == next;
    next = offset + into.size();
    ++reads;
    return core::MemoryBlob(bytes_).read_at(offset, into);
  }
  mutable bool in_order = true;
  mutable std::uint64_t next = 0;
  mutable std::size_t reads = 0;

 private:
  std::string_view bytes_;
};

std::string decoded(std::string_view json) {
  const Reading reading = read(json);
  REQUIRE_FALSE(reading.error);
  REQUIRE(reading.tokens.size() == 1);
  return reading.tokens[0].decoded;
}

}  // namespace

TEST_CASE("every token has its kind, its text, its depth and its place") {
  //                           0         1         2
  //                           0123456789012345678901234567
  const std::string_view text = "{ \"a\" : [1 , -2.5e3], \"b\\n\":{} ,\"c\":true}";
  const Reading reading = read(text);
  REQUIRE_FALSE(reading.error);
  struct Expected {
    TokenKind kind;
    std::string_view bytes, decoded;
    std::size_t depth;
  };
  const std::vector<Expected> expected{
      {TokenKind::begin_object, "{", "", 0},      {TokenKind::key, "\"a\"", "a", 1},
      {TokenKind::begin_array, "[", "", 1},       {TokenKind::number, "1", "1", 2},
      {TokenKind::number, "-2.5e3", "-2.5e3", 2}, {TokenKind::end_array, "]", "", 1},
      {TokenKind::key, "\"b\\n\"", "b\n", 1},     {TokenKind::begin_object, "{", "", 1},
      {TokenKind::end_object, "}", "", 1},        {TokenKind::key, "\"c\"", "c", 1},
      {TokenKind::boolean, "true", "true", 1},    {TokenKind::end_object, "}", "", 0}};
  REQUIRE(reading.tokens.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i);
    const Seen& token = reading.tokens[i];
    CHECK(token.kind == expected[i].kind);
    CHECK(text.substr(token.begin, token.end - token.begin) == expected[i].bytes);
    CHECK(token.decoded == expected[i].decoded);
    CHECK(token.depth == expected[i].depth);
  }
}

TEST_CASE("gap and comma say what stands in front of a token") {
  //                             0         1         2
  //                             012345678901234567890123456
  const std::string_view text = " [ 1 , 2, {\"k\" : null } ] \n";
  const Reading reading = read(text);
  REQUIRE(reading.end);
  struct Expected {
    std::string_view bytes;
    std::uint64_t comma_gap, comma, gap, begin;
  };
  const std::vector<Expected> expected{{"[", 0, 0, 0, 1},     {"1", 2, 2, 2, 3},         {"2", 4, 5, 6, 7},
                                       {"{", 8, 8, 9, 10},    {"\"k\"", 11, 11, 11, 11}, {"null", 16, 16, 16, 17},
                                       {"}", 21, 21, 21, 22}, {"]", 23, 23, 23, 24}};
  REQUIRE(reading.tokens.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(expected[i].bytes);
    const Seen& token = reading.tokens[i];
    CHECK(text.substr(token.begin, token.end - token.begin) == expected[i].bytes);
    CHECK(token.comma_gap == expected[i].comma_gap);
    CHECK(token.comma == expected[i].comma);
    CHECK(token.gap == expected[i].gap);
    CHECK(token.begin == expected[i].begin);
    CHECK(token.has_comma() == (text.substr(0, token.gap).ends_with(',')));
  }
  CHECK(reading.end->gap == 25);
  CHECK(reading.end->begin == text.size());
  CHECK(reading.end->end == text.size());
}

TEST_CASE("the end comes again for ever") {
  const core::MemoryBlob blob("[]");
  report::Scanner scanner(blob, {}, fingerprint_key());
  for (int i = 0; i < 2; ++i) REQUIRE(scanner.next());
  for (int i = 0; i < 3; ++i) {
    const auto token = scanner.next();
    REQUIRE(token);
    CHECK(token->get().kind == TokenKind::end);
  }
}

TEST_CASE("an error comes again for ever") {
  const core::MemoryBlob blob("[1}");
  report::Scanner scanner(blob, {}, fingerprint_key());
  for (int i = 0; i < 2; ++i) REQUIRE(scanner.next());
  for (int i = 0; i < 3; ++i) {
    const auto token = scanner.next();
    REQUIRE_FALSE(token);
    CHECK(token.error().code == core::Code::bad_input);
    CHECK(token.error().message == "byte 2: expected `,` or `]`, found `}`");
  }
}

TEST_CASE("a refusal names the byte and what was expected there") {
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {"", "byte 0: expected a value, found the end"},
      {" \n", "byte 2: expected a value, found the end"},
      {"x", "byte 0: expected a value, found `x`"},
      {"[", "byte 1: expected a value or `]`, found the end"},
      {"[,", "byte 1: expected a value or `]`, found `,`"},
      {"[1,]", "byte 3: expected a value, found `]`"},
      {"[1 2]", "byte 3: expected `,` or `]`, found `2`"},
      {"[1", "byte 2: expected `,` or `]`, found the end"},
      {"{", "byte 1: expected a key or `}`, found the end"},
      {"{1:2}", "byte 1: expected a key or `}`, found `1`"},
      {"{\"a\" 1}", "byte 5: expected `:`, found `1`"},
      {"{\"a\":}", "byte 5: expected a value, found `}`"},
      {"{\"a\":1,}", "byte 7: expected a key, found `}`"},
      {"{\"a\":1]", "byte 6: expected `,` or `}`, found `]`"},
      {"{} {}", "byte 3: expected the end, found `{`"},
      {"tru", "byte 0: expected `true`"},
      {"falsy", "byte 0: expected `false`"},
      {"nul", "byte 0: expected `null`"},
      {"\xEF\xBB\xBF{}", "byte 0: a byte order mark"},
      {"[\x1b]", "byte 1: expected a value or `]`, found `\\x1b`"},
      {"\xFF", "byte 0: expected a value, found `\\xff`"},
  };
  for (const auto& refusal : cases) {
    CAPTURE(core::printable(refusal.first));
    CHECK(why(refusal.first) == refusal.second);
  }
  CHECK(why(std::string_view("{}\0", 3)) == "byte 2: expected the end, found `\\x00`");
  CHECK(why(std::string_view("\0{}", 3)) == "byte 0: expected a value, found `\\x00`");
}

TEST_CASE("strings are decoded") {
  CHECK(decoded(R"("")").empty());
  CHECK(decoded(R"("plain")") == "plain");
  CHECK(decoded(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(decoded(R"("\u0041\u00e9\u20AC\ud83d\ude00z")") == "Aé€😀z");
  CHECK(decoded("\"é€😀\"") == "é€😀");
  CHECK(decoded("\"\x7f\"") == "\x7f");
  CHECK(decoded(R"("\u0000")") == std::string(1, '\0'));
  CHECK(decoded(R"("\ufdcf\ufffd")") == "\xEF\xB7\x8F\xEF\xBF\xBD");
  CHECK(decoded(R"("\uDBFF\uDFFD")") == "\xF4\x8F\xBF\xBD");
}

TEST_CASE("ill-formed strings are refused with their place") {
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {"\"abc", "byte 4: expected the end of the string, found the end"},
      {"\"abc\\", "byte 5: expected the rest of an escape, found the end"},
      {"\"a\nb\"", "byte 2: control character `\\x0a` in a string"},
      {R"("a\x")", "byte 3: `x` is not an escape"},
      {R"("\u12G4")", "byte 1: expected four hexadecimal digits after `\\u`"},
      {R"("\u12)", "byte 1: expected four hexadecimal digits after `\\u`"},
      {R"("\ud800")", "byte 1: an unpaired surrogate, which I-JSON forbids"},
      {R"("\ud800x")", "byte 1: an unpaired surrogate, which I-JSON forbids"},
      {R"("\ud800\n")", "byte 1: an unpaired surrogate, which I-JSON forbids"},
      {R"("\ud800\u0041")", "byte 1: an unpaired surrogate, which I-JSON forbids"},
      {R"("\ud800\ud800")", "byte 1: an unpaired surrogate, which I-JSON forbids"},
      {R"("\ud800\u")", "byte 1: an unpaired surrogate, which I-JSON forbids"},
      {R"("\udc00\ud800")", "byte 1: an unpaired surrogate, which I-JSON forbids"},
      {R"("ab\uFFFF")", "byte 3: a noncharacter, which I-JSON forbids"},
      {R"("\ufdd0")", "byte 1: a noncharacter, which I-JSON forbids"},
      {R"("\ud83f\udffe")", "byte 1: a noncharacter, which I-JSON forbids"},
      {"\"\xEF\xBF\xBE\"", "byte 1: a noncharacter, which I-JSON forbids"},
      {"\"\xF4\x8F\xBF\xBF\"", "byte 1: a noncharacter, which I-JSON forbids"},
      {"\"\x80\"", "byte 1: ill-formed UTF-8"},
      {"\"a\xC0\xAF\"", "byte 2: ill-formed UTF-8"},
      {"\"\xED\xA0\x80\"", "byte 1: ill-formed UTF-8"},
      {"\"\xF5\x80\x80\x80\"", "byte 1: ill-formed UTF-8"},
      {"\"\xE2\x82\"", "byte 1: ill-formed UTF-8"},
      {"\"\xE2\x82", "byte 1: ill-formed UTF-8"},
  };
  for (const auto& refusal : cases) {
    CAPTURE(core::printable(refusal.first));
    CHECK(why(refusal.first) == refusal.second);
  }
  CHECK(why(std::string_view("\"a\0\"", 4)) == "byte 2: control character `\\x00` in a string");
}

TEST_CASE("numbers follow the grammar and stay text") {
  for (const auto* text : {"0", "-0", "10", "0.0", "1.50", "1e5", "1E+05", "-1.25e-007", "1e400", "0e1", "00.5"}) {
    CAPTURE(text);
    if (std::string_view(text) == "00.5") {
      CHECK(why(text) == "byte 1: expected the end, found `0`");
    } else {
      CHECK(decoded(text) == text);
    }
  }
  CHECK(why("-") == "byte 1: expected a digit, found the end");
  CHECK(why("-x") == "byte 1: expected a digit, found `x`");
  CHECK(why("1.") == "byte 2: expected a digit, found the end");
  CHECK(why("1.e5") == "byte 2: expected a digit, found `e`");
  CHECK(why("[1e+]") == "byte 4: expected a digit, found `]`");
  CHECK(why("+1") == "byte 0: expected a value, found `+`");
  CHECK(why(".5") == "byte 0: expected a value, found `.`");
  CHECK(why("0x10") == "byte 1: expected the end, found `x`");
}

TEST_CASE("a key may stand once in an object, however it is spelt, and again in another") {
  CHECK(why(R"({"a":1,"b":2,"a":3})") == "byte 13: the object has this key already, which I-JSON forbids");
  CHECK(why(R"({"a":1,"\u0061":2})") == "byte 7: the object has this key already, which I-JSON forbids");
  CHECK(why(R"({"/":1,"\/":2})") == "byte 7: the object has this key already, which I-JSON forbids");
  CHECK(why(R"({"":1,"":2})") == "byte 6: the object has this key already, which I-JSON forbids");
  CHECK(why(R"({"a":{"a":1,"x":[{"a":2},{"a":3}]},"b":{"a":4}})") == "accepted");
  CHECK(why(R"({"a":{"b":1},"b":2,"a":0})") == "byte 19: the object has this key already, which I-JSON forbids");
  // Case, normal form and NUL make a difference.
  CHECK(why("{\"a\":1,\"A\":2,\"é\":3,\"e\xCC\x81\":4,\"a\\u0000\":5}") == "accepted");
}

TEST_CASE("a message shows no more than one byte of the report") {
  for (const auto* text : {R"({"secret":1,"secret":2})", R"({"secret" "secret"})", R"(["secret\q"])", R"({"a":secret})",
                           "[\"secret\n\"]", R"(["secret)"}) {
    CAPTURE(text);
    CHECK(why(text).starts_with("byte "));
    CHECK(why(text).find("ecret") == std::string::npos);
  }
}

TEST_CASE("failures of the blob are passed on") {
  const Reading broken = read(FaultyBlob("[1,2", FaultyBlob::Fault::error));
  REQUIRE(broken.error);
  CHECK(broken.error->code == core::Code::unexpected);
  CHECK(broken.error->message == "the disk is gone");
  const Reading shorter = read(FaultyBlob("[1,2", FaultyBlob::Fault::early_end));
  REQUIRE(shorter.error);
  CHECK(shorter.error->code == core::Code::unexpected);
  CHECK(shorter.error->message == "the report became shorter while it was read: it has 4 bytes, not 8");
}

TEST_CASE("a report is read once, from front to back, in large pieces") {
  std::string text = "[";
  while (text.size() < 1'000'000) text += "\"some text\", 12345.678,\n  {\"key\": [true, null]},";
  text += "0]";
  const WatchedBlob blob(text);
  CHECK_FALSE(read(blob).error);
  CHECK(blob.in_order);
  CHECK(blob.reads <= text.size() / (60 * 1024) + 1);
}
