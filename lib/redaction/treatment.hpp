#pragma once
/// \file
/// What may be done to one datum, which of two treatments is stronger, and what several make together. Judge
/// (judge.hpp) applies treatments.
///
/// drop > mask > pseudonymise > partial > keep. Of two partial treatments of one kind, the coarser is stronger: fewer
/// bits of both address families, `major` over `minor`, `week` and `month` over `day`, a higher threshold, a multiple
/// over its divisors, fewer significant digits. Nothing else compares: not two kinds, not a multiple with significant
/// digits, and not `week` with `month`, since a month may begin within a week (docs/formats/redactions.md).

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "dictionary/field.hpp"

namespace airlock::redaction {

/// From weak to strong. The partial ones, from `suppress_below` to `host_to_domain`, do not compare with each other.
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

/// The word that documents use.
[[nodiscard]] std::string_view name(Action action);

enum class VersionPart : std::uint8_t { minor, major };  // in order of coarseness

/// An action with its settings. Settings of other actions keep these defaults, so that equal treatments compare equal.
struct Treatment {
  Action action = Action::keep;
  int v4_bits = 32;                               ///< truncate_ip: bits of an IPv4 address that stay
  int v6_bits = 128;                              ///< truncate_ip: bits of an IPv6 address that stay
  core::Calendar calendar = core::Calendar::day;  ///< truncate_time
  VersionPart version_part = VersionPart::minor;  ///< truncate_version
  std::int64_t threshold = 0;                     ///< suppress_below: the smallest number that stays
  std::int64_t multiple = 0;                      ///< round: to a multiple of it, or 0
  int digits = 0;                                 ///< round: to this number of significant digits, or 0

  bool operator==(const Treatment&) const = default;
};

/// Whether `a` is at least as strong as `b`. A partial order.
[[nodiscard]] bool at_least(const Treatment& a, const Treatment& b);

/// What all treatments of one datum make together: the strongest of them. Partial ones of one kind make the coarser
/// one; if two partial ones do not compare, the result is drop. No treatments make keep. Neither order nor repetition
/// matters, and one more treatment never weakens the result.
///
/// The function takes all at once because joining two at a time would depend on the order: `week` with `month` makes
/// drop, but `week` with `pseudonymise` makes pseudonymise, which no longer knows of the week.
[[nodiscard]] Treatment join(std::span<const Treatment> treatments);

/// Whether the treatment can be applied to a value of this type. `mask` and `pseudonymise` fit every type but `opaque`,
/// and they drop the containers of type `empty`. A value that its treatment does not fit is dropped.
[[nodiscard]] bool fits(const Treatment& treatment, dictionary::Type type);

/// The treatment in words, for explanations: `truncate_ip to /24 and /48`.
[[nodiscard]] std::string describe(const Treatment& treatment);

/// The treatments of one datum. Which of them a value gets depends on the type that it was taken for.
struct Treatments {
  Treatment base = {};  ///< of types that `by_type` does not name, of `null` and of sentinels
  std::map<dictionary::Type, Treatment> by_type = {};  ///< none that equals `base`

  [[nodiscard]] const Treatment& of(dictionary::Type type) const {
    const auto found = by_type.find(type);
    return found == by_type.end() ? base : found->second;
  }
  /// Whether `predicate` holds for any of the treatments.
  template <typename Predicate>
  [[nodiscard]] bool any(Predicate predicate) const {
    return predicate(base) ||
           std::any_of(by_type.begin(), by_type.end(), [&](const auto& each) { return predicate(each.second); });
  }
  /// Whether every value stays as it is.
  [[nodiscard]] bool keep_all() const {
    return !any([](const Treatment& each) { return each.action != Action::keep; });
  }

  bool operator==(const Treatments&) const = default;
};

/// Whether `a` is at least as strong as `b` for values of every type. A partial order.
[[nodiscard]] bool at_least(const Treatments& a, const Treatments& b);

/// The weakest action that a value of the shape may get. A `null` does not count: it says no more than a missing
/// member.
[[nodiscard]] Action weakest(const Treatments& treatments, const dictionary::Shape& shape);

/// The treatments in words: `keep; type count: round to multiples of 10`.
[[nodiscard]] std::string describe(const Treatments& treatments);

}  // namespace airlock::redaction
