#pragma once
/// \file
/// All file names that Airlock uses in `outbox/` and `held/` of a site.

#include <optional>
#include <string>
#include <string_view>

#include "site/site.hpp"

namespace airlock::gate {

/// The path of a file in the outbox.
[[nodiscard]] std::string in_outbox(const site::Site& site, std::string_view name);

/// The name of the instructions that lie beside the bundle of this name.
[[nodiscard]] std::string instructions_name(const std::string& bundle);

/// The name in the outbox of a payload that waits to be sent.
[[nodiscard]] std::string payload_name(const std::string& disclosure_id);

/// The id in the name of a file in the outbox, and whether the file is a bundle; nothing for other names.
struct OutboxName {
  std::string disclosure_id;
  bool is_bundle = false;
};
[[nodiscard]] std::optional<OutboxName> outbox_name(std::string_view name);

/// Paths of the hidden files in the outbox while a disclosure is on its way. A payload has only the first one.
[[nodiscard]] std::string hidden_bundle(const site::Site& site, const std::string& disclosure_id);
[[nodiscard]] std::string hidden_instructions(const site::Site& site, const std::string& disclosure_id);

/// The id of the disclosure whose hidden bundle or payload has this name; nothing for other names.
[[nodiscard]] std::optional<std::string> hidden_name(std::string_view name);

/// The path in `held/` of a report's bytes.
[[nodiscard]] std::string kept_path(const site::Site& site, const std::string& report_id);

}  // namespace airlock::gate
