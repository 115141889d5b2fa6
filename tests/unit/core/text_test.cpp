#include "core/text.hpp"
#include "core/encoding.hpp"

#include <doctest/doctest.h>
#include <array>

#include "core/digest.hpp"
#include "core/utf8.hpp"

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

TEST_CASE("characters that nobody sees are not printable, and are named where a person types them") {
  for (const auto* unseen :
       {"\u00AD",     "\u034F",     "\u061C",     "\u115F",     "\u1160",     "\u17B4",     "\u180B",
        "\u180F",     "\u2000",     "\u200D",     "\u202F",     "\u205F",     "\u206F",     "\u2800",
        "\u3000",     "\u3164",     "\uE000",     "\uFE00",     "\uFE0F",     "\uFEFF",     "\uFFA0",
        "\uFFF0",     "\uFFFE",     "\U00013430", "\U0001BCA0", "\U0001D173", "\U0001FFFF", "\U000E0001",
        "\U000E007F", "\U000E0100", "\U000E01EF", "\U000F0000", "\U0010FFFD", "\xFF"}) {
    CAPTURE(to_hex(unseen));
    CHECK_FALSE(is_printable(unseen));
    CHECK_FALSE(check_typed("the note", std::string("a") + unseen, 100));
  }
  for (const auto* seen :
       {"a b", "é", "\u0600", "ж", "東京", "한국", "😀", "ﬁ", "\uFFFC", "\uFFFD", "\U0001F600", "\U00030000"}) {
    CAPTURE(to_hex(seen));
    CHECK(is_printable(seen));
  }
  CHECK(check_typed("the note", "ok\u00AD", 100).error().message ==
        "the note must be printable text of at most 100 bytes; byte 3 begins U+00AD, which is invisible to a reader");
  CHECK(check_typed("the note", "\U000E0041", 100).error().message.find("U+E0041,") != std::string::npos);
  CHECK(check_typed("the note", "", 100));
  CHECK_FALSE(check_typed("the note", "abc", 2));
  // What is signed already stays readable.
  CHECK(is_document_text("Bank\u00AD"));
  CHECK_FALSE(is_document_text("Bank\u202E"));
}

TEST_CASE("text for a terminal keeps lines and the meaning of JSON, wherever it was cut") {
  const std::string text = "{\"a\":\t\"\x1b[2J\u202E\U000E0041é\u00AD\"}\n\xFF\xE2\x80";
  const std::string shown = "{\"a\":\t\"\\u001b[2J\\u202e\\udb40\\udc41é\\u00ad\"}\n\\xff\\xe2\\x80";
  CHECK(terminal_text(text) == shown);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    TerminalText filter;
    std::string out = filter.add(text.substr(0, cut));
    out += filter.add(text.substr(cut));
    out += filter.finish();
    CHECK(out == shown);
    CHECK(filter.has_escaped());
  }
  TerminalText honest;
  CHECK(honest.add("{\n\t\"a\": \"é\"}") + honest.finish() == "{\n\t\"a\": \"é\"}");
  CHECK_FALSE(honest.has_escaped());
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
  for (const std::string& poor :
       {std::string(), std::string(reason_limit + 1, 'x'), std::string("a\nb"), std::string("\xff")}) {
    CAPTURE(poor);
    const auto refused = check_reason(poor, "say why");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::usage);
    CHECK(refused.error().hint == "say why");
  }
}
