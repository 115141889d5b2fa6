#pragma once
/// \file
/// The ceiling: for each event, the loosest decision that a person authorised; and the order by which a decision is
/// held against it (docs/formats/policy.md). Pure. Where a ceiling is kept, and when it moves, gate/ knows.
///
/// A decision is compared by its *terms*: disposition, the treatment of every declared value and key with the types
/// that it lets through, twins, recipients, destinations. Product order: what is looser anywhere is looser, however
/// much stricter it is elsewhere. `withhold` is never looser than anything.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "policy/policy.hpp"
#include "redaction/profile.hpp"

namespace airlock::policy {

/// What becomes of a declared value or key, and of which forms it may be.
struct FieldTerms {
  redaction::Treatment treatment;
  std::set<std::string> takes;  ///< types; each value of an `enum` as `enum VALUE`

  bool operator==(const FieldTerms&) const = default;
};
/// By declared path. What is dropped is left out: it is the same as what is not declared.
using Fields = std::map<std::string, FieldTerms, std::less<>>;

/// All of a decision that the ceiling compares.
struct Terms {
  Disposition disposition = Disposition::withhold;
  Fields values;
  Fields keys;
  bool keeps_twins = false;
  std::set<std::string> recipients;    ///< SHA-256 of each recipient's key (SubjectPublicKeyInfo), hex
  std::set<std::string> destinations;  ///< type and URL, and whatever else names the receiver

  bool operator==(const Terms&) const = default;
};

/// The terms of a decision, but for recipients and destinations.
[[nodiscard]] Terms terms_of(Disposition disposition, const redaction::Plan& plan,
                             const dictionary::Dictionary& dictionary);

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

/// For ledger entries, which hold it without knowing it. Equal treatments, and equal terms of events, stand once.
[[nodiscard]] core::Json to_json(const Ceiling& ceiling);
/// Reads it back; `name` is what messages call the document. Error: bad_input.
[[nodiscard]] Result<Ceiling> ceiling_from(const core::Json& json, std::string_view name);

}  // namespace airlock::policy
