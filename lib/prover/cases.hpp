#pragma once
/// \file
/// Cases of a policy (docs/formats/policy-semantics.md, format `airlock-policy-case/1`): facts, and what is expected to
/// be decided on them. `policy test` runs them; `policy check` writes its counter-examples as such.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "policy/policy.hpp"

namespace airlock::prover {

inline constexpr std::uint64_t case_bytes_limit = 1024 * 1024;

/// What becomes of one datum, as `redaction::describe` says it.
struct ExpectedTreatment {
  std::string path;
  bool of_key = false;
  std::string treatment;
};

/// What a case does not say may be anything; it says something.
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
  policy::Facts facts;
  std::vector<redaction::Redaction> redact_also;
  std::string redact_also_text;  ///< the JSON that it was read from, or empty
  Expectation expect;
};

/// Reads a case. Unknown members are errors. Error: bad_input naming `name`, the JSON path and the reason.
[[nodiscard]] core::Result<Case> read_case(std::string_view text, std::string_view name);
/// The document of a case, which `read_case` reads.
[[nodiscard]] std::string to_document(const Case& value);

struct CaseOutcome {
  std::vector<std::string> differences;  ///< sentences; none: the case holds
  std::vector<std::string> rules;        ///< that matched
  /// Where the redactions stand that have a part in a treatment that the case expects.
  std::set<std::string> redactions;
};
/// Decides on the facts of the case and compares.
[[nodiscard]] CaseOutcome run_case(const Case& value, const policy::Policy& policy,
                                   const dictionary::Dictionary& dictionary);

/// What all cases together touched: rules that matched in none, and redactions (by place) that have no part in any
/// treatment that some case expects.
struct Coverage {
  std::size_t rules = 0;
  std::vector<std::string> untested_rules;
  std::size_t redactions = 0;
  std::vector<std::string> untested_redactions;
};
[[nodiscard]] Coverage coverage_of(const std::vector<CaseOutcome>& outcomes, const policy::Policy& policy);

}  // namespace airlock::prover
