#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "authorities.hpp"
#include "capi/airlock.h"
#include "public/layout.hpp"
#include "public/public_site.hpp"
#include "temporary_directory.hpp"

using namespace airlock;
using test::vendor;

namespace {

constexpr std::int64_t within_the_term = 1'800'000'000;  // 2027-01-15

struct FreeHandle {
  void operator()(airlock_verdict* verdict) const { airlock_verdict_free(verdict); }
  void operator()(airlock_setting* setting) const { airlock_setting_free(setting); }
};
using Verdict = std::unique_ptr<airlock_verdict, FreeHandle>;
using Setting = std::unique_ptr<airlock_setting, FreeHandle>;

/// The vendor's trust, the example's product and site, and a time at which the example licence is valid.
Setting example_setting() {
  Setting out(airlock_setting_new());
  const std::string trust = vendor().root.certificate.pem();
  airlock_setting_trust(out.get(), trust.data(), trust.size());
  airlock_setting_product(out.get(), "posthog");
  airlock_setting_site(out.get(), std::string(test::site_id).c_str(), std::string(64, '1').c_str());
  airlock_setting_now(out.get(), within_the_term);
  return out;
}

const std::string& example_file() {
  static const std::string file = vendor().file(test::example_licence());
  return file;
}

Verdict verify(const Setting& setting, const std::string& file = example_file()) {
  return Verdict(airlock_verify_bytes(file.data(), file.size(), setting.get()));
}

airlock_state state(const Verdict& verdict) { return airlock_verdict_state(verdict.get()); }
int exit_code(const Verdict& verdict) { return airlock_verdict_exit_code(verdict.get()); }
std::string reason(const Verdict& verdict) { return airlock_verdict_reason(verdict.get()); }

void write(const std::string& path, std::string_view text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

/// The public part of a site without a licence.
void make_site(const std::string& directory) {
  const published::PublicSite site{.site_id = std::string(test::site_id),
                                   .product = "posthog",
                                   .key_sha256 = std::string(64, '1'),
                                   .licence_sequence = 0,
                                   .newest_time = test::time("2026-11-01T00:00:00Z")};
  const auto path = [&](std::string_view name) { return directory + "/" + std::string(name); };
  write(path(published::layout::public_site), published::to_document(site));
  write(path(published::layout::vendor_root), vendor().root.certificate.pem());
}

}  // namespace

TEST_CASE("a licence within its term is valid, and everything in it can be read") {
  const Verdict verdict = verify(example_setting());
  const licence::Licence expected = test::example_licence();
  CHECK(state(verdict) == AIRLOCK_VALID);
  CHECK(std::string(airlock_verdict_state_name(verdict.get())) == "valid");
  CHECK(airlock_verdict_usable(verdict.get()) == 1);
  CHECK(exit_code(verdict) == 0);
  CHECK(airlock_verdict_has_licence(verdict.get()) == 1);
  CHECK(airlock_verdict_serial(verdict.get()) == expected.serial);
  CHECK(airlock_verdict_sequence(verdict.get()) == expected.sequence);
  CHECK(airlock_verdict_licensee(verdict.get()) == expected.licensee);
  CHECK(airlock_verdict_product(verdict.get()) == expected.product);
  CHECK(airlock_verdict_tier(verdict.get()) == expected.tier);
  CHECK(airlock_verdict_not_before(verdict.get()) == expected.not_before.seconds);
  CHECK(airlock_verdict_not_after(verdict.get()) == expected.not_after.seconds);
  CHECK(airlock_verdict_grace_days(verdict.get()) == expected.grace_days);
  REQUIRE(airlock_verdict_entitlements(verdict.get()) == expected.entitlements.size());
  for (std::size_t i = 0; i < expected.entitlements.size(); ++i) {
    CHECK(airlock_verdict_entitlement(verdict.get(), i) == expected.entitlements[i]);
    CHECK(airlock_verdict_entitled(verdict.get(), expected.entitlements[i].c_str()) == 1);
  }
  CHECK(std::string(airlock_verdict_entitlement(verdict.get(), expected.entitlements.size())).empty());
  CHECK(airlock_verdict_entitled(verdict.get(), "no such entitlement") == 0);
  CHECK(airlock_verdict_entitled(verdict.get(), nullptr) == 0);
  REQUIRE(airlock_verdict_limits(verdict.get()) == expected.limits.size());
  for (std::size_t i = 0; i < expected.limits.size(); ++i) {
    CHECK(airlock_verdict_limit_name(verdict.get(), i) == expected.limits[i].first);
    CHECK(airlock_verdict_limit(verdict.get(), expected.limits[i].first.c_str()) == expected.limits[i].second);
  }
  CHECK(std::string(airlock_verdict_limit_name(verdict.get(), expected.limits.size())).empty());
  CHECK(airlock_verdict_limit(verdict.get(), "no such limit") == -1);
  CHECK(airlock_verdict_limit(verdict.get(), nullptr) == -1);
}

TEST_CASE("each setting changes the verdict that it is for") {
  Setting setting = example_setting();
  airlock_setting_product(setting.get(), "other");
  CHECK(state(verify(setting)) == AIRLOCK_WRONG_PRODUCT);

  setting = example_setting();
  airlock_setting_site(setting.get(), std::string(test::site_id).c_str(), std::string(64, '2').c_str());
  CHECK(state(verify(setting)) == AIRLOCK_WRONG_SITE);
  airlock_setting_site(setting.get(), nullptr, nullptr);
  CHECK(state(verify(setting)) == AIRLOCK_WRONG_SITE);

  setting = example_setting();
  airlock_setting_newest_sequence(setting.get(), test::example_licence().sequence + 1);
  CHECK(state(verify(setting)) == AIRLOCK_SUPERSEDED);

  setting = example_setting();
  airlock_setting_newest_time(setting.get(), within_the_term + 3 * 3600);
  CHECK(state(verify(setting)) == AIRLOCK_CLOCK_ROLLBACK);

  setting = example_setting();
  airlock_setting_now(setting.get(), INT64_MAX);  // counts as the end of 9999
  CHECK(state(verify(setting)) == AIRLOCK_EXPIRED);

  setting = example_setting();
  airlock_setting_kit(setting.get(), "no kit", 6);
  CHECK(state(verify(setting)) == AIRLOCK_INVALID);
  CHECK(exit_code(verify(setting)) == 3);
}

TEST_CASE("a licence that is missing or not one has the exit code of the command") {
  const Setting setting = example_setting();
  const Verdict missing(airlock_verify_bytes(nullptr, 5, setting.get()));
  CHECK(state(missing) == AIRLOCK_MISSING);
  CHECK(exit_code(missing) == 6);
  const Verdict garbage = verify(setting, "garbage");
  CHECK(state(garbage) == AIRLOCK_INVALID);
  CHECK(exit_code(garbage) == 3);
  CHECK(airlock_verdict_has_licence(garbage.get()) == 0);
  CHECK(std::string(airlock_verdict_tier(garbage.get())).empty());
}

TEST_CASE("wrong arguments are unjudged, with the exit code of wrong usage") {
  const std::string& file = example_file();
  CHECK(exit_code(Verdict(airlock_verify_bytes(file.data(), file.size(), nullptr))) == 2);

  Setting setting = example_setting();
  airlock_setting_site(setting.get(), "no uuid", nullptr);
  CHECK(reason(verify(setting)) == "`no uuid` is not a UUID");
  CHECK(exit_code(verify(setting)) == 2);
  airlock_setting_site(setting.get(), std::string(test::site_id).c_str(), "12");
  CHECK(reason(verify(setting)) == "`12` is not a SHA-256 in hex");

  const Verdict files(airlock_verify_files("licence", "trust", nullptr, nullptr));
  CHECK(state(files) == AIRLOCK_UNJUDGED);
  CHECK(exit_code(files) == 2);
  CHECK(reason(files) == "licence, trust and product are all needed");
  CHECK(exit_code(Verdict(airlock_verify_files("licence", "trust", "product", "no uuid"))) == 2);
  airlock_setting_product(nullptr, "posthog");  // nothing to change, and no harm
}

TEST_CASE("without trust, and with a memory that is none, nothing is judged") {
  const Setting bare(airlock_setting_new());
  CHECK(state(verify(bare)) == AIRLOCK_UNJUDGED);
  CHECK(exit_code(verify(bare)) == 3);

  const Setting setting = example_setting();
  airlock_setting_memory(setting.get(), "{");
  CHECK(state(verify(setting)) == AIRLOCK_UNJUDGED);
  CHECK(exit_code(verify(setting)) == 3);
  airlock_setting_memory(setting.get(), "");
  CHECK(state(verify(setting)) == AIRLOCK_VALID);
}

TEST_CASE("a memory that is passed on keeps an older licence out") {
  Setting setting = example_setting();
  licence::Licence newer = test::example_licence();
  newer.sequence += 1;
  const Verdict first = verify(setting, vendor().file(newer));
  REQUIRE(state(first) == AIRLOCK_VALID);
  airlock_setting_memory(setting.get(), airlock_verdict_memory(first.get()));
  CHECK(state(verify(setting)) == AIRLOCK_SUPERSEDED);
  airlock_setting_memory(setting.get(), nullptr);
  CHECK(state(verify(setting)) == AIRLOCK_VALID);
}

TEST_CASE("a directory is a site where it has a public part, and its licence is judged by that") {
  const test::TemporaryDirectory folder;
  const std::string site = folder / "site";
  const auto judged = [&] { return Verdict(airlock_verify_site(site.c_str())); };
  const auto licence = [&] { return site + "/" + std::string(published::layout::licence); };
  CHECK(state(judged()) == AIRLOCK_UNJUDGED);
  CHECK(exit_code(judged()) == 3);
  CHECK(reason(judged()).find("is not a site directory") != std::string::npos);
  CHECK(state(Verdict(airlock_verify_site(nullptr))) == AIRLOCK_UNJUDGED);

  make_site(site);
  CHECK(state(judged()) == AIRLOCK_MISSING);
  write(licence(), "garbage");
  CHECK(state(judged()) == AIRLOCK_INVALID);
  licence::Licence other = test::example_licence();
  other.product = "other";
  write(licence(), vendor().file(other));
  CHECK(state(judged()) == AIRLOCK_WRONG_PRODUCT);
  CHECK(airlock_verdict_product(judged().get()) == std::string("other"));
  std::filesystem::remove(licence());
  std::filesystem::create_directory(licence());
  CHECK(state(judged()) == AIRLOCK_INVALID);
  CHECK(std::string(airlock_verdict_memory(judged().get())).empty());
}

TEST_CASE("files are judged without a site, and a path that does not exist is named in the reason") {
  const test::TemporaryDirectory folder;
  const std::string trust = folder / "root.crt";
  write(trust, vendor().root.certificate.pem());
  const Verdict missing(airlock_verify_files((folder / "none").c_str(), trust.c_str(), "posthog", nullptr));
  CHECK(state(missing) == AIRLOCK_MISSING);
  CHECK(reason(missing).find("no such file") != std::string::npos);
  write(folder / "licence", example_file());
  const Verdict other(airlock_verify_files((folder / "licence").c_str(), trust.c_str(), "other", nullptr));
  CHECK(state(other) == AIRLOCK_WRONG_PRODUCT);
  const Verdict untrusted(
      airlock_verify_files((folder / "licence").c_str(), (folder / "none").c_str(), "other", nullptr));
  CHECK(state(untrusted) == AIRLOCK_UNJUDGED);
}

TEST_CASE("a NULL verdict reads as one for which no memory was left") {
  CHECK(airlock_verdict_state(nullptr) == AIRLOCK_UNJUDGED);
  CHECK(std::string(airlock_verdict_state_name(nullptr)) == "unjudged");
  CHECK(airlock_verdict_usable(nullptr) == 0);
  CHECK(airlock_verdict_exit_code(nullptr) == 1);
  CHECK(std::string(airlock_verdict_reason(nullptr)).find("no memory is left") != std::string::npos);
  CHECK(std::string(airlock_verdict_hint(nullptr)).empty());
  CHECK(std::string(airlock_verdict_memory(nullptr)).empty());
  CHECK(airlock_verdict_warning_days(nullptr) == 0);
  CHECK(airlock_verdict_days_left(nullptr) == 0);
  CHECK(airlock_verdict_has_licence(nullptr) == 0);
  CHECK(std::string(airlock_verdict_serial(nullptr)).empty());
  CHECK(airlock_verdict_limit(nullptr, "users") == -1);
  airlock_verdict_free(nullptr);
  airlock_setting_free(nullptr);
}

TEST_CASE("the version is that of the build") { CHECK(std::string(airlock_version()) == AIRLOCK_VERSION); }
