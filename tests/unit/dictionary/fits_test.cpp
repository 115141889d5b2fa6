#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "dictionary/fits.hpp"

using namespace airlock::dictionary;
using airlock::report::TokenKind;

namespace {

bool string_fits(Type type, std::string_view text) { return fits(type, TokenKind::string, text, {}); }
bool number_fits(Type type, std::string_view text) { return fits(type, TokenKind::number, text, {}); }

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

/// Checks one type of string on texts that must fit and texts that must not.
void check(Type type, const std::vector<std::string>& good, const std::vector<std::string>& bad) {
  for (const std::string& text : good) {
    CAPTURE(text);
    CHECK(string_fits(type, text));
    CHECK(fits(type, TokenKind::key, text, {}));
    CHECK_FALSE(number_fits(type, text));
  }
  for (const std::string& text : bad) {
    CAPTURE(text);
    CHECK_FALSE(string_fits(type, text));
    CHECK_FALSE(fits(type, TokenKind::key, text, {}));
  }
}

const std::string nul("\0", 1);

}  // namespace

TEST_CASE("a count is a whole number from 0 to 2^63 - 1") {
  for (const std::string good : {"0", "1", "1627639", "9223372036854775807"}) {
    CAPTURE(good);
    CHECK(number_fits(Type::count, good));
  }
  for (const std::string bad : {"-1", "-0", "1.0", "1e3", "1E3", "0.5", "9223372036854775808", "18446744073709551616",
                                "99999999999999999999999999999999", "1e400", "-1e400"}) {
    CAPTURE(bad);
    CHECK_FALSE(number_fits(Type::count, bad));
  }
}

TEST_CASE("a count is never a string, boolean, null or container") {
  CHECK_FALSE(string_fits(Type::count, "1"));
  CHECK_FALSE(string_fits(Type::count, "ada@example.com"));
  CHECK_FALSE(fits(Type::count, TokenKind::key, "1", {}));
  CHECK_FALSE(fits(Type::count, TokenKind::boolean, "true", {}));
  CHECK_FALSE(fits(Type::count, TokenKind::null, "null", {}));
  CHECK_FALSE(fits(Type::count, TokenKind::begin_array, "", {}));
  CHECK_FALSE(fits(Type::count, TokenKind::begin_object, "", {}));
}

TEST_CASE("an integer has 64 bits and a sign") {
  for (const std::string good : {"0", "-0", "-1", "9223372036854775807", "-9223372036854775808"}) {
    CAPTURE(good);
    CHECK(number_fits(Type::integer, good));
  }
  for (const std::string bad : {"9223372036854775808", "-9223372036854775809", "1.0", "1e2", "1e400"}) {
    CAPTURE(bad);
    CHECK_FALSE(number_fits(Type::integer, bad));
  }
}

TEST_CASE("a number is within the range of a double, at both ends") {
  for (const std::string good : {"0", "-0.6718", "51.5368", "1e308", "1.7976931348623157e308", "5e-324", "0e400",
                                 "123456789012345678901234567890"}) {
    CAPTURE(good);
    CHECK(number_fits(Type::number, good));
  }
  for (const std::string bad : {"1e400", "-1e400", "1.7976931348623159e308", "1e-400", "1e99999999999999999999"}) {
    CAPTURE(bad);
    CHECK_FALSE(number_fits(Type::number, bad));
  }
}

TEST_CASE("infinity is no number, even if a scanner should let it through") {
  CHECK_FALSE(number_fits(Type::number, "inf"));
  CHECK_FALSE(number_fits(Type::number, "nan"));
}

TEST_CASE("a boolean is true or false, not a word or a number") {
  CHECK(fits(Type::boolean, TokenKind::boolean, "true", {}));
  CHECK(fits(Type::boolean, TokenKind::boolean, "false", {}));
  CHECK_FALSE(string_fits(Type::boolean, "true"));
  CHECK_FALSE(number_fits(Type::boolean, "1"));
}

TEST_CASE("a text has 1 to 1024 bytes") {
  check(Type::text, {"a", "Avo New", "naïve ☃", nul, "line\nbreak", repeat("a", 1024)},
        {"", repeat("a", 1025), repeat("é", 513)});
}

TEST_CASE("a UUID is canonical, of either case and any version") {
  check(Type::uuid, {"01808211-23a9-0000-354b-a5da0697932b", "01808211-23A9-0000-354B-A5DA0697932B"},
        {"", "01808211-23a9-0000-354b-a5da0697932", "{01808211-23a9-0000-354b-a5da0697932b}",
         "0180821123a90000354ba5da0697932b", "01808211-23a9-0000-354b-a5da0697932g"});
}

