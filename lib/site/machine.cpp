#include "site/machine.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "site/configuration.hpp"
#include "sys/read_file.hpp"

namespace airlock::site {
namespace {

constexpr std::string_view machine_format = "airlock-machine/1";
constexpr std::size_t destinations_maximum = 64;

}  // namespace

core::Result<Machine> parse_machine(std::string_view text, std::string_view name) {
  AIRLOCK_TRY(const core::Json json, core::parse_json(text, name, {.bytes = configuration_bytes_limit, .depth = 8}));
  core::Members in(json, name, "");
  Machine out;
  out.text = text;
  in.format(machine_format);
  if (in.has("floor")) {
    out.floor = policy::disposition_from(in.word("floor", {"send", "redact", "seal", "withhold"}));
  }
  out.redact_also = redactions_from(in);
  out.approvals = policy::approvals_from(in);
  if (in.has("destinations")) {
    out.destinations = in.texts("destinations", destinations_maximum);
    for (const std::string& url : *out.destinations) {
      if (!url.starts_with("https://")) in.refuse("destinations", core::quote(url) + " does not start with `https://`");
    }
  }
  AIRLOCK_CHECK(in.finish());
  return out;
}

core::Result<Machine> read_machine() {
  AIRLOCK_TRY(const auto text, sys::read_root_file(std::string(machine_path), configuration_bytes_limit));
  if (!text) return Machine{};
  return parse_machine(*text, machine_path);
}

}  // namespace airlock::site
