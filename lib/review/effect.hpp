#pragma once
/// \file
/// What became of a datum, as people tell it apart at a glance: the seven kinds that a page has a symbol and a colour
/// for. `redaction/fates.hpp` has the exact actions.

#include <array>
#include <cstdint>
#include <string_view>

namespace airlock::review {

/// From what leaves as it is to what does not leave.
enum class DatumEffect : std::uint8_t {
  kept,           ///< leaves as it is
  coarsened,      ///< leaves rounded or truncated
  pseudonymised,  ///< a pseudonym leaves in its place
  masked,         ///< `[masked]` leaves in its place
  dropped,        ///< does not leave
  copied,         ///< does not leave, since it repeats something that is taken out
  misfit,         ///< does not fit the dictionary, and so does not leave or stops the report
};
inline constexpr std::size_t effect_count = 7;

/// How many data have each effect.
using Tally = std::array<std::uint64_t, effect_count>;

/// The effect of an action of a fate or of a count; `what` is that of the same fate or count.
[[nodiscard]] DatumEffect effect_of(std::string_view action, std::string_view what);
/// Whether something stands in the place of the datum in what leaves.
[[nodiscard]] constexpr bool remains(DatumEffect effect) { return effect < DatumEffect::dropped; }
/// `kept`, `rounded or truncated`, `pseudonymised`, `masked`, `dropped`, `dropped as a copy`, `does not fit`.
[[nodiscard]] std::string_view word(DatumEffect effect);

}  // namespace airlock::review
