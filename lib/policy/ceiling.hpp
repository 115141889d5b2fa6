#pragma once
/// \file
/// The ceiling: for each event, the loosest decision that a person authorised; and the order by which a decision is
/// held against it (docs/formats/policy.md). Pure. Where a ceiling is kept, and when it moves, gate/ knows.
///
/// A decision is compared by its *terms*: everything but the report itself that the outcome depends on. Of every
/// declared value and key, dropped ones too, that is what becomes of it, which types it may have, its class, and of
/// which types the leak scan looks for copies; then disposition, twins, roles, recipients, destinations. Product order:
/// what is looser anywhere is looser, however much stricter it is elsewhere. `withhold` is never looser than anything.
///
/// The order keeps one promise, which tests/unit/policy/outcome_test.cpp holds it to: whatever a decision that is
/// nowhere looser lets out of a report, the other lets out too, the same bytes or more of them.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "dictionary/dictionary.hpp"
#include "policy/policy.hpp"
#include "redaction/profile.hpp"

namespace airlock::policy {

/// What a declared value or key is, and what becomes of it.
struct FieldTerms {
  redaction::Treatment treatment = {};
  /// Types in the order in which they are tried, each value of an `enum` as `enum VALUE`.
  std::vector<std::string> takes = {};
  dictionary::Class cls = dictionary::Class::content;
  std::set<std::string> looked_for = {};  ///< those of `takes` whose copies the leak scan looks for

  bool operator==(const FieldTerms&) const = default;
};
/// By declared path. A path with `*` that has a key is in `Terms::keys` too, or only there.
using Fields = std::map<std::string, FieldTerms, std::less<>>;

/// All of a decision that the ceiling compares.
struct Terms {
  Disposition disposition = Disposition::withhold;
  Fields values;
  Fields keys;
  bool keeps_twins = false;
  bool holds_copies = false;  ///< a report with a copy of what is taken out stays, rather than the copy being taken out
  dictionary::Twins twins;
  std::string event;         ///< the path whose value says which event a report is of
  std::string period_start;  ///< the paths that give the period, which stands outside the report too; or empty
  std::string period_end;
  std::set<std::string> recipients;    ///< SHA-256 of each recipient's key (SubjectPublicKeyInfo), hex
  std::set<std::string> destinations;  ///< type and URL, and whatever else names the receiver
  /// False where a release recorded it that did not know of classes: then only what is not dropped is listed, with
  /// treatment and types. Such terms are looser than all others, and all others looser than they.
  bool has_classes = true;

  bool operator==(const Terms&) const = default;
};

/// The terms of a decision, but for recipients and destinations.
[[nodiscard]] Terms terms_of(Disposition disposition, const redaction::Plan& plan,
                             const dictionary::Dictionary& dictionary);
/// Gives terms without classes what they lack, from the dictionary that they were made of. Returns whether they have
/// classes now: not where it is another dictionary, by a path or a type. Terms that have classes stay as they are.
[[nodiscard]] bool complete(Terms& terms, const dictionary::Dictionary& dictionary);

/// One way in which a decision is looser: "the value of `/properties/$ip`", from "truncate_ip to /24 and /48" to
/// "keep".
struct Loosening {
  std::string what;
  std::string from;
  std::string to;

  [[nodiscard]] std::string text() const { return what + ": " + from + " -> " + to; }
  bool operator==(const Loosening&) const = default;
};

/// Every way in which `decision` is looser than `ceiling`, which may be absent: then nothing was authorised. Empty:
/// nowhere looser.
[[nodiscard]] std::vector<Loosening> loosenings(const Terms& decision, const Terms* ceiling);
[[nodiscard]] inline bool nowhere_looser(const Terms& decision, const Terms& ceiling) {
  return loosenings(decision, &ceiling).empty();
}

/// By event.
using Ceiling = std::map<std::string, Terms, std::less<>>;

/// The ceiling that a site has by itself, from its first decisions: whatever they say, at least `seal`.
[[nodiscard]] Ceiling first_ceiling(const Ceiling& decisions);
/// The ceiling after something was installed under which decisions are as given: lower for each event whose decision is
/// nowhere looser, and as it was for all others. To withhold leaves everything but the disposition as it was.
[[nodiscard]] Ceiling lowered(const Ceiling& ceiling, const Ceiling& decisions);
/// The ceiling after a person authorised these decisions: for each event whose decision is anywhere looser, that
/// decision, just as it is. Nothing that nobody saw comes about by mixing old and new.
[[nodiscard]] Ceiling raised(const Ceiling& ceiling, const Ceiling& decisions);

/// As a document of format `airlock-ceiling/2`, for the ledger, which holds it without knowing it. Equal declarations,
/// and equal terms of events, stand once.
[[nodiscard]] core::Json to_json(const Ceiling& ceiling);
/// Reads it back, or a ceiling of a release that did not know of classes, which has no `format`; `name` is what messages
/// call the document. Errors: bad_input; integrity, with a hint to upgrade, for a format that this release does not know.
[[nodiscard]] Result<Ceiling> ceiling_from(const core::Json& json, std::string_view name);

}  // namespace airlock::policy
