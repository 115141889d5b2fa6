#pragma once
/// \file
/// Where reports may be sent to, as `airlock.json` and kits say it (docs/formats/delivery.md). Nothing of it is opened
/// here, and no address is looked up.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"

namespace airlock::site {

/// Limits of `timeout_seconds` and `max_age_hours`, and what they are where nothing is said.
inline constexpr std::int64_t timeout_seconds_most = 3600;
inline constexpr std::int64_t max_age_hours_most = 24 * 366;
inline constexpr std::int64_t timeout_seconds_default = 30;
inline constexpr std::int64_t max_age_hours_default = 24 * 30;
/// The word in `proxy` for those of the environment.
inline constexpr std::string_view proxy_from_environment = "environment";

/// Files are named relative to the site directory, or absolute; empty where none is named.
struct Destination {
  std::string type;  ///< `https-json` or `posthog-batch`
  std::string url;
  std::string ca_file;             ///< empty: the certificates in `trust/delivery/`
  std::string api_key_file;        ///< `posthog-batch` only, and always there
  std::string client_certificate;  ///< with `client_key`, or neither
  std::string client_key;
  std::vector<std::string> pins;  ///< `sha256//` and base64 of the digest of a SubjectPublicKeyInfo
  std::string proxy;              ///< `http://` or `https://` URL, or `environment`
  std::string proxy_credentials_file;
  std::int64_t timeout_seconds = timeout_seconds_default;
  std::int64_t max_age_hours = max_age_hours_default;
};

/// Who wrote a `delivery` member. The vendor's may name files below `trust/delivery/` only, so that no kit can have a
/// site's own secrets sent away, and no proxy of the environment.
enum class WrittenBy : std::uint8_t { site, vendor };

/// How deep a `delivery` member may nest.
inline constexpr std::size_t delivery_depth = 8;

/// Reads a `delivery` member of a configuration or a kit. Errors go to `in`.
[[nodiscard]] std::vector<Destination> destinations_from(core::Members& in, WrittenBy whom);

/// Whether a file holds what a kit may have as `delivery`. Error: bad_input naming the file by `name`, path and reason.
[[nodiscard]] core::Result<void> check_delivery(std::string_view text, std::string_view name);

}  // namespace airlock::site
