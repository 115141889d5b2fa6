#pragma once
/// \file
/// How a decision's treatments read in sentences, for `airlock explain` and for pages. Also what each declared field or
/// key of a dictionary gets under a plan, and why.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dictionary/dictionary.hpp"
#include "redaction/copies.hpp"
#include "redaction/fates.hpp"
#include "redaction/plan.hpp"

namespace airlock::review {

/// An action of a fate (redaction/fates.hpp) in words: `stays as it is`, `is dropped`, …
[[nodiscard]] std::string ending_of(const std::string& action);
/// What a field's treatment would do to a value, in words: `is dropped where it is below 5`.
[[nodiscard]] std::string sentence_of(const redaction::Treatment& treatment);
/// The same for all treatments of a field: `stays as it is; of type count: is coarsened: round to multiples of 10`.
[[nodiscard]] std::string sentence_of(const redaction::Treatments& treatments);
/// `a, b and c`, with `last` for `and`.
[[nodiscard]] std::string enumerated(const std::vector<std::string>& words, std::string_view last);
/// What a class means: `about natural persons`.
[[nodiscard]] std::string_view meaning_of(dictionary::Class cls);
/// The class of a field's value, or of its key; if it lacks the one, that of the other. Of the parts of a key the
/// strictest class.
[[nodiscard]] std::optional<dictionary::Class> class_of(const dictionary::Field& field, bool of_key);
/// The class of a datum; nothing if it has none, as twins and data that do not fit the dictionary.
[[nodiscard]] std::optional<dictionary::Class> class_of(const dictionary::Dictionary& dictionary,
                                                        const redaction::Fate& fate);

/// A line for each kind of member that the leak scan took out: its declared path, how many, and what they copy or that
/// they have a word of the list; `values`: which words. For people at the site only.
[[nodiscard]] std::vector<std::string> copies_in_words(const std::vector<redaction::Copied>& copied,
                                                       bool values = false);

/// A declared field, its key, or a part of its key, and what a decision does to it.
struct TreatedField {
  const dictionary::Field* field;
  bool of_key;
  std::string part;  ///< the name of one part of a key with a pattern; or empty
  dictionary::Class cls;
  redaction::Treatments treatments;
  redaction::Action weakest;         ///< what is done to a value of the type that is treated least
  std::vector<std::string> because;  ///< the places of the redactions that determined the treatment
};
/// What of the field it is, behind its path: nothing for the value, ` (the key)`, or ` (plugin in the key)`.
[[nodiscard]] std::string of_in_words(const TreatedField& field);
/// Every declared value and key, of keys with a pattern each part, in the order of the dictionary, which the result
/// refers to.
[[nodiscard]] std::vector<TreatedField> treated_fields(const redaction::Plan& plan,
                                                       const dictionary::Dictionary& dictionary);

}  // namespace airlock::review
