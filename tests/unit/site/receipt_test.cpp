#include "site/receipt.hpp"

#include <doctest/doctest.h>

#include "authority.hpp"
#include "crypto/pem.hpp"

using namespace airlock;
using namespace airlock::site;
using crypto::Role;
using test::now;
using test::site_id;

namespace {

Receipt sample() {
  return {.site_id = site_id,
          .site_key_sha256 = std::string(64, 'a'),
          .sequence = 7,
          .issued = now,
          .items = {{"11111111-1111-4111-8111-111111111111", std::string(64, '1')},
                    {"22222222-2222-4222-8222-222222222222", std::string(64, '2')}},
          .checkpoint = "airlock/x\n1\nroot\n\n— airlock/x signature\n",
          .missing = {{3, 3}, {5, 9}}};
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

}  // namespace

TEST_CASE("a receipt that was written is read again, signed and not") {
  CHECK(parse_receipt(to_document(sample())).value() == sample());
  Receipt bare = sample();
  bare.items.clear();
  bare.missing.clear();
  bare.checkpoint.clear();
  CHECK(parse_receipt(to_document(bare)).value() == bare);
  const test::Authority issuer(Role::receipt);
  const auto file = write_receipt(sample(), issuer.signer());
  REQUIRE(file);
  const auto verified = verify_receipt(*file, issuer.trust(), {});
  REQUIRE_MESSAGE(verified, verified.error().message);
  CHECK(verified->receipt == sample());
}

TEST_CASE(
    "a receipt with anything that is not known, not there, twice or out of its bounds is refused with its place") {
  const std::string good = to_document(sample());
  const auto refused = [&](std::string_view what, std::string_view with, std::string_view place) {
    const auto parsed = parse_receipt(replaced(good, what, with));
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == core::Code::bad_input);
    CHECK_MESSAGE(parsed.error().message.find(place) != std::string::npos, parsed.error().message);
  };
  refused("airlock-receipt/1", "airlock-receipt/2", "/format");
  refused("\"sequence\":7", "\"sequence\":7,\"more\":1", "/more");
  refused("\"sequence\":7", "\"sequence\":0", "/sequence");
  refused("\"sequence\":7", "\"sequence\":\"7\"", "/sequence");
  refused("\"sequence\":7", "\"sequence\":7.5", "/sequence");
  refused("\"sequence\":7", "\"sequence\":9223372036854775808", "/sequence");
  refused("\"sequence\":7,", "", "/sequence");
  refused(site_id, "me", "/site_id");
  refused(std::string(64, 'a'), std::string(64, 'A'), "/site_key_sha256");
  refused(now.text(), "yesterday", "/issued");
  refused("\"first\":5", "\"first\":3", "/missing/1");
  refused("\"last\":9", "\"last\":4", "/missing/1");
  refused("\"last\":9", "\"last\":9,\"x\":1", "/missing/1/x");
  refused(std::string(64, '2'), "2", "/items/1/content_sha256");
  refused("22222222-2222-4222-8222-222222222222", "11111111-1111-4111-8111-111111111111", "/items/1/id");
  refused("\"content_sha256\":\"2", "\"x\":1,\"content_sha256\":\"2", "/items/1/x");
  refused("\"checkpoint\":\"airlock", "\"checkpoint\":7,\"x\":\"airlock", "/checkpoint");
  refused("\"missing\":[", "\"missing\":7,\"x\":[", "/missing");
  CHECK_FALSE(parse_receipt(good + "{}"));
  CHECK_FALSE(parse_receipt(good.substr(0, good.size() / 2)));
  CHECK_FALSE(parse_receipt(""));
}

TEST_CASE("the largest receipt that is written fits, and one item more is refused") {
  Receipt large = sample();
  large.items.clear();
  for (std::size_t i = 0; i < receipt_items_limit; ++i) {
    std::string digits = std::to_string(i);
    large.items.push_back(
        {"11111111-1111-4111-8111-" + std::string(12 - digits.size(), '0') + digits, std::string(64, 'f')});
  }
  large.missing.clear();
  for (std::uint64_t i = 0; i < receipt_missing_limit; ++i) {
    const std::uint64_t at = 9'000'000'000'000'000'000U + 4 * i;
    large.missing.push_back({at, at + 1});
  }
  large.checkpoint = std::string(4096, 'x');
  const test::Authority issuer(Role::receipt);
  const auto file = write_receipt(large, issuer.signer());
  REQUIRE_MESSAGE(file, file.error().message);
  CHECK(verify_receipt(*file, issuer.trust(), {})->receipt == large);
  large.items.push_back({"22222222-1111-4111-8111-111111111111", std::string(64, 'f')});
  CHECK(write_receipt(large, issuer.signer()).error().code == core::Code::bad_input);
}

TEST_CASE("signature, role, revocation and validity are judged before and after the content as the format says") {
  test::Authority issuer(Role::receipt);
  const auto code = [&](const Result<VerifiedReceipt>& verified) { return verified.error().code; };
  const std::string file = write_receipt(sample(), issuer.signer()).value();
  CHECK(code(verify_receipt(std::string(receipt_bytes_limit + 1, 'x'), issuer.trust(), {})) == core::Code::bad_input);
  CHECK(code(verify_receipt(file, test::Authority(Role::receipt).trust(), {})) == core::Code::integrity);
  const crypto::Certificate other = issuer.issue(Role::kit, issuer.key);
  const std::string of_kit = write_receipt(sample(), {.key = issuer.key, .certificate = other, .time = now}).value();
  CHECK(code(verify_receipt(of_kit, issuer.trust(), {})) == core::Code::integrity);
  Receipt early = sample();
  early.issued = now - std::chrono::days{2};
  CHECK(code(verify_receipt(write_receipt(early, issuer.signer()).value(), issuer.trust(), {})) ==
        core::Code::integrity);
  crypto::RevocationTemplate content{
      .number = 1, .issued = now, .next_update = now + std::chrono::days{10}, .revoked = {}};
  content.revoked.push_back({issuer.certificate, now});
  const std::vector<crypto::RevocationList> lists{
      crypto::issue_revocation_list(content, issuer.root, issuer.root_key).value()};
  CHECK(code(verify_receipt(file, issuer.trust(), lists)) == core::Code::integrity);
}
