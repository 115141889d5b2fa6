#include "site/configuration.hpp"

#include <doctest/doctest.h>

#include "authority.hpp"

using namespace airlock;
using namespace airlock::site;
using test::site_id;

namespace {

std::string with(const std::string& members) {
  return R"({"format": "airlock-site/1", "site_id": ")" + site_id + "\"" + (members.empty() ? "" : ", " + members) +
         "}";
}

std::string why(const std::string& text) {
  const auto parsed = parse_configuration(text, "airlock.json");
  return parsed ? "accepted" : parsed.error().message;
}

}  // namespace

TEST_CASE("a configuration is read with its defaults") {
  const auto parsed = parse_configuration(with(""), "airlock.json");
  REQUIRE(parsed);
  CHECK(parsed->site_id == site_id);
  CHECK(parsed->product.empty());
  CHECK_FALSE(parsed->floor);
  CHECK(parsed->archive);
  CHECK_FALSE(parsed->declared_without_licence);
  CHECK_FALSE(parsed->report_bytes);
  CHECK(parsed->bundle_days == 800);
  CHECK(parse_configuration(new_configuration(site_id, "p", "n", ""), "airlock.json")->product == "p");
}

TEST_CASE("the design's example is accepted") {
  CHECK(why(R"({"format": "airlock-site/1", "site_id": ")" + site_id + R"(", "product": "posthog",
    "name": "Example Bank, Leeds", "floor": "seal", "redact_also": [],
    "delivery": {"destinations": [{"type": "https-json", "url": "https://reports.vendor.example/v1",
    "ca_file": "trust/delivery/ca.crt", "timeout_seconds": 30}]}, "archive": true,
    "retention": {"payload_days": 800, "bundle_days": 800, "held_days": 90}, "sandbox": "required", "limits": {}})") ==
        "accepted");
}

TEST_CASE("each mistake is refused with file and path") {
  CHECK(why(with(R"("floor": "sael")")).find("`airlock.json`: `/floor`") == 0);
  CHECK(why(with(R"("flor": "seal")")).find("`/flor`: is not a known member") != std::string::npos);
  CHECK(why(with(R"("licence": "any")")).find("`/licence`") != std::string::npos);
  CHECK(why(with(R"("sandbox": "off")")).find("`/sandbox`") != std::string::npos);
  CHECK(why(with(R"("limits": {"report_bytes": 201326593})")).find("`/limits/report_bytes`") != std::string::npos);
  CHECK(why(with(R"("limits": {"report_bytes": 201326592})")) == "accepted");
  CHECK(why(with(R"("redact_also": [{"class": "nobody", "do": "drop"}])")).find("/redact_also/0") != std::string::npos);
  CHECK(why(with(R"("delivery": {"destinations": [{"type": "ftp", "url": "https://x"}]})"))
            .find("`/delivery/destinations/0/type`") != std::string::npos);
  CHECK(why(with(R"("delivery": {"destinations": [{"type": "https-json", "url": "http://x"}]})")).find("https://") !=
        std::string::npos);
  CHECK(why(with(R"("retention": {"payload_days": 0})")).find("`/retention/payload_days`") != std::string::npos);
  CHECK(why(with(R"("retention": {"bundle_days": 0})")).find("`/retention/bundle_days`") != std::string::npos);
  CHECK(parse_configuration(with(R"("retention": {"bundle_days": 30})"), "airlock.json")->bundle_days == 30);
  CHECK(why(R"({"format": "airlock-site/2", "site_id": ")" + site_id + "\"}").find("`/format`") != std::string::npos);
  CHECK(why("").find("is empty") != std::string::npos);
}

TEST_CASE("the product is added to a configuration that keeps everything else") {
  const std::string before = with(R"("floor": "seal", "name": "n")");
  const auto after = with_product(before, "airlock.json", "posthog");
  REQUIRE(after);
  const auto parsed = parse_configuration(*after, "airlock.json");
  REQUIRE(parsed);
  CHECK(parsed->product == "posthog");
  CHECK(parsed->name == "n");
  CHECK(parsed->floor == policy::Disposition::seal);
}
