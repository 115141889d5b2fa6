#pragma once
/// \file
/// The ceiling: for each event, the loosest decision that a person authorised; and the order that compares a decision
/// with it (docs/formats/policy.md). Pure. gate/ stores ceilings and decides when they move.
///
/// Two decisions are compared by their *terms*: everything that the outcome depends on, except the report itself. The
/// terms have disposition, twins, roles, recipients, destinations, approvals, and the words of the site's list. For
/// every declared value and key, dropped ones too, they have its treatment, its types, its class, and the types for
/// which the leak scan looks for copies. A decision is looser if it is looser anywhere, however much stricter it is
/// elsewhere. `withhold` is never looser than anything.
///
/// The order keeps one promise, and tests/unit/policy/outcome_test.cpp checks it: if one decision is nowhere looser
/// than another, then everything that it lets out of a report leaves under the other too, with the same bytes or more
/// of them.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "dictionary/dictionary.hpp"
#include "policy/approvals.hpp"
#include "policy/decision.hpp"
#include "redaction/plan.hpp"

namespace airlock::policy {

/// What a declared value or key is, and how it is treated.
struct FieldTerms {
  redaction::Treatment treatment = {};
  /// Types in the order in which they are tried. Each value of an `enum` is listed as `enum VALUE`, each sentinel as
  /// `sentinel NUMBER`, each class of which an `opaque` value may tell something as `holds CLASS`.
  std::vector<std::string> takes = {};
  dictionary::Class cls = dictionary::Class::content;
  std::set<std::string> looked_for = {};  ///< the elements of `takes` whose copies the leak scan looks for
  /// The treatments of values that were taken for these types. `treatment` is that of all others.
  std::map<dictionary::Type, redaction::Treatment> by_type = {};

  bool operator==(const FieldTerms&) const = default;
};
/// By declared path. A path with `*` for members is in `Terms::keys`, and in `Terms::values` only if its values have a
/// type. For a key with a pattern, `Terms::keys` has each part: `/metrics/stats.ds.*.count{1}`.
using Fields = std::map<std::string, FieldTerms, std::less<>>;

/// Everything about a decision that the ceiling compares.
struct Terms {
  Disposition disposition = Disposition::withhold;
  Fields values;
  Fields keys;
  bool keeps_twins = false;
  bool holds_copies =
      false;  ///< a report with a copy of a value that is taken out is held; if false, the copy is dropped
  dictionary::Twins twins;
  report::Document document = report::Document::object;  ///< whether a report is one object or many
  std::string event;                                     ///< the path whose value names the event of a report
  std::string period_start;  ///< the paths of the period, which is disclosed outside the report too; or empty
  std::string period_end;
  std::set<std::string> recipients;    ///< SHA-256 of each recipient's key (SubjectPublicKeyInfo), hex
  std::set<std::string> destinations;  ///< type and URL, and anything else that identifies the receiver
  /// A keyed digest of each word of the site's list, hex; with `*` behind it if the word has any ending. Policy does
  /// not know the words.
  std::set<std::string> words;
  Approvals approvals;  ///< who must sign before anything leaves; the fewer, the looser
  /// False if an old release recorded the terms, which did not know classes. Such terms list only what is not dropped,
  /// with treatment and types. They are looser than all other terms, and all other terms are looser than they are.
  bool has_classes = true;

  bool operator==(const Terms&) const = default;
};

/// The terms of a decision, without recipients, destinations, words and approvals.
[[nodiscard]] Terms terms_of(Disposition disposition, const redaction::Plan& plan,
                             const dictionary::Dictionary& dictionary);
/// Gives terms without classes what they lack, from the dictionary that they were made with. Returns whether the terms
/// have classes now. They do not if the dictionary has another path or another type, so that it cannot be the one they
/// were made with. Terms that have classes are left as they are.
[[nodiscard]] bool complete(Terms& terms, const dictionary::Dictionary& dictionary);

/// Whether a datum is a value or a key.
enum class FieldKind : std::uint8_t { value, key };
/// The datum in words: "the value of `/a`", "the key of `/a/*`".
[[nodiscard]] std::string in_words(FieldKind kind, std::string_view path);

/// One way in which a decision is looser, in words: "the value of `/properties/$ip`" goes from "truncate_ip to /24 and
/// /48" to "keep".
struct Loosening {
  std::string what;
  std::string from;
  std::string to;
  std::string path = {};  ///< the declared path of the datum; empty if it is not one datum that differs
  FieldKind kind = FieldKind::value;
  /// Only if types, `enum` values or sentinels make the difference: those that the decision has and the ceiling lacks,
  /// and those that only the ceiling has, as in `FieldTerms::takes`.
  std::vector<std::string> gained = {};
  std::vector<std::string> lost = {};

  [[nodiscard]] std::string text() const { return what + ": " + from + " -> " + to; }
  bool operator==(const Loosening&) const = default;
};
/// The reason in plain words: "type `count` becomes `number`", "one enum value more: `cockroach`", "drop becomes keep".
/// Names at most a few of many types or values.
[[nodiscard]] std::string reason(const Loosening& loosening);

/// Every way in which `decision` is looser than `ceiling`; none if it is nowhere looser. A null `ceiling` means that
/// nothing was authorised.
[[nodiscard]] std::vector<Loosening> loosenings(const Terms& decision, const Terms* ceiling);
[[nodiscard]] inline bool nowhere_looser(const Terms& decision, const Terms& ceiling) {
  return loosenings(decision, &ceiling).empty();
}

/// The terms of each event.
using Ceiling = std::map<std::string, Terms, std::less<>>;

/// The first ceiling of a site: its decisions, each made at least as strict as `seal`.
[[nodiscard]] Ceiling first_ceiling(const Ceiling& decisions);
/// The ceiling after an installation that leads to these decisions. For each event whose decision is nowhere looser,
/// the decision becomes the ceiling; but if the decision is to withhold, only the disposition changes. All other events
/// keep their terms.
[[nodiscard]] Ceiling lowered(const Ceiling& ceiling, const Ceiling& decisions);
/// The ceiling once a list with these words is in force. Each event's terms take over the words if none of theirs is
/// missing: the list asks for more, and nobody need authorise that. All other terms stay.
[[nodiscard]] Ceiling with_words(const Ceiling& ceiling, const std::set<std::string>& words);
/// The ceiling once these approvals are asked for. Each event's terms take them over if they ask for no less.
[[nodiscard]] Ceiling with_approvals(const Ceiling& ceiling, const Approvals& approvals);
/// The ceiling after a person authorised these decisions. For each event whose decision is anywhere looser, the whole
/// decision becomes the ceiling. Old and new terms are never mixed, since nobody has seen the mixture.
[[nodiscard]] Ceiling raised(const Ceiling& ceiling, const Ceiling& decisions);

/// The ceiling as a document: of format `airlock-ceiling/3` if it has words or approvals, otherwise of
/// `airlock-ceiling/2`, which older releases read. The ledger stores it without reading it. Equal declarations, terms
/// and lists are written once.
[[nodiscard]] core::Json to_json(const Ceiling& ceiling);
/// Reads such a document. Also reads a ceiling without `format`, of a release that did not know classes. `name` is what
/// messages call the document. Errors: bad_input; integrity, with a hint to upgrade, for a format that this release
/// does not know.
[[nodiscard]] Result<Ceiling> ceiling_from(const core::Json& json, std::string_view name);

}  // namespace airlock::policy
