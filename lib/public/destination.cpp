#include "public/destination.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/members.hpp"

namespace airlock::published {
namespace {

using core::Json;
using core::Members;

constexpr std::size_t destinations_limit = 8;
constexpr std::size_t pins_limit = 16;
constexpr std::size_t url_limit = 2048;
constexpr std::string_view vendors_files = "trust/delivery/";
constexpr std::string_view pin_start = "sha256//";

/// Whether it is a URL of one of the schemes, with a host, and without user, password and fragment.
bool is_url(std::string_view text, std::initializer_list<std::string_view> schemes) {
  const auto scheme =
      std::find_if(schemes.begin(), schemes.end(), [&](std::string_view start) { return text.starts_with(start); });
  if (scheme == schemes.end() || text.find_first_of(" #\\\"<>") != std::string_view::npos) return false;
  const std::string_view rest = text.substr(scheme->size());
  const std::string_view host = rest.substr(0, rest.find_first_of("/?"));
  return !host.empty() && !host.starts_with(':') && host.find('@') == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string file_in(Members& in, std::string_view member, WrittenBy author) {
  std::string path = in.text_if(member).value_or("");
  if (author == WrittenBy::vendor && !path.empty() &&
      (!path.starts_with(vendors_files) || path.find("..") != std::string::npos)) {
    in.refuse(member, "in a kit, must be a file in `trust/delivery/`");
  }
  return path;
}

bool is_pin(std::string_view text) {
  if (!text.starts_with(pin_start)) return false;
  const auto digest = core::from_base64(text.substr(pin_start.size()));
  return digest && digest->size() == 32;
}

Destination destination_from(Members& in, WrittenBy author) {
  Destination out;
  out.type = in.word("type", {"https-json", "posthog-batch"});
  out.url = in.text("url", url_limit);
  if (in.ok() && !is_url(out.url, {"https://"})) {
    in.refuse("url", "must start with `https://` and a host, without user or fragment");
  }
  out.ca_file = file_in(in, "ca_file", author);
  out.api_key_file = file_in(in, "api_key_file", author);
  out.client_certificate = file_in(in, "client_certificate", author);
  out.client_key = file_in(in, "client_key", author);
  out.proxy_credentials_file = file_in(in, "proxy_credentials_file", author);
  out.proxy = in.text_if("proxy", url_limit).value_or("");
  if (author == WrittenBy::vendor && out.proxy == proxy_from_environment) {
    in.refuse("proxy", "in a kit, must not be `environment`");
  }
  if (in.ok() && !out.proxy.empty() && out.proxy != proxy_from_environment &&
      !is_url(out.proxy, {"http://", "https://"})) {
    in.refuse("proxy", "must be `environment`, or a URL that starts with `http://` or `https://` and has no user");
  }
  out.pins = in.texts_if("pins", pins_limit);
  for (const std::string& pin : out.pins) {
    if (!is_pin(pin)) in.refuse("pins", "must be `sha256//` and the base64 of a SHA-256");
  }
  out.timeout_seconds = in.integer_if("timeout_seconds", 1, timeout_seconds_maximum).value_or(timeout_seconds_default);
  out.max_age_hours = in.integer_if("max_age_hours", 1, max_age_hours_maximum).value_or(max_age_hours_default);
  if (!in.ok()) return out;
  if ((out.type == "posthog-batch") != !out.api_key_file.empty()) {
    in.refuse("api_key_file", "is required for `posthog-batch`, and allowed for no other type");
  }
  if (out.client_certificate.empty() != out.client_key.empty()) {
    in.refuse("client_key", "must be given together with `client_certificate`");
  }
  if (!out.proxy_credentials_file.empty() && out.proxy.empty()) {
    in.refuse("proxy_credentials_file", "must be given together with `proxy`");
  }
  return out;
}

/// Reads the members of a `delivery` object.
std::vector<Destination> destinations_in(Members& members, WrittenBy author) {
  std::vector<Destination> out;
  members.each("destinations", destinations_limit,
               [&](Members& element) { out.push_back(destination_from(element, author)); });
  return out;
}

}  // namespace

std::vector<Destination> destinations_from(Members& in, WrittenBy author) {
  std::vector<Destination> out;
  in.inner_if("delivery", [&](Members& members) { out = destinations_in(members, author); });
  return out;
}

core::Result<void> check_delivery(std::string_view text, std::string_view name) {
  AIRLOCK_TRY(const Json json, core::parse_json(text, name, {.depth = delivery_depth}));
  Members members(json, name, "");
  (void)destinations_in(members, WrittenBy::vendor);
  return members.finish();
}

}  // namespace airlock::published
