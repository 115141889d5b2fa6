#pragma once
/// \file
/// Where reports may be sent to, as `airlock.json` and kits say it (docs/formats/delivery.md). Reads the text only:
/// opens no file that it names, and looks up no address.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/members.hpp"

namespace airlock::published {

inline constexpr std::int64_t timeout_seconds_maximum = 3600;
inline constexpr std::int64_t max_age_hours_maximum = 24LL * 366;
inline constexpr std::int64_t timeout_seconds_default = 30;
inline constexpr std::int64_t max_age_hours_default = 24LL * 30;
/// The value of `proxy` that takes the proxy from the environment variables.
inline constexpr std::string_view proxy_from_environment = "environment";

/// A file name is absolute, or relative to the site directory, or empty where the document names no file.
struct Destination {
  std::string type;  ///< `https-json` or `posthog-batch`
  std::string url;
  std::string ca_file;             ///< empty: the certificates in `trust/delivery/`
  std::string api_key_file;        ///< never empty for `posthog-batch`, always empty otherwise
  std::string client_certificate;  ///< set exactly where `client_key` is
  std::string client_key;
  std::vector<std::string> pins;  ///< `sha256//` and the base64 of the SHA-256 of a SubjectPublicKeyInfo
  std::string proxy;              ///< `http://` or `https://` URL, or `environment`; empty: no proxy
  std::string proxy_credentials_file;
  std::int64_t timeout_seconds = timeout_seconds_default;
  std::int64_t max_age_hours = max_age_hours_default;
};

/// Who wrote a `delivery` member. A vendor may name files below `trust/delivery/` only, so that no kit can have a
/// site's own secrets sent away; and a vendor may not take the proxy from the environment.
enum class WrittenBy : std::uint8_t { site, vendor };

/// Maximum JSON depth of a `delivery` member.
inline constexpr std::size_t delivery_depth = 8;

/// Reads the `delivery` member of a configuration or a kit. Errors go to `in`.
[[nodiscard]] std::vector<Destination> destinations_from(core::Members& in, WrittenBy author);

/// Checks a file with the text of a kit's `delivery` member. Error: bad_input naming the file (`name`), JSON path and
/// reason.
[[nodiscard]] core::Result<void> check_delivery(std::string_view text, std::string_view name);

}  // namespace airlock::published
