#include "crypto/term.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <string>

#include "crypto/certificate.hpp"

using namespace airlock;
using namespace airlock::crypto;

namespace {

core::Time time_of(std::string_view text) { return core::Time::from_text(text).value(); }

std::string certificate(std::string_view from, std::string_view until) {
  return self_sign({.common_name = "receiver",
                    .roles = {Role::site},
                    .not_before = time_of(from),
                    .not_after = time_of(until),
                    .ca = false,
                    .uuid = std::nullopt},
                   PrivateKey::generate(KeyKind::p256).value())
      .value()
      .pem();
}

}  // namespace

TEST_CASE("the terms of all certificates in a text are read, whatever stands between them") {
  const std::string text = "Example Receiver's authority\n" +
                           certificate("2026-01-01T00:00:00Z", "2030-01-01T00:00:00Z") + "\nand the next one\n" +
                           certificate("2029-01-01T00:00:00Z", "2050-06-01T00:00:00Z");
  const auto terms = terms_from_pem(text);
  REQUIRE(terms);
  REQUIRE(terms->size() == 2);
  CHECK((*terms)[0].not_before == time_of("2026-01-01T00:00:00Z"));
  CHECK((*terms)[0].not_after == time_of("2030-01-01T00:00:00Z"));
  CHECK((*terms)[1].not_after == time_of("2050-06-01T00:00:00Z"));
}

TEST_CASE("a foreign authority may write its validity as GeneralizedTime before 2050") {
  std::ifstream file(AIRLOCK_TEST_KIT "/field/certum-trusted-network-ca-2.pem");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto terms = terms_from_pem(text);
  REQUIRE(terms);
  REQUIRE(terms->size() == 1);
  CHECK((*terms)[0].not_before == time_of("2011-10-06T08:39:56Z"));
  CHECK((*terms)[0].not_after == time_of("2046-10-06T08:39:56Z"));
}

TEST_CASE("a certificate whose key Airlock does not use has a term too") {
  // openssl req -x509 -newkey rsa:2048 -noenc -keyout /dev/null -subj /CN=old -days 100
  const std::string text = R"(-----BEGIN CERTIFICATE-----
MIIC/TCCAeWgAwIBAgIUKTbUsEv1t4sGF8Zfx4ootX790FEwDQYJKoZIhvcNAQEL
BQAwDjEMMAoGA1UEAwwDb2xkMB4XDTI2MTEyNjIzMzI0MFoXDTI3MDMwNjIzMzI0
MFowDjEMMAoGA1UEAwwDb2xkMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKC
AQEA1EAKJvM5mAYylGRYb9OGO3iVJ6VdPmZtEAhNdkVFpKC8CedEDtC4cbr6qEJ4
zoMLLuP17vMDi1IOvn8rALz7xN1y4jgh/DrLPbyCL6v3senN32ouLBIX2RB1VbvL
0/RVqaD1cxQUZXLEst2jXc6upq6OVGsTvyLYzqpnb6OOFiuW15fIEo3jkA0iJyu7
s3QDu6no+1eecXQQMLAfJmLkE3PTpfpwGXkdqhHuhyIaDJX9QON1c1IoNGmS6sKe
gg+iPenudEQAJy/754oWMKwv5bd3tPEXrdu4PF7lvjFRa+zHb+XrzaDSaB7Epxfp
I0aEYO3VlW8v+MOa6GYq6UEe8wIDAQABo1MwUTAdBgNVHQ4EFgQUHplJ/UACi96m
EkK9BTjJtXvLRBIwHwYDVR0jBBgwFoAUHplJ/UACi96mEkK9BTjJtXvLRBIwDwYD
VR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOCAQEADXZcOttocQZ+uuQNUPg5
pnYGpfhx5CHJFQqDexpQ24Tv1qFe2V35NA0jnndXOHVSnUdcrzF/uEzgDRrgerlf
vBQFRyvLlVSdVEkK1VL17otXcMpX+LVbatso8Mx4XnFJ7NAW+3EsiJrN/zzM9lqB
HvXQ6UfHuIsHMndiU/dp6vvgIQNAHMc0k/wp7+6XXKgt4/ubM6CueOCC4WQoRo8J
plAfmPjnrNA3ZEYj7Kwzwq2vqRFVfcZRz+3hszE0JpsNozIEEPGIVkEIXlsIw50X
tdg9q+LkibeLhvESNtcloynv5MqKIx0SMI24FzG1XmEKXAg0nJasVJhEs/YCrr2S
oA==
-----END CERTIFICATE-----
)";
  REQUIRE_FALSE(Certificate::from_pem(text));
  const auto terms = terms_from_pem(text);
  REQUIRE(terms);
  CHECK(terms->size() == 1);
}

