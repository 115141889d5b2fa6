#include <doctest/doctest.h>

#include "authorities.hpp"

using namespace airlock;
using crypto::Role;
using licence::judge;
using licence::LicenceVerdict;
using test::make_below;
using test::signed_file;
using test::time;
using test::vendor;

namespace {

LicenceVerdict judge_file(const std::string& file, const crypto::TrustStore& trust = vendor().trust) {
  return judge(file, "licence.p7s",
               {.trust = trust,
                .product = "posthog",
                .site_id = std::string(test::site_id),
                .key_sha256 = std::string(64, '1'),
                .now = time("2027-01-01T00:00:00Z"),
                .newest_trusted = {}});
}

std::string content() { return to_document(test::example_licence()); }

/// Exit 3: it does not parse. 5: it is not what its signer wrote, or the signer may not sign it.
void check_invalid(const LicenceVerdict& verdict, int exit_code) {
  CAPTURE(verdict.reason);
  CHECK(name(verdict.state) == "invalid");
  CHECK(airlock::core::exit_code(verdict.code()) == exit_code);
  CHECK(verdict.malformed == (exit_code == 3));
  CHECK_FALSE(verdict.licence);
  CHECK_FALSE(verdict.days_left);
  CHECK(verdict.reason.starts_with("`licence.p7s`: "));
  CHECK_FALSE(verdict.hint.empty());
}

}  // namespace

TEST_CASE("what is no signed file at all does not parse") {
  check_invalid(judge_file(""), 3);
  check_invalid(judge_file(std::string(10'000'000, '\0')), 3);
  check_invalid(judge_file("garbage"), 3);
  check_invalid(judge_file(content()), 3);
  check_invalid(judge_file("-----BEGIN CMS-----\nMAA=\n-----END CMS-----\n"), 3);
  check_invalid(judge_file(vendor().root.certificate.pem()), 3);
  std::string noise;
  for (int i = 0; i < 5000; ++i) noise += static_cast<char>(i * 7919 >> 3);
  check_invalid(judge_file(noise), 3);
}

TEST_CASE("a licence is not read beyond its limit") {
  const auto verdict = judge_file(std::string(licence::licence_bytes_limit + 1, 'A'));
  check_invalid(verdict, 3);
  CHECK(verdict.reason == "`licence.p7s`: is larger than 65536 bytes");
}

TEST_CASE("a licence cut short anywhere does not parse") {
  const auto file = vendor().file(test::example_licence());
  for (std::size_t length = 0; length + 1 < file.size(); length += 7)
    check_invalid(judge_file(file.substr(0, length)), 3);
}

TEST_CASE("a licence signed in another role, or below an authority that lacks the role, is invalid") {
  check_invalid(judge_file(signed_file(content(), vendor().kits)), 5);
  const auto kit_authority = make_below(vendor().root, "Kit Authority", {Role::kit}, true);
  const auto below = make_below(kit_authority, "Licences below kits", {Role::licence}, false);
  check_invalid(judge_file(signed_file(content(), below, {kit_authority.certificate})), 5);
}

TEST_CASE(
    "a licence signed below an authority with the role is accepted, and not without that authority's certificate") {
  const auto authority = make_below(vendor().root, "Licence Authority", {Role::licence}, true);
  const auto below = make_below(authority, "Licences", {Role::licence}, false);
  CHECK(name(judge_file(signed_file(content(), below, {authority.certificate})).state) == "valid");
  check_invalid(judge_file(signed_file(content(), below)), 5);
}

TEST_CASE("a licence below another root is invalid, though that root has the same name") {
  const test::Vendor other;
  check_invalid(judge_file(other.file(test::example_licence())), 5);
  check_invalid(judge_file(signed_file(content(), other.licences, {other.root.certificate})), 5);
}

TEST_CASE("a signature that holds does not make a licence of another document") {
  for (const std::string& other : {std::string(R"({"format": "airlock-kit/1"})"), std::string("[]"), std::string("x"),
                                   content() + "x", std::string(core::Digest{}.view())}) {
    check_invalid(judge_file(signed_file(other, vendor().licences)), 3);
  }
  CHECK(judge_file(signed_file(R"({"format": "airlock-kit/1"})", vendor().licences)).reason ==
        "`licence.p7s`: `/format`: is `airlock-kit/1`, not `airlock-licence/1`");
}

TEST_CASE("a licence must be issued while its signer's certificates are valid, whatever the time is now") {
  const auto signer_for = [](const test::Validity& validity) {
    return make_below(vendor().root, "Short-lived", {Role::licence}, false, validity);
  };
  const auto issued = "2026-11-01T00:00:00Z";  // of the example
  CHECK(name(judge_file(signed_file(content(), signer_for({issued, issued}))).state) == "valid");
  CHECK(name(judge_file(signed_file(content(), signer_for({"2026-01-01T00:00:00Z", issued}))).state) == "valid");
  const auto late = judge_file(signed_file(content(), signer_for({"2026-11-01T00:00:01Z", "2030-01-01T00:00:00Z"})));
  check_invalid(late, 5);
  CHECK(late.reason ==
        "`licence.p7s`: was issued at 2026-11-01T00:00:00Z, when its signer's certificates were not valid "
        "(2026-11-01T00:00:01Z to 2030-01-01T00:00:00Z)");
  check_invalid(judge_file(signed_file(content(), signer_for({"2026-01-01T00:00:00Z", "2026-10-31T23:59:59Z"}))), 5);
}

TEST_CASE("no byte of a licence file can be changed, not even one that the signature does not cover") {
  const auto original = vendor().file(test::example_licence());
  REQUIRE(name(judge_file(original).state) == "valid");
  int parse = 0;
  int integrity = 0;
  for (std::size_t i = 0; i < original.size(); ++i) {
    // One bit, and one that keeps base64 base64.
    for (const char changed : {static_cast<char>(original[i] ^ 1), original[i] == 'A' ? 'B' : 'A'}) {
      auto file = original;
      file[i] = changed;
      const auto verdict = judge_file(file);
      CAPTURE(i);
      check_invalid(verdict, verdict.malformed ? 3 : 5);
      ++(verdict.malformed ? parse : integrity);
    }
  }
  MESSAGE(parse << " do not parse, " << integrity << " do not verify");
  CHECK(integrity > 1000);
  CHECK(parse > 100);
}
