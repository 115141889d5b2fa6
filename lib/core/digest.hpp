#pragma once
/// \file
/// A SHA-256 value. It has a type of its own, so that a digest cannot be mistaken for other bytes. crypto/ computes it.

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace airlock::core {

struct Digest {
  static constexpr std::size_t size = 32;

  std::array<std::uint8_t, size> bytes{};

  auto operator<=>(const Digest&) const = default;

  /// Lower-case hex, 64 characters: the form in every document.
  [[nodiscard]] std::string hex() const;

  /// The 32 bytes, for hashing and for signatures.
  [[nodiscard]] std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

  /// Reads exactly 64 lower-case hex digits. Error: bad_input.
  [[nodiscard]] static Result<Digest> from_hex(std::string_view text);

  /// Reads exactly 32 bytes. Error: bad_input.
  [[nodiscard]] static Result<Digest> from_bytes(std::string_view raw);
};

}  // namespace airlock::core
