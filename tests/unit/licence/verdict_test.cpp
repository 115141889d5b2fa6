#include <doctest/doctest.h>

#include "authorities.hpp"

using namespace airlock;
using licence::judge;
using licence::LicenceVerdict;
using licence::Setting;
using test::time;
using test::vendor;

namespace {

/// The product, the site and a time at which the example licence is valid.
Setting example_setting() {
  return {.trust = vendor().trust,
          .product = "posthog",
          .site_id = std::string(test::site_id),
          .key_sha256 = std::string(64, '1'),
          .now = time("2027-01-01T00:00:00Z"),
          .newest_trusted = {}};
}

LicenceVerdict judge_at(std::string_view now, const licence::Licence& licence = test::example_licence()) {
  auto setting = example_setting();
  setting.now = time(now);
  return judge(vendor().file(licence), "licence.p7s", setting);
}

}  // namespace

TEST_CASE("a licence within its term, for this product and site, is valid") {
  const auto verdict = judge_at("2027-01-01T00:00:00Z");
  CHECK(name(verdict.state) == "valid");
  CHECK(verdict.reason == "`licence.p7s`: licence `LIC-2026-000017` is valid until 2027-11-01T00:00:00Z");
  CHECK(verdict.hint.empty());
  CHECK(verdict.licence == test::example_licence());
  CHECK(verdict.days_left == 304);
  CHECK(airlock::core::exit_code(verdict.code()) == 0);
}

TEST_CASE("a licence that is not there is missing") {
  const auto verdict = judge(std::nullopt, "licence.p7s", example_setting());
  CHECK(name(verdict.state) == "missing");
  CHECK(verdict.reason == "`licence.p7s`: there is no licence");
  CHECK_FALSE(verdict.hint.empty());
  CHECK_FALSE(verdict.licence);
  CHECK_FALSE(verdict.days_left);
  CHECK(airlock::core::exit_code(verdict.code()) == 6);
}

TEST_CASE("of several defects the first in the order of the states is the verdict") {
  // Each defect comes with all that follow it in the order, as far as they can stand together.
  struct Row {
    const char* expected;
    const char* product;
    const char* site;
    const char* now;
    const char* newest;
  };
  const char* const here = test::site_id.data();
  const char* const elsewhere = "00000000-0000-4000-8000-000000000000";
  const Row rows[] = {
      {"wrong_product", "other", elsewhere, "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"},
      {"wrong_product", "other", elsewhere, "2029-01-01T00:00:00Z", "2028-01-01T00:00:00Z"},
      {"wrong_product", "other", here, "2029-01-01T00:00:00Z", "2028-01-01T00:00:00Z"},
      {"wrong_product", "other", here, "2027-01-01T00:00:00Z", "2026-12-01T00:00:00Z"},
      {"wrong_site", "posthog", elsewhere, "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"},
      {"wrong_site", "posthog", elsewhere, "2029-01-01T00:00:00Z", "2028-01-01T00:00:00Z"},
      {"wrong_site", "posthog", elsewhere, "2027-01-01T00:00:00Z", "2026-12-01T00:00:00Z"},
      {"clock_rollback", "posthog", here, "2020-01-01T00:00:00Z", "2026-01-01T00:00:00Z"},  // before `issued`
      {"clock_rollback", "posthog", here, "2026-11-01T12:00:00Z", "2027-01-01T00:00:00Z"},  // also not yet valid
      {"clock_rollback", "posthog", here, "2029-01-01T00:00:00Z", "2030-01-01T00:00:00Z"},  // also expired
      {"clock_rollback", "posthog", here, "2027-11-02T00:00:00Z", "2030-01-01T00:00:00Z"},  // also in grace
      {"clock_rollback", "posthog", here, "2027-01-01T00:00:00Z", "2030-01-01T00:00:00Z"},
      {"not_yet_valid", "posthog", here, "2026-11-01T12:00:00Z", "2026-11-01T12:00:00Z"},
      {"expired", "posthog", here, "2029-01-01T00:00:00Z", "2028-01-01T00:00:00Z"},
      {"grace", "posthog", here, "2027-11-02T00:00:00Z", "2027-11-01T00:00:00Z"},
      {"valid", "posthog", here, "2027-01-01T00:00:00Z", "2026-12-01T00:00:00Z"},
  };
  const std::string file = vendor().file(test::example_licence());
  for (const Row& row : rows) {
    auto setting = example_setting();
    setting.product = row.product;
    setting.site_id = row.site;
    setting.now = time(row.now);
    setting.newest_trusted = time(row.newest);
    const auto verdict = judge(file, "licence.p7s", setting);
    CAPTURE(row.expected);
    CAPTURE(row.now);
    CHECK(name(verdict.state) == row.expected);
    CHECK(verdict.licence == test::example_licence());
    CHECK(verdict.days_left);
    CHECK_FALSE(verdict.malformed);
    const bool good = verdict.state == core::LicenceState::valid || verdict.state == core::LicenceState::grace;
    CHECK(airlock::core::exit_code(verdict.code()) == (good ? 0 : 6));
    CHECK(verdict.hint.empty() == (verdict.state == core::LicenceState::valid));

    // An invalid one comes before all of them.
    auto forged = setting;
    const crypto::TrustStore nobody(crypto::Role::licence, {test::make_root("Other Root").certificate});
    CHECK(name(judge(file, "x", {nobody, setting.product, setting.site_id, {}, setting.now, {}}).state) == "invalid");
  }
}

