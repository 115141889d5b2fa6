#include "redaction/truncate.hpp"

#include <doctest/doctest.h>

using namespace airlock::redaction;
using airlock::core::Calendar;

namespace {

std::string ip(std::string_view text, int v4, int v6) {
  return truncated({.action = Action::truncate_ip, .v4_bits = v4, .v6_bits = v6}, text).value_or("none");
}

std::string time(std::string_view text, Calendar unit) {
  return truncated({.action = Action::truncate_time, .calendar = unit}, text).value_or("none");
}

std::string version(std::string_view text, VersionPart part) {
  return truncated({.action = Action::truncate_version, .version_part = part}, text).value_or("none");
}

}  // namespace

TEST_CASE("an address keeps its first bits and has zeros behind them") {
  CHECK(ip("165.22.112.27", 24, 48) == "165.22.112.0");
  CHECK(ip("165.22.112.27", 20, 48) == "165.22.112.0");
  CHECK(ip("165.22.127.255", 20, 48) == "165.22.112.0");
  CHECK(ip("165.22.112.27", 0, 48) == "0.0.0.0");
  CHECK(ip("165.22.112.27", 32, 48) == "165.22.112.27");
  CHECK(ip("2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", 24, 48) == "2001:db8:aaaa::");
  CHECK(ip("2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", 24, 52) == "2001:db8:aaaa:b000::");
  CHECK(ip("2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", 24, 0) == "::");
  CHECK(ip("2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", 24, 128) == "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff");
}

TEST_CASE("an IPv4 address inside an IPv6 address keeps no more bits than alone") {
  CHECK(ip("::ffff:165.22.112.27", 24, 128) == "::ffff:165.22.112.0");
  CHECK(ip("::ffff:a516:701b", 24, 128) == "::ffff:165.22.112.0");
  CHECK(ip("::165.22.112.27", 24, 128) == "::165.22.112.0");
  CHECK(ip("64:ff9b::165.22.112.27", 16, 128) == "64:ff9b::a516:0");
  CHECK(ip("2002:a516:701b:1::2", 24, 48) == "2002:a516:7000::");
  CHECK(ip("2001::4136:e378:8000:63bf:3fff:fdd2", 24, 128) == "2001:0:4136:e378:8000:63bf:3fff:fd00");
  // Where the whole IPv4 address may stay, only the IPv6 setting counts.
  CHECK(ip("2002:a516:701b:1::2", 32, 128) == "2002:a516:701b:1::2");
  CHECK(ip("2002:a516:701b:1::2", 32, 64) == "2002:a516:701b:1::");
}

TEST_CASE("what is not an address leaves nothing") {
  using namespace std::string_view_literals;
  for (const auto text : {""sv, "1.2.3"sv, "1.2.3.4.5"sv, "01.2.3.4"sv, "1.2.3.4\0"sv, "fe80::1%eth0"sv,
                          "example.com"sv, "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa"sv}) {
    CAPTURE(text);
    CHECK(ip(text, 24, 48) == "none");
  }
}

TEST_CASE("a time becomes the midnight, in UTC, at which its day, week or month began") {
  CHECK(time("2022-05-02T00:00:02.293000+00:00", Calendar::day) == "2022-05-02T00:00:00Z");
  CHECK(time("2022-05-02T01:30:00+02:00", Calendar::day) == "2022-05-01T00:00:00Z");
  CHECK(time("2022-05-01T23:59:59.999999+00:00", Calendar::week) == "2022-04-25T00:00:00Z");
  CHECK(time("2022-05-02T00:00:00Z", Calendar::week) == "2022-05-02T00:00:00Z");
  CHECK(time("2022-05-31T23:59:59Z", Calendar::month) == "2022-05-01T00:00:00Z");
  CHECK(time("yesterday", Calendar::day) == "none");
}

TEST_CASE("a version keeps its first number or two, and the v before them") {
  CHECK(version("1.35.0", VersionPart::minor) == "1.35");
  CHECK(version("1.35.0", VersionPart::major) == "1");
  CHECK(version("v1.22.7-gke.300+b", VersionPart::minor) == "v1.22");
  CHECK(version("v1.22.7-gke.300+b", VersionPart::major) == "v1");
  CHECK(version("21.6.5.37", VersionPart::minor) == "21.6");
  CHECK(version("7-beta.2", VersionPart::minor) == "7");
  CHECK(version("7.x", VersionPart::minor) == "7");
  CHECK(version("7", VersionPart::minor) == "7");
  CHECK(version("7.1rc2", VersionPart::minor) == "7.1");
  CHECK(version("v", VersionPart::minor) == "none");
  CHECK(version("latest", VersionPart::minor) == "none");
  CHECK(version("", VersionPart::major) == "none");
}

TEST_CASE("what a truncation would change in the case of letters only stays as it is") {
  CHECK(ip("2001:DB8::", 24, 48) == "2001:DB8::");
  CHECK(time("2022-05-02t00:00:00z", Calendar::day) == "2022-05-02t00:00:00z");
  // But not what it would change otherwise.
  CHECK(ip("2001:0DB8::", 24, 48) == "2001:db8::");
  CHECK(time("2022-05-02T00:00:00+00:00", Calendar::day) == "2022-05-02T00:00:00Z");
}

TEST_CASE("truncating twice is truncating once, and coarser settings leave less") {
  for (const auto text :
       {"165.22.112.27", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", "::ffff:1.2.3.4", "2002:102:304::1"}) {
    for (int v4 = 0; v4 <= 32; ++v4) {
      const int v6 = v4 * 4;
      const std::string once = ip(text, v4, v6);
      CAPTURE(once);
      CHECK(ip(once, v4, v6) == once);
      if (v4 > 0) CHECK(ip(once, v4 - 1, v6 - 4) == ip(text, v4 - 1, v6 - 4));
    }
  }
}
