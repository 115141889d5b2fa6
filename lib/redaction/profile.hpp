#pragma once
/// \file
/// Profiles: named sets of redactions as a policy declares them, and the plan they make together with a dictionary, one
/// treatment for every declared value and key. Pure. The rules are in docs/formats/redactions.md.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/result.hpp"
#include "dictionary/dictionary.hpp"
#include "redaction/treatment.hpp"

namespace airlock::redaction {

using core::Result;

/// What becomes of members that the dictionary does not declare, or that are not of their declared type.
enum class Undeclared : std::uint8_t { drop, refuse };  // refuse beats drop

/// What becomes of members in which the leak scan finds a copy of what was taken out.
enum class CopiesAre : std::uint8_t { dropped, held };  // held beats dropped

struct Redaction {
  std::optional<dictionary::Class> cls;  ///< by class: keys and values of it
  std::string path;                      ///< by path: see selector.hpp
  bool of_key = false;                   ///< by path: the key, not the value
  Treatment treatment;
  std::string place;  ///< where it is written, for messages: "`policy.json`: `/profiles/strict/redactions/1`"
};

struct Profile {
  std::string name;
  Undeclared undeclared = Undeclared::refuse;
  std::vector<Redaction> redactions;  ///< its own and those of what it extends
  CopiesAre copies = CopiesAre::dropped;
};

/// Reads one element of `redactions`: `{"class"|"path": …, "do": …, …}`, which stands at the JSON path `place` of
/// `document`. Unknown members, actions, classes, and settings out of range are errors naming both. Error: bad_input.
[[nodiscard]] Result<Redaction> redaction_from(const core::Json& json, std::string_view document, std::string place);

/// A treatment by itself, as the members of a redaction ask for it (`{"do": "truncate_ip", "v4": 24, "v6": 48}`) or
/// `{"do": "keep"}`; and back. For ledger entries. Error: bad_input naming `document` and `place`.
[[nodiscard]] core::Json to_json(const Treatment& treatment);
[[nodiscard]] Result<Treatment> treatment_from(const core::Json& json, std::string_view document, std::string place);

/// A redaction that has a say in the treatment of one datum.
struct Reason {
  std::uint32_t redaction;  ///< index in `Plan::redactions`
  bool fell_back;           ///< its action fits no type of the datum, which is therefore dropped
};

/// One treatment for every datum that the dictionary declares.
class Plan {
 public:
  /// Joins all redactions of all profiles. Without any profile nothing is redacted and `undeclared` is refuse.
  ///
  /// A path that names a container takes all values below it. With `of_key` it takes the key it names, or all keys
  /// below the container it names. A class redaction that fits no type of a field drops it; so does `mask` on keys of a
  /// class, since equal keys would collide. A key can be pseudonymised only where `text` is one of its types: what is
  /// written must again be a key that the dictionary declares.
  ///
  /// Errors (bad_input, naming the redaction's place and the field): a path that selects nothing, a path redaction that
  /// fits no type of what it selects, `mask` by path on a key, more comparisons than `comparisons_limit`.
  [[nodiscard]] static Result<Plan> make(const dictionary::Dictionary& dictionary, std::span<const Profile> profiles);

  /// By index of the dictionary's field.
  [[nodiscard]] const Treatment& value(std::size_t field) const { return values_[field]; }
  [[nodiscard]] const Treatment& key(std::size_t field) const { return keys_[field]; }
  /// Which redactions have a say in them, in no particular order.
  [[nodiscard]] const std::vector<Reason>& value_reasons(std::size_t field) const { return value_reasons_[field]; }
  [[nodiscard]] const std::vector<Reason>& key_reasons(std::size_t field) const { return key_reasons_[field]; }
  /// All redactions of all profiles.
  [[nodiscard]] const std::vector<Redaction>& redactions() const { return redactions_; }
  /// Whether every report comes out of both alike.
  [[nodiscard]] bool treats_like(const Plan& other) const;
  [[nodiscard]] Undeclared undeclared() const { return undeclared_; }
  /// Held where any profile says so.
  [[nodiscard]] CopiesAre copies() const { return copies_; }
  /// Whether anything may be taken out: some redaction is in force, or what is undeclared is dropped. Then twins are
  /// dropped; else a report leaves byte for byte.
  [[nodiscard]] bool redacts() const { return redacts_; }
  /// Names of the profiles, in the order given.
  [[nodiscard]] const std::vector<std::string>& profiles() const { return profiles_; }

  /// The plan with one treatment replaced; for proofs that the leak scan notices what a plan does not do.
  [[nodiscard]] Plan with_value(std::size_t field, const Treatment& treatment) const;
  [[nodiscard]] Plan with_key(std::size_t field, const Treatment& treatment) const;

 private:
  std::vector<Treatment> values_;
  std::vector<Treatment> keys_;
  std::vector<std::vector<Reason>> value_reasons_;
  std::vector<std::vector<Reason>> key_reasons_;
  std::vector<Redaction> redactions_;
  std::vector<std::string> profiles_;
  Undeclared undeclared_ = Undeclared::refuse;
  CopiesAre copies_ = CopiesAre::dropped;
  bool redacts_ = false;
};

}  // namespace airlock::redaction