TEST_CASE(
    "a revoked licence, or one that depends on a revoked certificate, is revoked whatever else is wrong with it") {
  auto setting = example_setting();
  const std::string file = vendor().file(test::example_licence());
  const std::string start = "`licence.p7s`: licence `LIC-2026-000017` ";
  const std::vector<std::string> others{"LIC-2026-000016", "lic-2026-000017"};
  setting.revoked_licences = others;
  CHECK(name(judge(file, "licence.p7s", setting).state) == "valid");
  const std::vector<std::string> serials{"LIC-2026-000001", "LIC-2026-000017"};
  setting.revoked_licences = serials;
  auto verdict = judge(file, "licence.p7s", setting);
  CHECK(name(verdict.state) == "revoked");
  CHECK(verdict.reason == start + "was revoked by the vendor");
  CHECK(airlock::core::exit_code(verdict.code()) == 6);
  CHECK(verdict.days_left == 304);
  setting.newest_sequence = 99;
  setting.product = "other";
  setting.site_id = std::nullopt;
  setting.now = time("2020-01-01T00:00:00Z");
  CHECK(name(judge(file, "licence.p7s", setting).state) == "revoked");

  const auto list_of = [](const test::Authority& authority, const std::vector<crypto::Certificate>& certificates) {
    crypto::RevocationTemplate content{.number = 1,
                                       .issued = time("2026-11-01T00:00:00Z"),
                                       .next_update = time("2027-11-01T00:00:00Z"),
                                       .revoked = {}};
    for (const auto& certificate : certificates) content.revoked.push_back({certificate, content.issued});
    return crypto::issue_revocation_list(content, authority.certificate, authority.key).value();
  };
  std::vector lists{list_of(vendor().root, {vendor().kits.certificate})};
  auto by_list = example_setting();
  by_list.revocations = lists;
  CHECK(name(judge(file, "licence.p7s", by_list).state) == "valid");
  lists.push_back(list_of(vendor().root, {vendor().licences.certificate}));
  by_list.revocations = lists;
  verdict = judge(file, "licence.p7s", by_list);
  CHECK(name(verdict.state) == "revoked");
  CHECK(verdict.reason ==
        start + "depends on the certificate `CN=Example Vendor Licences`, which the vendor has revoked");
  // An authority between signer and root counts the same.
  const auto middle = test::make_below(vendor().root, "Middle", {crypto::Role::licence}, true);
  const auto below = test::make_below(middle, "Below", {crypto::Role::licence}, false);
  const std::string chained = test::signed_file(to_document(test::example_licence()), below, {middle.certificate});
  CHECK(name(judge(chained, "x", by_list).state) == "valid");
  lists = {list_of(vendor().root, {middle.certificate})};
  by_list.revocations = lists;
  CHECK(name(judge(chained, "x", by_list).state) == "revoked");
}

