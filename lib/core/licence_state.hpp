#pragma once
/// \file
/// The states of a licence (docs/formats/licence.md). licence/ finds the state, and policy/ decides by it. The type is
/// in core because the two do not know each other.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/encoding.hpp"

namespace airlock::core {

/// In the order in which they are tested. The first that applies is the state.
enum class LicenceState : std::uint8_t {
  missing,
  invalid,
  revoked,
  superseded,
  wrong_product,
  wrong_site,
  clock_rollback,
  not_yet_valid,
  expired,
  grace,
  valid,
};

inline constexpr std::array<std::string_view, 11> licence_state_names{
    "missing",        "invalid",       "revoked", "superseded", "wrong_product", "wrong_site",
    "clock_rollback", "not_yet_valid", "expired", "grace",      "valid"};

[[nodiscard]] constexpr std::string_view name(LicenceState state) {
  return licence_state_names[static_cast<std::size_t>(state)];
}

[[nodiscard]] constexpr std::optional<LicenceState> licence_state(std::string_view text) {
  return enum_from<LicenceState>(licence_state_names, text);
}

}  // namespace airlock::core
