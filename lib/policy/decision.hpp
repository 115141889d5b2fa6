#pragma once
/// \file
/// What a decision depends on, and what it is: plain values. policy.hpp decides.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/licence_state.hpp"
#include "core/result.hpp"

namespace airlock::policy {

using core::LicenceState;
using core::Result;

/// What may happen to a report, from loose to strict.
enum class Disposition : std::uint8_t { send, redact, seal, withhold };
[[nodiscard]] std::string_view name(Disposition disposition);
[[nodiscard]] std::optional<Disposition> disposition_from(std::string_view text);
[[nodiscard]] constexpr Disposition strictest(Disposition a, Disposition b) { return a < b ? b : a; }

/// `stale` once the vendor has promised a newer kit than the one in force.
enum class KitAge : std::uint8_t { current, stale };
[[nodiscard]] std::string_view name(KitAge age);
[[nodiscard]] std::optional<KitAge> kit_age_from(std::string_view text);

/// A floor: the site or the machine asks for at least this disposition.
struct Floor {
  std::string source;  ///< the file that sets it, for messages: `airlock.json`
  Disposition at_least;
};

/// The tier of a site that declares in `airlock.json` that it has no licence. No other tier is believed if the licence
/// is `missing`.
inline constexpr std::string_view unlicensed_tier = "unlicensed";

/// Everything that a decision depends on.
struct DecisionFacts {
  /// The tier that the licence names, or `unlicensed_tier` for a declared `missing`. Without a tier `otherwise`
  /// applies. A tier is not believed if the licence is `invalid`, or if it is `missing` and the tier is not
  /// `unlicensed_tier`.
  std::optional<std::string> tier;
  LicenceState licence = LicenceState::missing;
  std::vector<std::string> entitlements;
  std::string event;
  std::vector<Floor> floors;
  bool redacts_also = false;  ///< whether the site adds redactions of its own (`redact_also`, a list of words)
  KitAge kit = KitAge::current;
};

/// Whether the tier comes from a verified licence, or from the site's declaration that it has none.
[[nodiscard]] bool is_believed(const DecisionFacts& facts);
/// Whether the licence, in its present state, gives what its tier grants. If not, the decision is at least `seal`,
/// whatever the policy says.
[[nodiscard]] bool is_in_force(const DecisionFacts& facts);

/// One thing that asked for a disposition.
struct Contribution {
  enum class Kind : std::uint8_t {
    tier,           ///< the tier `id` asks for its own disposition
    otherwise,      ///< there is no tier (`id` is empty), or the policy does not know the tier `id`
    licence_state,  ///< the state `id` is neither `valid` nor `grace` nor a declared `missing`
    rule,           ///< the rule `id` matches
    floor,          ///< the floor of the source `id`
    redactions,     ///< redactions are in force, which makes `send` into `redact`
    grant,          ///< the `may` of the tier `id` does not have what all the others ask for together
  };
  Kind kind;
  std::string id;
  Disposition at_least;     ///< what it asked for; `send` for a rule that adds profiles only
  bool determines = false;  ///< whether nothing asked for more; a `grant` always determines
};

struct Decision {
  Disposition disposition = Disposition::withhold;
  /// Names of the profiles of the tier and of all matching rules, sorted; under `otherwise` all profiles of the policy.
  /// Without any profile nothing is redacted, and a report with anything undeclared or ill-typed is refused.
  std::vector<std::string> profiles;
  std::vector<std::string> rules;  ///< ids of all rules that matched, in document order
  /// In the order of Contribution::Kind; rules in document order, floors as given.
  std::vector<Contribution> contributions;
  /// Withheld although nothing asks for it by design: neither the tier's own disposition, nor a floor, nor a rule
  /// without a `licence` or `kit` condition. Commands then exit with 4 rather than 0.
  bool withheld_by_exception = false;
};

/// A decision in sentences, lower case, without full stops: first the disposition and the facts, then each
/// contribution. For `airlock explain` and for readers of the ledger.
[[nodiscard]] std::vector<std::string> explain(const Decision& decision, const DecisionFacts& facts);

}  // namespace airlock::policy