TEST_CASE("a licence with a lower sequence than one that was seen is superseded; the same one is not") {
  auto setting = example_setting();
  const std::string file = vendor().file(test::example_licence());
  for (const std::int64_t seen : {0, 2, 3}) {
    setting.newest_sequence = seen;
    CHECK(name(judge(file, "licence.p7s", setting).state) == "valid");
  }
  setting.newest_sequence = 4;
  const auto verdict = judge(file, "licence.p7s", setting);
  CHECK(name(verdict.state) == "superseded");
  CHECK(verdict.reason ==
        "`licence.p7s`: licence `LIC-2026-000017` has sequence 3, but a licence with sequence 4 has been seen");
  CHECK(airlock::core::exit_code(verdict.code()) == 6);
  CHECK(verdict.licence == test::example_licence());
  setting.product = "other";
  setting.site_id = "00000000-0000-4000-8000-000000000000";
  setting.now = time("2030-01-01T00:00:00Z");
  CHECK(name(judge(file, "licence.p7s", setting).state) == "superseded");
}

TEST_CASE("the term begins with `not_before`, ends before `not_after`, and grace ends its days later, to the second") {
  CHECK(name(judge_at("2026-11-01T23:59:59Z").state) == "not_yet_valid");
  CHECK(name(judge_at("2026-11-02T00:00:00Z").state) == "valid");
  CHECK(name(judge_at("2027-10-31T23:59:59Z").state) == "valid");
  CHECK(name(judge_at("2027-11-01T00:00:00Z").state) == "grace");
  CHECK(name(judge_at("2027-11-14T23:59:59Z").state) == "grace");
  CHECK(name(judge_at("2027-11-15T00:00:00Z").state) == "expired");
  auto no_grace = test::example_licence();
  no_grace.grace_days = 0;
  CHECK(name(judge_at("2027-10-31T23:59:59Z", no_grace).state) == "valid");
  CHECK(name(judge_at("2027-11-01T00:00:00Z", no_grace).state) == "expired");
}

TEST_CASE("days left are whole days, rounded down, to the end of the term, then of grace") {
  CHECK(judge_at("2026-11-02T00:00:00Z").days_left == 364);
  CHECK(judge_at("2027-10-30T23:59:59Z").days_left == 1);
  CHECK(judge_at("2027-10-31T00:00:00Z").days_left == 1);
  CHECK(judge_at("2027-10-31T00:00:01Z").days_left == 0);
  CHECK(judge_at("2027-10-31T23:59:59Z").days_left == 0);
  CHECK(judge_at("2027-11-01T00:00:00Z").days_left == 14);
  CHECK(judge_at("2027-11-14T23:59:59Z").days_left == 0);
  CHECK(judge_at("2027-11-15T00:00:00Z").days_left == 0);
  CHECK(judge_at("2027-11-15T00:00:01Z").days_left == -1);
  CHECK(judge_at("2027-11-16T00:00:01Z").days_left == -2);
}

TEST_CASE("reasons name the licence, what is wrong and when") {
  const std::string start = "`licence.p7s`: licence `LIC-2026-000017` ";
  CHECK(judge_at("2026-11-01T12:00:00Z").reason == start + "is not valid before 2026-11-02T00:00:00Z");
  CHECK(judge_at("2027-11-01T00:00:00Z").reason ==
        start + "ended at 2027-11-01T00:00:00Z and is in its 14 days of grace, until 2027-11-15T00:00:00Z");
  CHECK(judge_at("2028-11-01T00:00:00Z").reason ==
        start + "ended at 2027-11-01T00:00:00Z, and its 14 days of grace at 2027-11-15T00:00:00Z");
  auto licence = test::example_licence();
  licence.grace_days = 0;
  CHECK(judge_at("2028-11-01T00:00:00Z", licence).reason == start + "ended at 2027-11-01T00:00:00Z");
  licence.grace_days = 1;
  CHECK(judge_at("2027-11-01T00:00:00Z", licence).reason ==
        start + "ended at 2027-11-01T00:00:00Z and is in its 1 day of grace, until 2027-11-02T00:00:00Z");
  CHECK(judge_at("2026-10-31T12:00:00Z").reason ==
        start + "cannot be judged: the clock says 2026-10-31T12:00:00Z, but it was issued at 2026-11-01T00:00:00Z");
  auto setting = example_setting();
  setting.product = "other";
  CHECK(judge(vendor().file(licence), "licence.p7s", setting).reason ==
        start + "is for product `posthog`, not `other`");
}

