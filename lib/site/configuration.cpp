#include "site/configuration.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/ascii.hpp"
#include "core/text.hpp"

namespace airlock::site {
namespace {

using core::Json;
using core::Members;

constexpr std::string_view configuration_format = "airlock-site/1";
constexpr std::size_t redactions_limit = 1000;
constexpr std::int64_t retention_days_maximum = 36600;
constexpr std::size_t path_maximum = 4096;
constexpr std::size_t group_name_maximum = 32;

/// A file for other programs. Its path must be absolute, since only the owner may read the site directory.
std::optional<std::string> absolute_path_if(Members& in, const char* member) {
  auto path = in.text_if(member);
  if (path && (!path->starts_with('/') || path->size() > path_maximum)) {
    in.refuse(member, "must be an absolute path");
  }
  return path;
}

void read_monitoring(Members& in, Configuration& out) {
  in.inner_if("monitoring", [&](Members& members) {
    out.monitoring.syslog = members.boolean_if("syslog").value_or(false);
    out.monitoring.events_file = absolute_path_if(members, "events_file");
    out.monitoring.status_file = absolute_path_if(members, "status_file");
  });
}

void read_limits(Members& in, Configuration& out) {
  in.inner_if("limits", [&](Members& members) {
    const auto bytes = members.integer_if("report_bytes", 1024, report_bytes_maximum);
    if (bytes) out.report_bytes = static_cast<std::uint64_t>(*bytes);
    const auto held = members.integer_if("held_bytes", held_bytes_minimum, held_bytes_maximum);
    if (held) out.held_bytes = static_cast<std::uint64_t>(*held);
  });
  in.inner_if("retention", [&](Members& members) {
    out.payload_days = members.integer_if("payload_days", 1, retention_days_maximum).value_or(out.payload_days);
    out.bundle_days = members.integer_if("bundle_days", 1, retention_days_maximum).value_or(out.bundle_days);
    out.held_days = members.integer_if("held_days", 1, retention_days_maximum).value_or(out.held_days);
  });
}

}  // namespace

bool is_group_name(std::string_view text) {
  constexpr std::string_view others = "_-.$";
  if (text.empty() || text.size() > group_name_maximum || core::is_digit(text.front()) || text.front() == '-')
    return false;
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return core::is_alphanumeric(c) || others.find(c) != std::string_view::npos; });
}

std::vector<redaction::Redaction> redactions_from(Members& in) {
  std::vector<redaction::Redaction> out;
  const Json* list = in.array_if("redact_also", redactions_limit);
  for (std::size_t i = 0; list != nullptr && i < list->size() && in.ok(); ++i) {
    auto redaction =
        redaction::redaction_from((*list)[i], in.name(), in.path_of("redact_also") + "/" + std::to_string(i));
    if (redaction) {
      out.push_back(std::move(*redaction));
    } else {
      in.refuse(std::move(redaction).error());
    }
  }
  return out;
}

Result<Configuration> parse_configuration(std::string_view text, std::string_view name) {
  AIRLOCK_TRY(const Json json, core::parse_json(text, name, {.bytes = configuration_bytes_limit, .depth = 8}));
  Members in(json, name, "");
  Configuration out;
  in.format(configuration_format);
  out.site_id = in.uuid("site_id");
  out.product = in.text_if("product").value_or("");
  out.name = in.text_if("name").value_or("");
  if (in.has("floor")) {
    out.floor = policy::disposition_from(in.word("floor", {"send", "redact", "seal", "withhold"}));
  }
  out.redact_also = redactions_from(in);
  out.approvals = policy::approvals_from(in);
  if (in.has("licence")) {
    (void)in.word("licence", {"none"});
    out.declared_without_licence = true;
  }
  out.readers = in.text_if("readers").value_or("");
  if (in.has("readers") && !is_group_name(out.readers)) in.refuse("readers", "must be the name of a group");
  out.archive = in.boolean_if("archive").value_or(true);
  if (in.has("sandbox")) out.sandbox_best_effort = in.word("sandbox", {"required", "best-effort"}) == "best-effort";
  read_limits(in, out);
  read_monitoring(in, out);
  out.destinations = published::destinations_from(in, published::WrittenBy::site);
  AIRLOCK_CHECK(in.finish());
  return out;
}

std::string new_configuration(const std::string& site_id, const std::string& product, const std::string& name,
                              const std::string& readers) {
  Json out{{"format", configuration_format}, {"site_id", site_id}};
  if (!product.empty()) out["product"] = product;
  if (!name.empty()) out["name"] = name;
  if (!readers.empty()) out["readers"] = readers;
  return core::to_pretty_text(out);
}

Result<std::string> with_product(std::string_view text, std::string_view name, const std::string& product) {
  AIRLOCK_TRY(Json json, core::parse_json(text, name, {.bytes = configuration_bytes_limit, .depth = 8}));
  json["product"] = product;
  return core::to_pretty_text(json);
}

}  // namespace airlock::site