TEST_CASE("a version has numbers with dots, and perhaps a leading v, a pre-release and a build") {
  check(Type::version,
        {"1.35.0",
         "v1.22.7",
         "21.6.5.37",
         "1",
         "1.0.0-beta.1",
         "v1.22.7-gke.300",
         "v1.21.5-eks-9017834",
         "1.22.7+k3s1",
         "1.0.0-rc-1+build.5-x",
         "1.2.3.4.5.6",
         "1234567890.0",
         "1.1.1w",
         "6.2.13.Final",
         "21.8.13.1.altinitystable",
         "12.17 (Debian 12.17-1)",
         "13.16 (Debian 13.16-1.pgdg120+1)",
         "14.5 (Ubuntu 14.5-0ubuntu0.22.04.1)",
         "v5.4.0b3",
         "11_3_0+security-01",
         "1.8.0_392-b08",
         "17.5.2-ee",
         "23.0.1+11-39",
         "8.0.35-0ubuntu0.22.04.1",
         "10.6.12-MariaDB-1:10.6.12+maria~ubu2004",
         "2"},
        {"",
         "v",
         "V1.2",
         "1.",
         ".1",
         "1..2",
         "1.2.3.4.5.6.7",
         "12345678901.0",
         "1.2-",
         "1.2+",
         "1.2-a..b",
         "1.2+a+b",
         "latest",
         "1.2 ",
         "1.2-é",
         "1.2-a_b",
         "1.2/3",
         "1.2-" + repeat("a", 61),
         "3rd",
         "5GB",
         "7.Anna",
         "1.2w.3",
         "1.2.Final.3",
         "1.2_Final",
         "1.2." + repeat("a", 21),
         "12.17 (Debian)",
         "12.17 (call Anna)",
         "12.17 (Debian 12",
         "12.17 (Debian 12.17-1) x",
         "12.17(Debian 12.17-1)",
         "2 cups (about 3.5 dl)",
         "1.2@example.com",
         "1.2-ada@example.com",
         "2026-11-27T03:00:00.000Z",
         "2026-11-27T03:00Z",
         "1.2-10:30",
         "1.2+x:y"});
}

TEST_CASE("a time is a date-time of RFC 3339 of at most 64 bytes") {
  check(
      Type::time,
      {"2022-05-01T23:59:59.999999+00:00", "2022-05-02T00:00:02Z", "2022-05-02t00:00:02z", "2024-02-29T12:00:00-09:30"},
      {"", "2022-05-01", "2022-05-01 00:00:00Z", "2023-02-29T12:00:00Z", "2022-05-02T00:00:02", "1651449602",
       "2022-05-02T00:00:02." + repeat("0", 64) + "Z"});
}

TEST_CASE("a URL is http or https, with a host, and without user name and password") {
  check(Type::url,
        {"https://playground.posthog.net", "http://localhost:8000", "HTTPS://Example.COM/a/b?c=d&e#f",
         "http://10.0.0.1/", "https://[2001:db8::1]:8443/x", "https://example.com/%20?q", "https://example.com#top",
         "https://example.com/" + repeat("a", 2028)},
        {"",
         "unknown",
         "example.com",
         "ftp://example.com",
         "javascript://example.com/%0aalert(1)",
         "https://",
         "https:///path",
         "https://user@example.com",
         "https://user:secret@example.com/",
         "https://exa mple.com",
         "https://example.com/a b",
         "https://example.com/\"",
         "https://example.com/<b>",
         "https://example.com/%2",
         "https://example.com/%zz",
         "https://example.com/#a#b",
         "https://example.com:65536",
         "https://example.com:",
         "https://example.com:8o",
         "https://[::1",
         "https://[1.2.3.4]/",
         "https://[::1]x",
         "https://[fe80::1%25eth0]/",
         "https://exämple.com",
         "https://1.2.3",
         "https://example.com/" + nul,
         "https://example.com\\@evil.example",
         "https://example.com/" + repeat("a", 2029)});
}

TEST_CASE("a host name has labels of letters, digits and inner hyphens, and no port") {
  const std::string label(63, 'a');
  const std::string longest = label + "." + label + "." + label + "." + repeat("b", 61);
  REQUIRE(longest.size() == 253);
  check(Type::hostname,
        {"playground.posthog.net", "localhost", "a", "3com.example", "xn--bcher-kva.example", "A-1.b", longest},
        {"", ".", "a.", ".a", "a..b", "-a", "a-", "a.-b", "a_b", "host:8000", "10.0.0.1", "12", "a.1", "exämple.com",
         "a b", repeat("a", 64), longest + "c", "a" + nul});
}

