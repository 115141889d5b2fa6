#pragma once
/// \file
/// Profiles: named sets of redactions, as a policy declares them (docs/formats/redactions.md). plan.hpp applies them to
/// a dictionary.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/result.hpp"
#include "dictionary/field.hpp"
#include "redaction/treatment.hpp"

namespace airlock::redaction {

using core::Result;

/// What happens to members that the dictionary does not declare, or that are not of their declared type: each is
/// dropped, or the whole report is refused. `refuse` beats `drop`.
enum class Undeclared : std::uint8_t { drop, refuse };

/// What happens if the leak scan finds a copy of what was taken out: the member with the copy is dropped, or the whole
/// report is held. `held` beats `dropped`.
enum class CopiesAre : std::uint8_t { dropped, held };

/// One redaction: a treatment for all values and keys of a class, perhaps only of some types, or for those at a path.
struct Redaction {
  std::optional<dictionary::Class> cls;  ///< by class: keys and values of it
  std::string path;                      ///< by path: see selector.hpp
  bool of_key = false;                   ///< by path: the key, not the value
  Treatment treatment;
  std::string place;  ///< where it is written, for messages: "`policy.json`: `/profiles/strict/redactions/1`"
  std::vector<dictionary::Type> types = {};  ///< by class: only what was taken for one of these types; empty: all
};

struct Profile {
  std::string name;
  Undeclared undeclared = Undeclared::refuse;
  std::vector<Redaction> redactions;  ///< with those of the profiles that it extends
  CopiesAre copies = CopiesAre::dropped;
};

/// Reads one element of `redactions`: `{"class"|"path": …, "do": …, …}`, with `type` beside `class`. It is written at
/// the JSON path `place` of `document`. Error: bad_input naming both, for unknown members, actions and classes, and for
/// settings out of range.
[[nodiscard]] Result<Redaction> redaction_from(const core::Json& json, std::string_view document, std::string place);

/// What the redaction selects, in words: "class `usage` of type `count`", "the keys of `/a/*`", "`/a`".
[[nodiscard]] std::string selection_of(const Redaction& redaction);
/// The same as members of a document: `class` with `type`, or `path` with `of`.
[[nodiscard]] core::Json selection_json(const Redaction& redaction);

/// A treatment by itself, for ledger entries: the members of a redaction without its class or path
/// (`{"do": "truncate_ip", "v4": 24, "v6": 48}`), or `{"do": "keep"}`.
[[nodiscard]] core::Json to_json(const Treatment& treatment);
/// Reads it back. Error: bad_input naming `document` and `place`.
[[nodiscard]] Result<Treatment> treatment_from(const core::Json& json, std::string_view document, std::string place);

}  // namespace airlock::redaction
