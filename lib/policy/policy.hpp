#pragma once
/// \file
/// The policy (docs/formats/policy.md): which licence tier discloses what, and the decision for one set of facts. Pure:
/// no clock, no disk, no randomness, so a decision can be replayed. Rules only tighten and their order does not matter.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/licence_state.hpp"
#include "core/result.hpp"
#include "dictionary/dictionary.hpp"
#include "redaction/profile.hpp"

namespace airlock::policy {

using core::LicenceState;
using core::Result;

/// From loose to strict.
enum class Disposition : std::uint8_t { send, redact, seal, withhold };
[[nodiscard]] std::string_view name(Disposition disposition);
[[nodiscard]] std::optional<Disposition> disposition_from(std::string_view text);
[[nodiscard]] constexpr Disposition strictest(Disposition a, Disposition b) { return a < b ? b : a; }

/// Whether the vendor had promised another kit by now.
enum class KitAge : std::uint8_t { current, stale };
[[nodiscard]] std::string_view name(KitAge age);
[[nodiscard]] std::optional<KitAge> kit_age_from(std::string_view text);

/// A floor that the site or the machine sets, and what to call it: `airlock.json`.
struct Floor {
  std::string source;
  Disposition at_least;
};

/// The tier of a site that declares in `airlock.json` to have no licence: the only one that stands with `missing`.
inline constexpr std::string_view unlicensed_tier = "unlicensed";

/// All that a decision depends on.
struct Facts {
  /// The tier that the licence names, or `unlicensed_tier` for a declared `missing`; nothing where there is none, then
  /// `otherwise` applies. With `invalid`, and with `missing` but for `unlicensed_tier`, it is not believed.
  std::optional<std::string> tier;
  LicenceState licence = LicenceState::missing;
  std::vector<std::string> entitlements;
  std::string event;
  std::vector<Floor> floors;
  bool redacts_also = false;  ///< whether the site redacts on its own account (`redact_also`)
  KitAge kit = KitAge::current;
};

/// One thing that had a say in the disposition.
struct Contribution {
  enum class Kind : std::uint8_t {
    tier,           ///< `id` is the tier: its own disposition
    otherwise,      ///< `id` is the tier that the policy does not know, or empty: no tier at all
    licence_state,  ///< `id` is the state: not `valid`, not `grace`, not a declared `missing`
    rule,           ///< `id` is the rule's
    floor,          ///< `id` is the floor's source
    redactions,     ///< `send` with redactions in force is `redact`
    grant,          ///< `id` is the tier, whose `may` does not hold what all the others come to
  };
  Kind kind;
  std::string id;
  Disposition at_least;     ///< what it asked for; `send` for a rule that adds profiles only
  bool determines = false;  ///< whether nothing asked for more; a `grant` always determines
};

struct Decision {
  Disposition disposition = Disposition::withhold;
  /// United from the tier and all matching rules, sorted; under `otherwise` all profiles of the policy. None: nothing
  /// is redacted, and a report with anything undeclared or ill-typed is refused.
  std::vector<std::string> profiles;
  std::vector<std::string> rules;  ///< ids of all rules that matched, in document order
  /// In the order of Contribution::Kind; rules in document order, floors as given.
  std::vector<Contribution> contributions;
  /// Withheld although neither the tier's own disposition, nor a floor, nor a rule without a `licence` or `kit`
  /// condition says so: exit 4 rather than 0.
  bool withheld_by_exception = false;
};

inline constexpr std::uint64_t policy_bytes_limit = 1024 * 1024;
inline constexpr std::size_t tiers_limit = 256;
inline constexpr std::size_t rules_limit = 1000;
inline constexpr std::size_t claims_limit = 1000;
inline constexpr std::size_t profiles_limit = 64;
inline constexpr std::size_t redactions_limit = 256;  ///< of one profile, with those of what it extends
inline constexpr std::size_t entitlements_limit = 64;

struct Document;  ///< what was read; for policy/ and prover/ only

class Policy {
 public:
  /// Reads and checks a document against the dictionary it goes with: unknown members, names that are used but not
  /// declared, cycles of `extends`, redactions that do not fit. Claims are checked for form; prover/check.hpp proves them.
  /// Error: bad_input naming `name`, the JSON path and the reason.
  [[nodiscard]] static Result<Policy> parse(std::string_view text, std::string_view name,
                                            const dictionary::Dictionary& dictionary);
  /// For policy/ and prover/: what was read, and a policy of it.
  [[nodiscard]] static Policy from(std::unique_ptr<const Document> document);
  [[nodiscard]] const Document& document() const;
  Policy(Policy&&) noexcept;
  Policy& operator=(Policy&&) noexcept;
  ~Policy();

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] const std::string& version() const;
  /// Names, sorted.
  [[nodiscard]] std::vector<std::string> tiers() const;
  /// Every entitlement that the policy knows: of its rules, its claims, its member `entitlements`, and the names of the
  /// dispositions that its tiers grant, such as `withhold`. Sorted.
  [[nodiscard]] std::vector<std::string> entitlements() const;

  /// The decision for these facts. Never fails: what is unknown makes it stricter.
  [[nodiscard]] Decision decide(const Facts& facts) const;
  /// The treatment of every field under the decision's profiles and the site's own `redact_also`, which leaves
  /// `undeclared` as it is. Errors: refused, where the decision names a profile that this policy does not have;
  /// bad_input, where a redaction of `redact_also` does not fit the dictionary.
  [[nodiscard]] Result<redaction::Plan> plan(const Decision& decision, const dictionary::Dictionary& dictionary,
                                             std::span<const redaction::Redaction> redact_also = {}) const;

 private:
  explicit Policy(std::unique_ptr<const Document> document);
  std::unique_ptr<const Document> document_;
};

/// A decision of `Policy::decide` in sentences, lower case, no full stops: first what was decided and on which facts,
/// then each contribution. For `airlock explain` and the ledger's reader.
[[nodiscard]] std::vector<std::string> explain(const Decision& decision, const Facts& facts);

}  // namespace airlock::policy
