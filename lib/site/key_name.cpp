#include "site/key_name.hpp"

#include <algorithm>
#include <array>

namespace airlock::site {
namespace {

constexpr std::array<std::string_view, 4> key_names{"site", "ledger", "archive", "pseudonym"};

}  // namespace

std::string_view name(KeyName key) { return key_names[static_cast<std::size_t>(key)]; }

std::optional<KeyName> key_name(std::string_view text) {
  const auto* const at = std::find(key_names.begin(), key_names.end(), text);
  if (at == key_names.end()) return std::nullopt;
  return static_cast<KeyName>(at - key_names.begin());
}

}  // namespace airlock::site
