#include "redaction/truncate.hpp"

#include <doctest/doctest.h>

using namespace airlock::redaction;
using airlock::core::Calendar;
using airlock::dictionary::Type;

namespace {

std::string ip(std::string_view text, int v4, int v6) {
  return truncated({.action = Action::truncate_ip, .v4_bits = v4, .v6_bits = v6}, Type::ip, text).value_or("none");
}

std::string time(std::string_view text, Calendar unit) {
  return truncated({.action = Action::truncate_time, .calendar = unit}, Type::time, text).value_or("none");
}

std::string version(std::string_view text, VersionPart part) {
  return truncated({.action = Action::truncate_version, .version_part = part}, Type::version, text).value_or("none");
}

std::string below(std::string_view text, std::int64_t k) {
  return truncated({.action = Action::suppress_below, .threshold = k}, Type::number, text).value_or("none");
}

std::string multiple(std::string_view text, std::int64_t of) {
  return truncated({.action = Action::round, .multiple = of}, Type::number, text).value_or("none");
}

std::string digits(std::string_view text, int count) {
  return truncated({.action = Action::round, .digits = count}, Type::number, text).value_or("none");
}

std::string domain_of(std::string_view text) {
  return truncated({.action = Action::host_to_domain}, Type::hostname, text).value_or("none");
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

TEST_CASE("a date and an epoch become the date and the number of the midnight at which the period began") {
  const auto cut = [](Type type, std::string_view text, Calendar unit) {
    return truncated({.action = Action::truncate_time, .calendar = unit}, type, text).value_or("none");
  };
  CHECK(cut(Type::date, "2026-11-26", Calendar::day) == "2026-11-26");
  CHECK(cut(Type::date, "2026-11-26", Calendar::week) == "2026-11-23");
  CHECK(cut(Type::date, "2026-11-26", Calendar::month) == "2026-11-01");
  CHECK(cut(Type::date, "2026-11-26T00:00:00Z", Calendar::day) == "none");
  CHECK(cut(Type::epoch, "1651449602", Calendar::day) == "1651449600");
  CHECK(cut(Type::epoch, "1651449599", Calendar::week) == "1650844800");
  CHECK(cut(Type::epoch, "1651449602", Calendar::month) == "1651363200");
  CHECK(cut(Type::epoch_ms, "1651449602293", Calendar::day) == "1651449600000");
  CHECK(cut(Type::epoch_ms, "1651449600000", Calendar::day) == "1651449600000");
  CHECK(cut(Type::epoch, "253402300799", Calendar::month) == "253399622400");
  // 1970 began on a Thursday. What is before it would be no epoch, and 0 often means "never".
  CHECK(cut(Type::epoch, "0", Calendar::week) == "0");
  CHECK(cut(Type::epoch_ms, "259200123", Calendar::week) == "0");
  CHECK(cut(Type::epoch, "-1", Calendar::day) == "none");
  CHECK(cut(Type::epoch, "1e9", Calendar::day) == "none");
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
  CHECK(version("1.1.1w", VersionPart::minor) == "1.1");
  CHECK(version("6.2w", VersionPart::minor) == "6.2");
  CHECK(version("12.17 (Debian 12.17-1)", VersionPart::minor) == "12.17");
  CHECK(version("12.17 (Debian 12.17-1)", VersionPart::major) == "12");
  CHECK(version("v5.4.0b3", VersionPart::minor) == "v5.4");
  CHECK(version("11_3_0+security-01", VersionPart::minor) == "11_3");
  CHECK(version("21.8.13.1.altinitystable", VersionPart::major) == "21");
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

TEST_CASE("what is below the threshold is gone, zero and what is negative too, and the rest stays to the byte") {
  for (const auto* text : {"0", "-0", "1", "4", "-1", "-1000000", "4.99999999999999999999999", "0.5e1e", "49e-1"}) {
    CAPTURE(text);
    CHECK(below(text, 5) == "none");
  }
  for (const auto* text :
       {"5", "5.0", "0.5e1", "5.00000000000000000000001", "6", "50", "500e-2", "9223372036854775807"}) {
    CAPTURE(text);
    CHECK(below(text, 5) == text);
  }
  CHECK(below("99", 100) == "none");
  CHECK(below("100", 100) == "100");
  CHECK(below("1e2", 100) == "1e2");
  CHECK(below("1e400", 100) == "1e400");
  CHECK(below("1e-400", 1) == "none");
  CHECK(below("999999999999", 1'000'000'000'000) == "none");
}

TEST_CASE("a whole number is rounded to the nearest multiple, halves away from zero") {
  CHECK(multiple("0", 10) == "0");
  CHECK(multiple("4", 10) == "0");
  CHECK(multiple("5", 10) == "10");
  CHECK(multiple("14", 10) == "10");
  CHECK(multiple("15", 10) == "20");
  CHECK(multiple("-4", 10) == "0");
  CHECK(multiple("-5", 10) == "-10");
  CHECK(multiple("-14", 10) == "-10");
  CHECK(multiple("7", 3) == "6");
  CHECK(multiple("8", 3) == "9");
  CHECK(multiple("12367", 100) == "12400");
  CHECK(multiple("9223372036854775807", 1'000) == "none");
  CHECK(multiple("9223372036854775499", 1'000) == "9223372036854775000");
  // The next multiple is not a number of 64 bits any more.
  CHECK(multiple("9223372036854775807", 10) == "none");
  CHECK(multiple("-9223372036854775808", 10) == "none");
  CHECK(multiple("1.5", 10) == "none");
}

TEST_CASE("a number is rounded to significant digits, and one that has no more is not written anew") {
  CHECK(digits("0", 1) == "0");
  CHECK(digits("-0.0", 1) == "-0.0");
  CHECK(digits("1234", 2) == "1200");
  CHECK(digits("1250", 2) == "1300");
  CHECK(digits("-1250", 2) == "-1300");
  CHECK(digits("999", 2) == "1000");
  CHECK(digits("53.80496", 3) == "53.8");
  CHECK(digits("53.80", 3) == "53.80");
  CHECK(digits("-0.0012345", 2) == "-0.0012");
  CHECK(digits("0.00000012345", 2) == "0.00000012");
  CHECK(digits("0.000000012345", 2) == "1.2e-8");
  CHECK(digits("9.99e20", 1) == "1e21");
  CHECK(digits("1.2345E+5", 2) == "120000");
  CHECK(digits("1.2345e25", 2) == "1.2e25");
  CHECK(digits("1.0E2", 3) == "1.0E2");
  CHECK(digits("9.96", 2) == "10");
}

TEST_CASE("rounding twice is rounding once") {
  for (std::int64_t value = -1200; value <= 1200; ++value) {
    const std::string text = std::to_string(value);
    for (const std::int64_t of : {2, 3, 10, 15, 100}) CHECK(multiple(multiple(text, of), of) == multiple(text, of));
    for (const int count : {1, 2, 3}) CHECK(digits(digits(text, count), count) == digits(text, count));
  }
}

TEST_CASE("a host becomes its registrable domain, and nothing where it has none") {
  CHECK(domain_of("posthog.leeds.example.co.uk") == "example.co.uk");
  CHECK(domain_of("a.b.c.example.com") == "example.com");
  CHECK(domain_of("example.com") == "example.com");
  CHECK(domain_of("Example.COM") == "Example.COM");  // only the case of letters would change
  CHECK(domain_of("WWW.Example.COM") == "example.com");
  CHECK(domain_of("www.xn--bcher-kva.example.xn--p1ai") == "example.xn--p1ai");
  CHECK(domain_of("bank.github.io") == "bank.github.io");
  for (const auto* none : {"co.uk", "com", "localhost", "posthog.bank.internal", "db.local", "10.0.0.1", "", "."}) {
    CAPTURE(none);
    CHECK(domain_of(none) == "none");
  }
}

TEST_CASE("of a URL the scheme and the domain stay") {
  CHECK(domain_of("https://posthog.leeds.example.co.uk:8443/project/7?user=jo#x") == "https://example.co.uk");
  CHECK(domain_of("HTTP://www.Example.com") == "http://example.com");
  CHECK(domain_of("http://example.com") == "http://example.com");
  CHECK(domain_of("http://example.com/") == "http://example.com");
  CHECK(domain_of("http://10.1.2.3:8000/") == "none");
  CHECK(domain_of("http://[2001:db8::1]/") == "none");
  CHECK(domain_of("http://posthog/") == "none");
}
