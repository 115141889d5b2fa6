#pragma once
/// \file
/// What may be done to one datum, which of two treatments is the stronger, and what several make together. A treatment
/// is a value; applying it is the business of apply.hpp.
///
/// drop > mask > pseudonymise > partial > keep. Partial treatments of one kind compare by coarseness: fewer bits of
/// both address families, `major` over `minor`, `week` and `month` over `day`, a higher threshold, a multiple over what
/// divides it, fewer significant digits. Nothing else compares: not two kinds, not a multiple with significant digits,
/// and not `week` with `month`, since a month's first day cuts a week (docs/formats/redactions.md).

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "dictionary/dictionary.hpp"

namespace airlock::redaction {

/// From weak to strong; the partial ones, from `suppress_below` to `host_to_domain`, do not compare among themselves.
enum class Action : std::uint8_t {
  keep,
  suppress_below,
  round,
  truncate_ip,
  truncate_time,
  truncate_version,
  host_to_domain,
  pseudonymise,
  mask,
  drop
};
[[nodiscard]] constexpr bool is_partial(Action action) {
  return action > Action::keep && action < Action::pseudonymise;
}

/// As documents spell it.
[[nodiscard]] std::string_view name(Action action);

enum class VersionPart : std::uint8_t { minor, major };  // in order of coarseness

/// Settings that the action does not have stay as they are here, so that equal treatments compare equal.
struct Treatment {
  Action action = Action::keep;
  int v4_bits = 32;                               ///< truncate_ip: bits of an IPv4 address that stay
  int v6_bits = 128;                              ///< truncate_ip: bits of an IPv6 address that stay
  core::Calendar calendar = core::Calendar::day;  ///< truncate_time
  VersionPart version_part = VersionPart::minor;  ///< truncate_version
  std::int64_t threshold = 0;                     ///< suppress_below: the least that stays
  std::int64_t multiple = 0;                      ///< round: to a multiple of it, or 0
  int digits = 0;                                 ///< round: to so many significant digits, or 0

  bool operator==(const Treatment&) const = default;
};

/// Whether `a` is at least as strong as `b`. A partial order.
[[nodiscard]] bool at_least(const Treatment& a, const Treatment& b);

/// What all redactions of one datum make together: the strongest of them, the coarser of partial ones of one kind, and
/// drop where two partial ones do not compare. Neither order nor repetition matters, and one more never weakens the
/// result. Of all at once, because two at a time could not be both: `week` with `month` is drop, and either with
/// `pseudonymise` is `pseudonymise`, which would forget it. Nothing at all makes keep.
[[nodiscard]] Treatment join(std::span<const Treatment> treatments);

/// Whether the treatment can be applied to a value of this type; `mask` and `pseudonymise` can to all (but not to the
/// containers of type `empty`, which are then dropped).
[[nodiscard]] bool fits(const Treatment& treatment, dictionary::Type type);

/// `truncate_ip to /24 and /48`, for explanations.
[[nodiscard]] std::string describe(const Treatment& treatment);

}  // namespace airlock::redaction
