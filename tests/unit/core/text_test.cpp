#include "core/text.hpp"

#include <doctest/doctest.h>
#include <array>

#include "core/digest.hpp"

using namespace airlock::core;

TEST_CASE("base64 and hex survive a round trip and refuse what is not canonical") {
  std::string bytes;
  for (int i = 0; i < 70; ++i) {
    CHECK(from_base64(to_base64(bytes)) == bytes);
    CHECK(from_hex(to_hex(bytes)) == bytes);
    bytes += static_cast<char>(i * 37);
  }
  // RFC 4648 section 10.
  CHECK(to_base64("foob") == "Zm9vYg==");
  CHECK(from_base64("Zm9vYg==") == "foob");
  for (const auto* bad :
       {"Zm9vYg=", "Zm9vYg", "Zm9vYh==", "Zm9=Yg==", "Zm 9vYg=", "====", "Zm9vYg==Zm9v", "Zm9vY-=="}) {
    CAPTURE(bad);
    CHECK_FALSE(from_base64(bad));
  }
  CHECK_FALSE(from_hex("abc"));
  CHECK_FALSE(from_hex("zz"));
}

TEST_CASE("base32 writes 16 bytes as 26 lower-case characters") {
  CHECK(to_base32("foobar") == "mzxw6ytboi");  // RFC 4648 section 10, lower case, no padding
  CHECK(to_base32(std::string(16, '\xFF')).size() == 26);
}

TEST_CASE("ill-formed UTF-8 is recognised") {
  for (const auto* good : {"", "a", "é", "€", "😀", "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"}) CHECK(is_utf8(good));
  for (const auto* bad : {"\x80", "\xC0\xAF", "\xC1\x81", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xE2\x82", "\xC3"}) {
    CAPTURE(to_hex(bad));
    CHECK_FALSE(is_utf8(bad));
  }
  CHECK(first_code_point("😀x").value == U'😀');
  CHECK(first_code_point("😀x").bytes == 4);
}

TEST_CASE("what is shown on a terminal has no controls and no reordering characters") {
  CHECK(printable("a\x1b[31mb") == "a\\x1b[31mb");
  CHECK(printable("a\u202Eb") == "a\\xe2\\x80\\xaeb");
  CHECK(printable("\xFF") == "\\xff");
  CHECK(printable("naïve") == "naïve");
  CHECK(printable("aaaaaaaaaa", 4) == "aaaa…");
  CHECK(quote("x") == "`x`");
  CHECK(is_printable("naïve ☃"));
  CHECK_FALSE(is_printable("tab\t"));
}

TEST_CASE("a path in a command that is shown is one word and names that path, whatever it is") {
  CHECK(shell_path("/var/lib/air-lock_2/inbox") == "/var/lib/air-lock_2/inbox");
  CHECK(shell_path("my site") == "'my site'");
  CHECK(shell_path("~x;$(id)`id`\\n") == "'~x;$(id)`id`\\n'");
  CHECK(shell_path("it's") == R"('it'\''s')");
  CHECK(shell_path("naïve") == "'naïve'");
  CHECK(shell_path("-rf") == "./-rf");
  CHECK(shell_path("") == "''");
  CHECK(shell_path("a\x1b[31m") == "$'a\\x1b[31m'");
  CHECK(shell_path("it's\\\n\xff") == R"($'it\'s\\\x0a\xff')");
  CHECK(shell_path("a\u202Eb") == "$'a\\xe2\\x80\\xaeb'");
  const std::string deep(5000, 'x');
  CHECK(shell_path(deep) == deep);
  CHECK(shell_path(deep + "\t") == "$'" + deep + "\\x09'");
}

TEST_CASE("a UUID is version 4 and canonical") {
  const std::array<std::uint8_t, 16> ones{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                          0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
  CHECK(uuid_v4(ones) == "ffffffff-ffff-4fff-bfff-ffffffffffff");
  CHECK(is_uuid("01808211-23a9-0000-354b-a5da0697932b"));
  CHECK_FALSE(is_uuid("01808211-23a9-0000-354b-a5da0697932"));
  CHECK_FALSE(is_uuid("01808211x23a9-0000-354b-a5da0697932b"));
}

TEST_CASE("a digest is read from 64 lower-case hex digits only") {
  const std::string hex(64, 'a');
  REQUIRE(Digest::from_hex(hex));
  CHECK(Digest::from_hex(hex)->hex() == hex);
  CHECK_FALSE(Digest::from_hex(std::string(64, 'A')));
  CHECK_FALSE(Digest::from_hex(std::string(63, 'a')));
}

TEST_CASE("a reason is printable, not empty, and at most as long as a ledger's reader can bear") {
  CHECK(check_reason("ticket 815", ""));
  CHECK(check_reason(std::string(reason_limit, 'x'), ""));
  for (const std::string& poor : {std::string(), std::string(reason_limit + 1, 'x'), std::string("a\nb"), std::string("\xff")}) {
    CAPTURE(poor);
    const auto refused = check_reason(poor, "say why");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::usage);
    CHECK(refused.error().hint == "say why");
  }
}
