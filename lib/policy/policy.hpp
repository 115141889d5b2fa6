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

#include "core/json.hpp"
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

/// A floor that the site or the machine sets, and what to call it: `airlock.json`.
struct Floor {
  std::string source;
  Disposition at_least;
};

/// All that a decision depends on.
struct Facts {
  /// The tier that the licence names; nothing where there is none, then `otherwise` applies.
  std::optional<std::string> tier;
  LicenceState licence = LicenceState::missing;
  std::vector<std::string> entitlements;
  std::string event;
  std::vector<Floor> floors;
};

/// Why the disposition is what it is: each thing that contributed, in a fixed order.
struct Contribution {
  enum class Kind : std::uint8_t { tier, otherwise, licence_state, rule, floor, redactions, grant };
  Kind kind;
  std::string id;           ///< tier name, rule id, floor source, or empty
  Disposition at_least;     ///< what it asked for
  bool determines = false;  ///< whether the outcome would be looser without such contributions
};

struct Decision {
  Disposition disposition = Disposition::withhold;
  std::vector<std::string> profiles;  ///< united, sorted
  std::vector<std::string> rules;     ///< ids of all rules that matched, in document order
  std::vector<Contribution> contributions;
  /// Withheld although the tier's own disposition, or a floor, does not say so: exit 4 rather than 0.
  bool withheld_by_exception = false;
};

inline constexpr std::uint64_t policy_bytes_limit = 1024 * 1024;
inline constexpr std::size_t rules_limit = 1000;
inline constexpr std::size_t entitlements_limit = 64;

class Policy {
 public:
  /// Reads and checks a document against the dictionary it goes with: unknown members, names that are used but not
  /// declared, cycles of `extends`, selectors that select nothing. Error: bad_input naming file, JSON path and reason.
  [[nodiscard]] static Result<Policy> parse(std::string_view text, std::string_view name,
                                            const dictionary::Dictionary& dictionary);
  Policy(Policy&&) noexcept;
  Policy& operator=(Policy&&) noexcept;
  ~Policy();

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] const std::string& version() const;
  [[nodiscard]] std::vector<std::string> tiers() const;

  /// The decision for these facts. Never fails: what is unknown makes it stricter.
  [[nodiscard]] Decision decide(const Facts& facts) const;
  /// The treatment of every field under the decision's profiles.
  [[nodiscard]] Result<redaction::Plan> plan(const Decision& decision, const dictionary::Dictionary& dictionary) const;

 private:
  struct State;
  explicit Policy(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The decision in sentences, one a line, for `airlock explain` and the ledger's reader.
[[nodiscard]] std::vector<std::string> explain(const Decision& decision, const Facts& facts);

}  // namespace airlock::policy
