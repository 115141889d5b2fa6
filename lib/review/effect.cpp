#include "review/effect.hpp"

#include "redaction/copies.hpp"
#include "redaction/counts.hpp"

namespace airlock::review {

DatumEffect effect_of(std::string_view action, std::string_view what) {
  if (redaction::is_misfit(what)) return DatumEffect::misfit;
  if (action == "keep") return DatumEffect::kept;
  if (action == "pseudonymise") return DatumEffect::pseudonymised;
  if (action == "mask") return DatumEffect::masked;
  if (action == redaction::copied_word) return DatumEffect::copied;
  if (action == "drop" || action == "suppress_below" || action == "refuse") return DatumEffect::dropped;
  return DatumEffect::coarsened;
}

std::string_view word(DatumEffect effect) {
  constexpr std::array<std::string_view, effect_count> words{
      "kept", "rounded or truncated", "pseudonymised", "masked", "dropped", "dropped as a copy", "does not fit"};
  return words.at(static_cast<std::size_t>(effect));
}

}  // namespace airlock::review
