#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "dictionary/fits.hpp"

using namespace airlock::dictionary;
using airlock::report::TokenKind;

namespace {

using Texts = std::vector<std::string>;

/// Checks a type of string on texts that must fit and texts that must not. A number is never of such a type.
void check_strings(Type type, const Texts& good, const Texts& bad) {
  for (const std::string& text : good) {
    CAPTURE(text);
    CHECK(fits(type, TokenKind::string, text, {}));
    CHECK_FALSE(fits(type, TokenKind::number, text, {}));
  }
  for (const std::string& text : bad) {
    CAPTURE(text);
    CHECK_FALSE(fits(type, TokenKind::string, text, {}));
  }
}

/// The same for a type of number. A string is never of such a type.
void check_numbers(Type type, const Texts& good, const Texts& bad) {
  for (const std::string& text : good) {
    CAPTURE(text);
    CHECK(fits(type, TokenKind::number, text, {}));
    CHECK_FALSE(fits(type, TokenKind::string, text, {}));
    CHECK_FALSE(fits(type, TokenKind::key, text, {}));
  }
  for (const std::string& text : bad) {
    CAPTURE(text);
    CHECK_FALSE(fits(type, TokenKind::number, text, {}));
  }
}

const std::string nul_byte("\0", 1);

}  // namespace

TEST_CASE("a date is a full-date of RFC 3339 that the calendar has") {
  check_strings(Type::date, {"2026-11-26", "2024-02-29", "0000-01-01", "9999-12-31"},
                {"", "2026-02-29", "2026-13-01", "2026-11-2", "2026-11-26T00:00:00Z", "26-11-2026", "2026/11/26",
                 "20261126", "2026-11-26 ", "2026-11-2" + nul_byte});
}

TEST_CASE("an epoch is whole seconds up to the end of year 9999") {
  check_numbers(Type::epoch, {"0", "1764126000", "253402300799"},
                {"-1", "253402300800", "1.5", "1e9", "1764126000000", "99999999999999999999"});
}

TEST_CASE("an epoch_ms is whole milliseconds up to the end of year 9999") {
  check_numbers(Type::epoch_ms, {"0", "1764126000123", "253402300799999"},
                {"-1", "253402300800000", "1764126000123.5", "1e12", "99999999999999999999"});
}

TEST_CASE("a duration is ISO 8601's, or as Go prints it") {
  check_strings(Type::duration,
                {"P7D", "P1W", "P1Y2M3W4DT5H6M7S", "PT0S", "PT0.5S", "PT1,5H", "-PT1H", "P0.5D", "168h0m0s", "0s",
                 "2.5s", "1h", "-1m30s", "1m0.005s", "5ms", "1.5\xC2\xB5s", "1.5us", "20ns"},
                {"",         "P",
                 "PT",       "P1",
                 "P1DT",     "P1H",
                 "PT1D",     "P1D2Y",
                 "P1.5DT1H", "7D",
                 "p7d",      "P7D ",
                 "5",        "1d",
                 "1m1h",     "1h1h",
                 "1.5h2m",   "5ms3us",
                 ".5s",      "1.s",
                 "s",        "1h 5m",
                 "--1h",     "1234567890123456789s",
                 "h",        "P" + std::string(70, '1') + "D"});
}

TEST_CASE("a MAC address has six bytes with colons, dashes or dots") {
  check_strings(Type::mac, {"02:42:ac:11:00:02", "02-42-AC-11-00-02", "0242.ac11.0002"},
                {"", "02:42:ac:11:00", "02:42:ac:11:00:0g", "02:42-ac:11:00:02", "0242ac110002", "0242:ac11:0002",
                 "02.42.ac.11.00.02", "02:42:ac:11:00:02:03:04", "2:42:ac:11:00:02:"});
}

