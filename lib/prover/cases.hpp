#pragma once
/// \file
/// Cases of a policy (docs/formats/policy-semantics.md, format `airlock-policy-case/1`): facts, and the decision that
/// is expected for them. `airlock policy test` runs cases; `airlock policy check` prints its counter-examples as cases.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "policy/policy.hpp"

namespace airlock::prover {

inline constexpr std::uint64_t case_bytes_limit = 1024ULL * 1024;

/// The treatment expected for one datum, in the words of `redaction::describe`.
struct ExpectedTreatment {
  std::string path;
  bool of_key = false;
  std::string treatment;
};

/// What a case expects. Absent members may be anything; a case has at least one.
struct Expectation {
  std::optional<policy::Disposition> disposition;
  std::optional<bool> by_exception;
  std::optional<std::vector<std::string>> rules;
  std::optional<std::vector<std::string>> profiles;
  std::optional<redaction::Undeclared> undeclared;
  std::vector<ExpectedTreatment> treatments;
};

struct Case {
  std::string name;
  std::string about;  ///< may be empty
  policy::DecisionFacts facts;
  std::vector<redaction::Redaction> redact_also;
  std::string redact_also_text;  ///< the JSON that `redact_also` was read from, or empty
  Expectation expect;
};

/// Reads a case. Unknown members are errors. Error: bad_input naming `name`, the JSON path and the reason.
[[nodiscard]] core::Result<Case> read_case(std::string_view text, std::string_view name);
/// The document of a case, which `read_case` reads.
[[nodiscard]] std::string to_document(const Case& value);

struct CaseOutcome {
  std::vector<std::string> differences;  ///< one sentence each; none if the case holds
  std::vector<std::string> rules;        ///< the rules that matched
  /// The places of the redactions that contribute to a treatment which the case expects.
  std::set<std::string> redactions;
};
/// Decides for the facts of the case and compares the decision with what the case expects.
[[nodiscard]] CaseOutcome run_case(const Case& value, const policy::Policy& policy,
                                   const dictionary::Dictionary& dictionary);

/// What all cases together do not test: rules that match in no case, and redactions (by place) that contribute to no
/// treatment which some case expects.
struct Coverage {
  std::size_t rules = 0;
  std::vector<std::string> untested_rules;
  std::size_t redactions = 0;
  std::vector<std::string> untested_redactions;
};
[[nodiscard]] Coverage coverage_of(const std::vector<CaseOutcome>& outcomes, const policy::Policy& policy);

}  // namespace airlock::prover
