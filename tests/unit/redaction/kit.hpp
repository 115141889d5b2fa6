#pragma once
/// \file
/// What the tests of redaction share: two dictionaries, plans from JSON, and one call that redacts and one that scans.

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "redaction/filter.hpp"
#include "redaction/leak_scan.hpp"
#include "redaction/plan.hpp"
#include "redaction/taken_out.hpp"

namespace airlock::redaction::kit {

/// Every type, every class, every kind of wildcard, and a literal key beside a wildcard.
const dictionary::Dictionary& small_dictionary();
/// policy/dictionary/posthog-status-report.json
const dictionary::Dictionary& shipped_dictionary();
/// tests/kit/status_report.json
const std::string& published_report();

Plan make_plan(const dictionary::Dictionary& dictionary, const std::vector<std::string>& redactions,
               Undeclared undeclared = Undeclared::drop);

/// `as-published`, `no-person`, `baseline` or `strict`, for the shipped dictionary.
Plan shipped_plan(std::string_view profile);

/// What `redact` gave: `bytes` are worth nothing where it failed.
struct Outcome {
  Result<Redacted> result;
  std::string bytes;

  [[nodiscard]] const Redacted& value() const { return result.value(); }
  [[nodiscard]] std::string error() const { return result ? "" : result.error().message; }
  /// `path what action count`, in order.
  [[nodiscard]] std::vector<std::string> counts() const;
  /// `class: text` of each needle that is looked for in the report; `note: text` of those for the note alone.
  [[nodiscard]] std::set<std::string> needles() const;
};
Outcome redact(const dictionary::Dictionary& dictionary, const Plan& plan, std::string_view report);

/// What the scan says: the message where it stops the report, else `PATH <- SOURCE COUNT` of each copy, in order, with
/// `; ` between them; or nothing.
std::string scan(const dictionary::Dictionary& dictionary, const Plan& plan, const Outcome& outcome,
                 const std::vector<FreeText>& texts = {});
/// The same for other bytes than those that `outcome` has.
std::string scan_bytes(const dictionary::Dictionary& dictionary, const Plan& plan, std::string_view disclosed,
                       const TakenOut& taken, const std::vector<FreeText>& texts = {},
                       const std::vector<std::string>& needed = {});
/// The report without the copies that the scan finds; checks that a second look finds none. Throws where it is stopped.
std::string without_copies(const dictionary::Dictionary& dictionary, const Plan& plan, const Outcome& outcome);

/// A host name, and a member for `report_with` that has it.
inline const std::string host = "playground.posthog.net";
inline const std::string host_member = R"("host":")" + host + "\"";
/// A report for the small dictionary with these members in its object `p`.
std::string report_with(std::string_view members);
/// Drops everything that the redactions select.
Plan dropping(const std::vector<std::string>& selectors);
/// Redacts a report with the members `taken`, then scans one with the members `left`.
std::string scan_left(const Plan& plan, std::string_view taken, std::string_view left,
                      const std::vector<FreeText>& texts = {});

/// A pseudonym under the key that `redact` uses here.
std::string pseudonym_of(dictionary::Class cls, std::string_view path, std::string_view value);

}  // namespace airlock::redaction::kit
