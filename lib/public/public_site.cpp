#include "public/public_site.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/members.hpp"

namespace airlock::published {
namespace {

using core::Json;
using core::Members;

constexpr std::string_view public_format = "airlock-public/2";
constexpr std::string_view former_format = "airlock-public/1";  // knows neither licensees nor kits

}  // namespace

licence::SeenLicences PublicSite::all_seen() const {
  licence::SeenLicences out = seen;
  if (licence_sequence > seen.highest()) out.add_of_unknown(licence_sequence);
  return out;
}

std::string to_document(const PublicSite& site) {
  Json out{{"format", public_format}, {"site_id", site.site_id}};
  if (!site.product.empty()) out["product"] = site.product;
  out["key_sha256"] = site.key_sha256;
  out["licence_sequence"] = site.licence_sequence;
  out["licence_sequences"] = site.seen.to_json();
  out["newest_time"] = site.newest_time.text();
  add_known_members(out, site.kit);
  return core::to_pretty_text(out);
}

Result<PublicSite> parse_public_site(std::string_view text, std::string_view name) {
  AIRLOCK_TRY(const Json json, core::parse_json(text, name, {.bytes = public_site_bytes_limit, .depth = 4}));
  Members in(json, name, "");
  PublicSite out;
  out.current = in.word("format", {public_format, former_format}) != former_format;
  out.site_id = in.uuid("site_id");
  out.product = in.text_if("product").value_or("");
  out.key_sha256 = in.sha256("key_sha256");
  out.licence_sequence = in.integer("licence_sequence", 0, INT64_MAX);
  out.newest_time = in.time("newest_time");
  if (out.current && in.ok()) {
    out.seen = licence::SeenLicences::from(in, "licence_sequences");
    out.kit = known_kit_in(in);
  }
  AIRLOCK_CHECK(in.finish());
  return out;
}

}  // namespace airlock::published
