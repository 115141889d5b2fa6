#pragma once
/// \file
/// What may be done to one datum, and which of two treatments is the stronger. A treatment is a value; applying it is
/// the business of filter.hpp.
///
/// drop > mask > pseudonymise > partial > keep. Partial treatments of one kind join to the coarser; two kinds that do
/// not compare join to drop (docs/formats/policy.md).

#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "dictionary/dictionary.hpp"

namespace airlock::redaction {

enum class Action : std::uint8_t { keep, truncate_ip, truncate_time, truncate_version, pseudonymise, mask, drop };

/// As documents spell it.
[[nodiscard]] std::string_view name(Action action);

enum class VersionPart : std::uint8_t { minor, major };  // in order of coarseness

struct Treatment {
  Action action = Action::keep;
  int v4_bits = 32;                               ///< truncate_ip: bits of an IPv4 address that stay
  int v6_bits = 128;                              ///< truncate_ip: bits of an IPv6 address that stay
  core::Calendar calendar = core::Calendar::day;  ///< truncate_time
  VersionPart version_part = VersionPart::minor;  ///< truncate_version

  bool operator==(const Treatment&) const = default;
};

/// The weakest treatment that is at least as strong as both.
[[nodiscard]] Treatment join(const Treatment& a, const Treatment& b);
/// Whether `a` is at least as strong as `b`: join(a, b) == a.
[[nodiscard]] bool at_least(const Treatment& a, const Treatment& b);
/// Whether the treatment can be applied to a value of this type.
[[nodiscard]] bool fits(const Treatment& treatment, dictionary::Type type);
/// `truncate_ip to /24 and /48`, for explanations.
[[nodiscard]] std::string describe(const Treatment& treatment);

}  // namespace airlock::redaction