TEST_CASE("a licence fits the sites that it names, by identifier and key") {
  const auto judge_for = [](std::optional<std::string> id, std::optional<std::string> key,
                            const licence::Licence& licence = test::example_licence()) {
    auto setting = example_setting();
    setting.site_id = std::move(id);
    setting.key_sha256 = std::move(key);
    return judge(vendor().file(licence), "licence.p7s", setting);
  };
  const std::string start = "`licence.p7s`: licence `LIC-2026-000017` ";
  const std::string here(test::site_id);
  const std::string other(test::other_site_id);
  CHECK(name(judge_for(here, std::string(64, '1')).state) == "valid");
  CHECK(name(judge_for(other, std::string(64, '2')).state) == "valid");
  CHECK(name(judge_for(here, std::nullopt).state) == "valid");
  CHECK(name(judge_for("5B0C5A39-58AB-4A3C-9D5B-7A7D3C2F1E00", std::nullopt).state) == "valid");

  const auto swapped = judge_for(here, std::string(64, '2'));
  CHECK(name(swapped.state) == "wrong_site");
  CHECK(swapped.reason == start + "names this site, `" + here + "`, but not the key that the site has");
  const auto stranger = judge_for("00000000-0000-4000-8000-000000000000", std::string(64, '1'));
  CHECK(name(stranger.state) == "wrong_site");
  CHECK(stranger.reason == start + "is not for this site, `00000000-0000-4000-8000-000000000000`");
  const auto nowhere = judge_for(std::nullopt, std::nullopt);
  CHECK(name(nowhere.state) == "wrong_site");
  CHECK(nowhere.reason == start + "is bound to certain sites, but no site is given");

  auto any = test::example_licence();
  any.any_site = true;
  any.sites.clear();
  CHECK(name(judge_for(std::nullopt, std::nullopt, any).state) == "valid");
  CHECK(name(judge_for(here, std::string(64, '9'), any).state) == "valid");
}

TEST_CASE("a product is judged where there is one") {
  auto setting = example_setting();
  setting.product.clear();
  CHECK(name(judge(vendor().file(test::example_licence()), "x", setting).state) == "valid");
}

TEST_CASE("the clock may be two hours behind the newest trusted time and not a second more") {
  auto setting = example_setting();
  const std::string file = vendor().file(test::example_licence());
  setting.newest_trusted = setting.now + std::chrono::hours{2};
  CHECK(name(judge(file, "x", setting).state) == "valid");
  setting.newest_trusted = setting.now + std::chrono::hours{2} + std::chrono::seconds{1};
  CHECK(name(judge(file, "x", setting).state) == "clock_rollback");
  // The licence's own `issued` counts although nothing newer is known, and although something older is.
  CHECK(name(judge_at("2026-10-31T22:00:00Z").state) == "not_yet_valid");
  CHECK(name(judge_at("2026-10-31T21:59:59Z").state) == "clock_rollback");
  setting.newest_trusted = time("2026-01-01T00:00:00Z");
  setting.now = time("2026-10-31T21:59:59Z");
  CHECK(name(judge(file, "x", setting).state) == "clock_rollback");
}

TEST_CASE("the furthest dates do not overflow") {
  auto licence = test::example_licence();
  licence.not_after = time("9999-12-31T23:59:59Z");
  licence.grace_days = 366;
  CHECK(judge_at("2027-01-01T00:00:00Z", licence).days_left == 2912077);
  CHECK(name(judge_at("9999-12-31T23:59:59Z", licence).state) == "grace");
}
