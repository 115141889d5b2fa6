#pragma once
/// \file
/// The names of a site's four keys, as commands and documents write them.

#include <cstdint>
#include <optional>
#include <string_view>

namespace airlock::site {

enum class KeyName : std::uint8_t {
  site,       ///< signs bundles and statements
  ledger,     ///< signs checkpoints
  archive,    ///< opens the site's own bundles
  pseudonym,  ///< makes pseudonyms
};
[[nodiscard]] std::string_view name(KeyName key);
/// Nothing where no key has this name.
[[nodiscard]] std::optional<KeyName> key_name(std::string_view text);

}  // namespace airlock::site
