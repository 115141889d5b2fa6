#pragma once
/// \file
/// The plan that profiles and a dictionary make together: the treatments of every declared value and key. Pure. The
/// rules are in docs/formats/redactions.md.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dictionary/dictionary.hpp"
#include "redaction/profile.hpp"

namespace airlock::redaction {

/// A redaction that contributes to the treatment of one datum.
struct Reason {
  std::uint32_t redaction;                   ///< index in `Plan::redactions`
  bool fell_back;                            ///< its action fits no type of the datum, which is therefore dropped
  std::vector<dictionary::Type> unfit = {};  ///< of a redaction by class and type: the types that it drops instead
  std::size_t part = 0;                      ///< of a key with a pattern: the part that it treats
};

/// The treatments of every value and key that the dictionary declares.
class Plan {
 public:
  /// Joins all redactions of all profiles. Without any profile nothing is redacted and `undeclared` is refuse.
  ///
  /// A path that names a container selects all values below it. With `of_key` it selects the key it names, or all keys
  /// below the container it names. A class redaction that fits no type of a field drops the field. One with types
  /// treats values of these types as it would without, and no others; `null` and sentinels are of no type. `mask` on a
  /// class drops keys, since equal keys would collide. A key can be pseudonymised only if `text` is one of its types:
  /// the result must again be a key that the dictionary declares. Each part of a key with a pattern has treatments of
  /// its own, which are to keep it, to pseudonymise it, or to drop the member; another one fits no part. A part can be
  /// pseudonymised only if the literal text behind it shows where a pseudonym ends.
  ///
  /// Errors (bad_input, naming the redaction's place and the field): a path that selects nothing, a path redaction that
  /// fits no type of what it selects, `mask` by path on a key, more comparisons than `comparisons_limit`.
  [[nodiscard]] static Result<Plan> make(const dictionary::Dictionary& dictionary, std::span<const Profile> profiles);

  /// By index of the dictionary's field.
  [[nodiscard]] const Treatments& value(std::size_t field) const { return values_[field]; }
  /// Of a key with a pattern: for each type the strongest treatment that a part gives it.
  [[nodiscard]] const Treatments& key(std::size_t field) const { return keys_[field]; }
  /// The treatments of one part of a key; `part` is 0 for a key without a pattern.
  [[nodiscard]] const Treatments& key_part(std::size_t field, std::size_t part) const {
    return key_parts_[field][part];
  }
  /// The redactions that contribute to each, in no particular order.
  [[nodiscard]] const std::vector<Reason>& value_reasons(std::size_t field) const { return value_reasons_[field]; }
  [[nodiscard]] const std::vector<Reason>& key_reasons(std::size_t field) const { return key_reasons_[field]; }
  /// All redactions of all profiles.
  [[nodiscard]] const std::vector<Redaction>& redactions() const { return redactions_; }
  /// Whether both plans make the same of every report.
  [[nodiscard]] bool treats_like(const Plan& other) const;
  /// `drop` if there are profiles and all of them say so.
  [[nodiscard]] Undeclared undeclared() const { return undeclared_; }
  /// `held` if any profile says so.
  [[nodiscard]] CopiesAre copies() const { return copies_; }
  /// Whether anything may be taken out: some redaction or a list of words is in force, or undeclared values are
  /// dropped. If so, twins are dropped; if not, a report leaves byte for byte.
  [[nodiscard]] bool redacts() const { return redacts_; }
  /// From now on words of the site's list are taken out too, so the plan redacts.
  void take_words_out() { redacts_ = true; }
  /// Names of the profiles, in the order given.
  [[nodiscard]] const std::vector<std::string>& profiles() const { return profiles_; }

  /// The plan with the treatments of one datum replaced by one. For tests that the leak scan notices what a plan does
  /// not do.
  [[nodiscard]] Plan with_value(std::size_t field, const Treatment& treatment) const;
  [[nodiscard]] Plan with_key(std::size_t field, const Treatment& treatment) const;

 private:
  std::vector<Treatments> values_;
  std::vector<Treatments> keys_;
  std::vector<std::vector<Treatments>> key_parts_;
  std::vector<std::vector<Reason>> value_reasons_;
  std::vector<std::vector<Reason>> key_reasons_;
  std::vector<Redaction> redactions_;
  std::vector<std::string> profiles_;
  Undeclared undeclared_ = Undeclared::refuse;
  CopiesAre copies_ = CopiesAre::dropped;
  bool redacts_ = false;
};

}  // namespace airlock::redaction
