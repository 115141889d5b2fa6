#include "gate/names.hpp"

#include "core/encoding.hpp"
#include "core/text.hpp"

namespace airlock::gate {

namespace {

constexpr std::string_view bundle_in_outbox = ".p7m";
constexpr std::string_view payload_in_outbox = ".json";
constexpr std::string_view instructions_in_outbox = ".txt";
constexpr std::size_t uuid_length = 36;
constexpr std::string_view hidden_bundle_ending = ".tmp";
constexpr std::string_view hidden_instructions_ending = ".txt.tmp";

}  // namespace

std::string in_outbox(const site::Site& site, std::string_view name) {
  return site.path(site::layout::outbox) + "/" + std::string(name);
}

std::string instructions_name(const std::string& bundle) {
  return bundle.substr(0, bundle.size() - bundle_in_outbox.size()) + std::string(instructions_in_outbox);
}

std::string payload_name(const std::string& disclosure_id) { return disclosure_id + ".json"; }

std::optional<OutboxName> outbox_name(std::string_view name) {
  if (name.starts_with('.')) return std::nullopt;
  for (const std::string_view ending : {bundle_in_outbox, payload_in_outbox}) {
    const bool is_bundle = ending == bundle_in_outbox;
    // In a bundle's name, the id follows period and number. A payload's name has only the id.
    if (!name.ends_with(ending) || name.size() < uuid_length + ending.size() + (is_bundle ? 1 : 0)) continue;
    std::string id(name.substr(name.size() - ending.size() - uuid_length, uuid_length));
    if (core::is_uuid(id)) return OutboxName{std::move(id), is_bundle};
  }
  return std::nullopt;
}

std::string hidden_bundle(const site::Site& site, const std::string& disclosure_id) {
  return in_outbox(site, "." + disclosure_id + std::string(hidden_bundle_ending));
}

std::string hidden_instructions(const site::Site& site, const std::string& disclosure_id) {
  return in_outbox(site, "." + disclosure_id + std::string(hidden_instructions_ending));
}

std::optional<std::string> hidden_name(std::string_view name) {
  if (!name.starts_with('.') || !name.ends_with(hidden_bundle_ending)) return std::nullopt;
  std::string id(name.substr(1, name.size() - 1 - hidden_bundle_ending.size()));
  return core::is_uuid(id) ? std::optional(std::move(id)) : std::nullopt;
}

std::string kept_path(const site::Site& site, const std::string& report_id) {
  return site.path(site::layout::held) + "/" + report_id;
}

}  // namespace airlock::gate