TEST_CASE("a certificate with trust settings behind it has a term too, and so has one of the old label") {
  // openssl req -x509 -newkey ed25519 -noenc -keyout /dev/null -subj /CN=old -days 100 |
  // openssl x509 -addtrust serverAuth -trustout
  const std::string trusted = R"(-----BEGIN TRUSTED CERTIFICATE-----
MIIBMDCB46ADAgECAhQJn5/X65bd59MNyu5yMjJDli3urjAFBgMrZXAwDjEMMAoG
A1UEAwwDb2xkMB4XDTI2MTEyNzAwMjk0OFoXDTI3MDMwNzAwMjk0OFowDjEMMAoG
A1UEAwwDb2xkMCowBQYDK2VwAyEA+F1L0AkV8l67MnyhY2vZbSaicdfAzDgT3wnB
RsoObxajUzBRMB0GA1UdDgQWBBRzjpWDKDyFw+3Kn8pYc+Lg+2uc6jAfBgNVHSME
GDAWgBRzjpWDKDyFw+3Kn8pYc+Lg+2uc6jAPBgNVHRMBAf8EBTADAQH/MAUGAytl
cANBAI/pHGB+BQpiRHq2s7Z+6MBvgFItBQRHt5Pi3aVFAQWlpsbpwQ5qn9YsRRA6
uxyl5RkX3Cd/xIaO+mcvTtomoQEwDDAKBggrBgEFBQcDAQ==
-----END TRUSTED CERTIFICATE-----
)";
  std::string old = certificate("2026-01-01T00:00:00Z", "2030-01-01T00:00:00Z");
  for (auto at = old.find(" CERT"); at != std::string::npos; at = old.find(" CERT", at + 6)) old.insert(at, " X509");
  const auto terms = terms_from_pem(trusted + old);
  REQUIRE(terms);
  REQUIRE(terms->size() == 2);
  CHECK((*terms)[0].not_after == time_of("2027-03-07T00:29:48Z"));
}

TEST_CASE("a text without certificates, or with a broken one, has no terms") {
  CHECK(terms_from_pem("").error().message == "contains no certificate");
  CHECK(terms_from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").error().message ==
        "contains no certificate");
  const std::string sound = certificate("2026-01-01T00:00:00Z", "2030-01-01T00:00:00Z");
  const std::string broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  CHECK(terms_from_pem(sound + broken).error().message == "contains a certificate that cannot be read");
}

TEST_CASE("a block that says it is encrypted is one that cannot be read: nobody is asked for a passphrase") {
  const std::string encrypted =
      "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,000102030405060708090A0B0C0D0E0F\n\n"
      "AAAAAAAAAAAAAAAAAAAAAA==\n-----END CERTIFICATE-----\n";
  // What would answer OpenSSL's own question where there is no terminal.
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  REQUIRE(::write(ends[1], "secret\n", 7) == 7);
  REQUIRE(::close(ends[1]) == 0);
  const int kept = ::dup(STDIN_FILENO);
  REQUIRE(::dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
  const auto terms = terms_from_pem(encrypted);
  std::array<char, 8> left{};
  CHECK(::read(ends[0], left.data(), left.size()) == 7);
  CHECK(::dup2(kept, STDIN_FILENO) == STDIN_FILENO);
  ::close(kept);
  ::close(ends[0]);
  CHECK(terms.error().message == "contains a certificate that cannot be read");
}