TEST_CASE("an address is a dotted quad or IPv6 without a zone") {
  check(Type::ip,
        {"165.22.112.27", "0.0.0.0", "255.255.255.255", "::", "::1", "2001:db8::ff00:42:8329", "::ffff:192.0.2.1"},
        {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4/24", "0x1.2.3.4",
         "1::2::3", ":::", "fe80::1%eth0", "[::1]", "12345::", "1.2.3.4" + nul, nul + "1.2.3.4", repeat("0", 60)});
}

TEST_CASE("an e-mail address has one @ between a plain local part and a host name") {
  check(Type::email,
        {"ada@example.com", "a.b+c_d@mail.example.co.uk", "root@localhost", "o'hara@example.com",
         repeat("a", 64) + "@example.com"},
        {"",
         "@",
         "ada",
         "ada@",
         "@example.com",
         "a@b@example.com",
         ".ada@example.com",
         "ada.@example.com",
         "a..b@example.com",
         "ada lovelace@example.com",
         "\"ada\"@example.com",
         "ada@[192.0.2.1]",
         "ada@192.0.2.1",
         "Ada <ada@example.com>",
         "ada@example.com.",
         "ada@exa_mple.com",
         "ädä@example.com",
         "ada@example.com\n",
         repeat("a", 65) + "@example.com",
         "a@" + repeat("b", 63) + "." + repeat("c", 63) + "." + repeat("d", 63) + "." + repeat("e", 61)});
}

TEST_CASE("an enum is exactly one of its values") {
  const std::vector<std::string> values{"machine", "user"};
  CHECK(fits(Type::enumeration, TokenKind::string, "user", values));
  CHECK(fits(Type::enumeration, TokenKind::key, "machine", values));
  for (const std::string bad : {"", "User", "use", "users", "machine,user"}) {
    CAPTURE(bad);
    CHECK_FALSE(fits(Type::enumeration, TokenKind::string, bad, values));
  }
  CHECK_FALSE(fits(Type::enumeration, TokenKind::boolean, "true", {"true"}));
}

TEST_CASE("empty is the empty string or a container") {
  CHECK(string_fits(Type::empty, ""));
  CHECK(fits(Type::empty, TokenKind::key, "", {}));
  CHECK(fits(Type::empty, TokenKind::begin_array, "", {}));
  CHECK(fits(Type::empty, TokenKind::begin_object, "", {}));
  CHECK_FALSE(string_fits(Type::empty, " "));
  CHECK_FALSE(number_fits(Type::empty, "0"));
  CHECK_FALSE(fits(Type::empty, TokenKind::null, "null", {}));
}

TEST_CASE("null fits no type, and a container only empty") {
  for (int i = 0; i <= static_cast<int>(Type::empty); ++i) {
    const auto type = static_cast<Type>(i);
    CAPTURE(std::string(name(type)));
    CHECK_FALSE(fits(type, TokenKind::null, "null", {"null"}));
    CHECK(fits(type, TokenKind::begin_object, "", {""}) == (type == Type::empty));
    CHECK(fits(type, TokenKind::begin_array, "", {""}) == (type == Type::empty));
  }
}

TEST_CASE("of several types the first in the declaration's order counts") {
  CHECK(first_fit({{Type::enumeration, Type::text}, {"unknown"}}, TokenKind::string, "unknown") == Type::enumeration);
  CHECK(first_fit({{Type::enumeration, Type::text}, {"unknown"}}, TokenKind::string, "hobby") == Type::text);
  CHECK(first_fit({{Type::url, Type::enumeration}, {"unknown"}}, TokenKind::string, "hobby") == std::nullopt);
}

TEST_CASE("types and classes have the names that documents use, and each name leads back") {
  CHECK(name(Type::enumeration) == "enum");
  CHECK(name(Class::licence) == "licence");
  for (int i = 0; i <= static_cast<int>(Type::empty); ++i) {
    CHECK(type_from(name(static_cast<Type>(i))) == static_cast<Type>(i));
  }
  for (std::size_t i = 0; i < class_count; ++i) {
    CHECK(class_from(name(static_cast<Class>(i))) == static_cast<Class>(i));
  }
  CHECK_FALSE(type_from("enumeration"));
  CHECK_FALSE(type_from(""));
  CHECK_FALSE(class_from("Usage"));
}
