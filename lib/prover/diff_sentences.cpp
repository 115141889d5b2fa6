#include <algorithm>

#include "core/text.hpp"
#include "prover/diff.hpp"

namespace airlock::prover {
namespace {

using core::quote;

std::string tier_in_words(const std::string& tier) { return tier.empty() ? "no tier" : "tier " + quote(tier); }

std::string tiers_in_words(const std::set<std::string>& tiers) {
  std::string out;
  for (const auto& tier : tiers) out += (out.empty() ? "" : ", ") + tier_in_words(tier);
  return out;
}

/// Whether the sentence of a changed treatment says the same already.
bool is_told(const TermChange& change, const std::vector<TreatmentChange>& treatments) {
  const auto& difference = change.difference;
  if (difference.path.empty() || difference.what != policy::in_words(difference.kind, difference.path)) return false;
  const std::string_view of = difference.kind == policy::FieldKind::value ? "value" : "key";
  return std::any_of(treatments.begin(), treatments.end(), [&](const TreatmentChange& told) {
    return told.path == difference.path && told.of == of &&
           (told.direction == Direction::stricter) == (change.direction == Direction::stricter);
  });
}

std::string in_words(Direction direction) {
  return direction == Direction::mixed ? "neither stricter nor looser, which counts as looser"
                                       : std::string(name(direction));
}

}  // namespace

std::vector<std::string> in_sentences(const PolicyDiff& diff) {
  std::vector<std::string> out;
  for (const auto& change : diff.dispositions) {
    out.push_back(tier_in_words(change.tier) + ": " + quote(name(change.before)) + " becomes " +
                  quote(name(change.after)) + ", " + in_words(change.direction) + ", in " +
                  std::to_string(change.combinations) + " combinations; the first is " + change.first);
  }
  for (const auto& change : diff.treatments) {
    std::string what = "an undeclared or ill-typed value";
    if (change.of == "copies") {
      what = "a member with a copy of a value that is taken out";
    } else if (change.of != "undeclared") {
      what = quote(change.path) + (change.of == "key" ? " (the key)" : "");
      if (!change.cls.empty()) what += ", class " + quote(change.cls);
    }
    out.push_back(what + ": " + quote(change.before) + " becomes " + quote(change.after) + ", " +
                  in_words(change.direction) + ", for " + tiers_in_words(change.tiers));
  }
  for (const auto& change : diff.terms) {
    if (is_told(change, diff.treatments)) continue;
    out.push_back(in_words(change) + (change.tiers.empty() ? "" : ", for " + tiers_in_words(change.tiers)));
  }
  return out;
}

}  // namespace airlock::prover