TEST_CASE("an id is what a machine made up: hex, ULID, base32, base64 or base64url") {
  check_strings(Type::id,
                {"787265f93a37bc1b99d2b193d15ddc00", "0cc93fd781ab34799411fa3fcb215b1593d91d4e8e3d43fe9e75664b36ae2851",
                 "476FDE3C2A7AEBA84B18D24C6099AC60", "00f067aa0ba902b7", "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                 "01arz3ndektsv4rrffq69g5fav", "019QEMT5YQ60SPDQRCTJGPNVH6", "015CMAID2X2JGABRS08WY7N0QN",
                 "9i4q8yh2yykyt6np32e7u0dbd1", "p9un369a67ksmj4yd6i6ib39wh", "ybndrfgejkmcpqxotuwiszabnd",
                 "pXk34hga0zydpxg6n5syc8hp111wkfwpn2bjmzzrupp", "7s5yodnpfefgyha0at0yvkcpg9ooz9105dyvd024dc2",
                 "cAUTsHj14wTQvAkBaFlcvQ", "9m4e2mr0ui3e8a215n4g", "V1StGXR8_Z5jdHi6B-myT",
                 "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "1B2M2Y8AsgTpgAmY7PhCfg==",
                 "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"},
                {"",
                 "production",
                 "bankhus",
                 "Home Assistant OS",
                 "deadbeef",
                 "feedfacedeadbeef",
                 "hosted-clickhouse",
                 "observability-overview",
                 "Observability-Overview",
                 "permissions_system_scheme",
                 "enterpriseSearch",
                 "securitySolutionUIAlerts",
                 "antidisestablishmentarianism",
                 "Donaudampfschifffahrtsgesellschaft",
                 "postgresqlcluster2024",
                 "Bankhus-Prod-Cluster-01",
                 "bankhus-prod-cluster-2024-11",
                 "BANKHUS-LUND-AND-SONS-17",
                 "Debian-12-bookworm-amd64",
                 "5.10.0-28-amd64",
                 "perm_0 perm_1 perm_2 perm_3",
                 "asa.lund@bankhus.example",
                 "Asa4Lund9Bankhus7Example@x1.Se",
                 "2026-11-22T04:07:31.411Z",
                 "https://ph.bankhus.example",
                 "/usr/local/bin/python3",
                 "+46 70 123 45 67",
                 "01808211-23a9-0000-354b-a5da0697932b",
                 "f1ed2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b",
                 "88123",
                 "a0d7b954_nodered",
                 "47DEQpj8HBSa+-TImW-5JCeuQeRkm5NM",
                 "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NM===",
                 std::string(64, 'a') + std::string(65, '1')});
}

TEST_CASE("a locale is a BCP 47 tag or a POSIX name") {
  check_strings(Type::locale,
                {"en", "de-CH", "zh-Hans-CN", "sr_Latn_RS", "es-419", "de-CH-1996", "sl-rozaj-biske", "de-u-co-phonebk",
                 "en_US.UTF-8", "de_DE.ISO8859-15@euro", "ca_ES@valencia", "C", "POSIX", "C.UTF-8", "gsw"},
                {"",
                 "e",
                 "c",
                 "english",
                 "Stockholm",
                 "de-",
                 "-DE",
                 "de--CH",
                 "de_CH-1996",
                 "en_US.",
                 "en_US@",
                 "en US",
                 "12",
                 "de-CH-x",
                 "de-u",
                 "de-x-anna",
                 "en_US.UTF-8.UTF-8",
                 "ada@example.com",
                 "a.b",
                 "de-" + std::string(9, 'a'),
                 "en." + std::string(21, 'a')});
}

TEST_CASE("an opaque value is any string of 1 byte to 64 KiB") {
  check_strings(Type::opaque, {"a", nul_byte, "Asa Lund, asa@example.com", std::string(65536, 'a')},
                {"", std::string(65537, 'a')});
  CHECK_FALSE(fits(Type::opaque, TokenKind::boolean, "true", {}));
  CHECK_FALSE(fits(Type::opaque, TokenKind::begin_object, "", {}));
}
