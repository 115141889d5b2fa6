#include "licence/licence.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/ascii.hpp"
#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"

namespace airlock::licence {
namespace {

using core::Json;
using core::Members;
using core::quote;

constexpr std::string_view licence_format = "airlock-licence/1";
constexpr std::int64_t integer_limit = 9007199254740991;  // 2^53 - 1: what I-JSON carries exactly (RFC 7493 2.2)
constexpr std::size_t licensee_limit = 200;

std::string name_in(Members& in, std::string_view member) {
  std::string found = in.text(member);
  if (!core::is_name(found)) in.refuse(member, core::name_rule);
  return found;
}

std::vector<std::pair<std::string, std::int64_t>> limits_in(Members& outer) {
  std::vector<std::pair<std::string, std::int64_t>> out;
  const Json* json = outer.object("limits");
  if (json == nullptr) return out;
  if (json->size() > limits_limit) outer.refuse("limits", "has more than " + std::to_string(limits_limit) + " members");
  outer.inner("limits", [&](Members& in) {
    for (const auto& [limit, value] : json->items()) {
      if (!core::is_name(limit)) in.refuse(limit, core::name_rule);
      out.emplace_back(limit, in.integer(limit, 0, integer_limit));
    }
  });
  return out;
}

void read_sites(Members& in, Licence& licence) {
  const Json* json = in.any("sites");
  licence.any_site = json != nullptr && *json == "any";
  if (licence.any_site) return;
  if (json == nullptr || !json->is_array() || json->empty() || json->size() > sites_limit) {
    in.refuse("sites", "must be `any` or a list of 1 to " + std::to_string(sites_limit) + " sites");
    return;
  }
  in.each("sites", sites_limit, [&](Members& each) {
    SiteBinding site{.id = each.uuid("id"), .key_sha256 = each.sha256("key_sha256")};
    for (const auto& other : licence.sites) {
      if (other.id == site.id) in.refuse("sites", "has the site " + quote(site.id) + " twice");
    }
    licence.sites.push_back(std::move(site));
  });
}

}  // namespace

Result<Licence> parse(std::string_view content, std::string_view name) {
  AIRLOCK_TRY(const Json json, core::parse_json(content, name, {.bytes = licence_bytes_limit, .depth = 4}));
  Members in(json, name, "");
  Licence out;
  in.format(licence_format);
  out.serial = in.text("serial");
  if (!core::is_serial(out.serial)) {
    in.refuse("serial", "must have 1 to 64 letters, digits, `.`, `_`, `-`, and begin with a letter or a digit");
  }
  out.sequence = in.integer("sequence", 1, integer_limit);
  out.licensee = in.text("licensee", licensee_limit);
  out.product = name_in(in, "product");
  out.tier = name_in(in, "tier");
  out.entitlements = in.texts("entitlements", entitlements_limit);
  for (const auto& entitlement : out.entitlements) {
    if (!core::is_name(entitlement))
      in.refuse("entitlements", quote(entitlement) + ": " + std::string(core::name_rule));
  }
  out.limits = limits_in(in);
  read_sites(in, out);
  out.issued = in.time("issued");
  out.not_before = in.time("not_before");
  out.not_after = in.time("not_after");
  if (out.not_before >= out.not_after) in.refuse("not_after", "must be later than `not_before`");
  out.grace_days = in.integer("grace_days", 0, grace_days_limit);
  AIRLOCK_CHECK(in.finish());
  return out;
}

std::string to_document(const Licence& licence) {
  Json limits = Json::object();
  for (const auto& [limit, value] : licence.limits) limits[limit] = value;
  Json sites = licence.any_site ? Json("any") : Json::array();
  for (const auto& site : licence.sites) sites.push_back(Json{{"id", site.id}, {"key_sha256", site.key_sha256}});
  return core::to_pretty_text(Json{
      {"format", licence_format},
      {"serial", licence.serial},
      {"sequence", licence.sequence},
      {"licensee", licence.licensee},
      {"product", licence.product},
      {"tier", licence.tier},
      {"entitlements", licence.entitlements},
      {"limits", limits},
      {"sites", sites},
      {"issued", licence.issued.text()},
      {"not_before", licence.not_before.text()},
      {"not_after", licence.not_after.text()},
      {"grace_days", licence.grace_days},
  });
}

}  // namespace airlock::licence
