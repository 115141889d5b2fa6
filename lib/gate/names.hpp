#pragma once
/// \file
/// Every name of a file in `outbox/` and `held/` of a site.

#include <optional>
#include <string>
#include <string_view>

#include "site/site.hpp"

namespace airlock::gate {

/// The path of a file in the outbox.
[[nodiscard]] std::string in_outbox(const site::Site& site, std::string_view name);

/// The name of the instructions that stand beside a bundle, given the bundle's.
[[nodiscard]] std::string instructions_name(const std::string& bundle);

/// Name in the outbox of what waits to be sent.
[[nodiscard]] std::string payload_name(const std::string& disclosure_id);

/// The id in the name of a file in the outbox, and whether the file is a bundle; nothing for other names.
struct OutboxName {
  std::string disclosure_id;
  bool is_bundle = false;
};
[[nodiscard]] std::optional<OutboxName> outbox_name(std::string_view name);

/// Hidden names in the outbox while a disclosure is on its way; a payload has the first one only.
[[nodiscard]] std::string hidden_bundle(const site::Site& site, const std::string& disclosure_id);
[[nodiscard]] std::string hidden_instructions(const site::Site& site, const std::string& disclosure_id);

/// The disclosure whose hidden bundle or payload has this name; nothing for other names.
[[nodiscard]] std::optional<std::string> hidden_name(std::string_view name);

/// Where the bytes of a report are kept.
[[nodiscard]] std::string kept_path(const site::Site& site, const std::string& report_id);

}  // namespace airlock::gate
