#pragma once
/// \file
/// The policy (docs/formats/policy.md): which licence tier discloses what, and the decision for one set of facts. Pure:
/// no clock, no disk, no randomness, so that a decision can be replayed. Rules only tighten, and their order does not
/// matter.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "dictionary/dictionary.hpp"
#include "policy/decision.hpp"
#include "policy/limits.hpp"
#include "redaction/plan.hpp"

namespace airlock::policy {

struct PolicyDocument;  ///< what was read (document.hpp); for policy/ and prover/ only

class Policy {
 public:
  /// Reads and checks a document against its dictionary: unknown members, names that are used but not declared, cycles
  /// of `extends`, redactions that do not fit. Claims are checked for form only; prover/check.hpp proves them. Error:
  /// bad_input naming `name`, the JSON path and the reason.
  [[nodiscard]] static Result<Policy> parse(std::string_view text, std::string_view name,
                                            const dictionary::Dictionary& dictionary);
  Policy(Policy&&) noexcept;
  Policy& operator=(Policy&&) noexcept;
  ~Policy();

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] const std::string& version() const;
  /// Names, sorted.
  [[nodiscard]] std::vector<std::string> tiers() const;
  /// Every entitlement that the policy knows: those of its rules, its claims and its member `entitlements`, and the
  /// names of the dispositions that its tiers grant, such as `withhold`. Sorted.
  [[nodiscard]] std::vector<std::string> entitlements() const;

  /// The decision for these facts. Never fails: anything unknown makes it stricter.
  [[nodiscard]] Decision decide(const DecisionFacts& facts) const;
  /// The treatment of every field under the decision's profiles and the site's own `redact_also`, which does not change
  /// `undeclared`. Errors: refused if this policy lacks a profile that the decision names; bad_input if a redaction of
  /// `redact_also` does not fit the dictionary.
  [[nodiscard]] Result<redaction::Plan> plan(const Decision& decision, const dictionary::Dictionary& dictionary,
                                             std::span<const redaction::Redaction> redact_also = {}) const;

  /// For policy/ and prover/ only.
  [[nodiscard]] const PolicyDocument& document() const;

 private:
  explicit Policy(std::unique_ptr<const PolicyDocument> document);
  std::unique_ptr<const PolicyDocument> document_;
};

}  // namespace airlock::policy
