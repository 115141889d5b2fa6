#pragma once
/// \file
/// What the names in a path say, for class_guess.cpp: the phrases of the last name, and what the names around it are
/// about.

#include <optional>
#include <string>
#include <vector>

#include "dictionary/field.hpp"
#include "prover/words.hpp"

namespace airlock::prover {

/// One step of a path: the words of a literal member, or a `*` for elements or for members.
struct NameStep {
  enum class Kind : std::uint8_t { member, elements, members };
  std::vector<std::string> words;
  Kind kind = Kind::member;

  [[nodiscard]] bool is_wildcard() const { return kind != Kind::member; }
};
inline constexpr auto each_element = NameStep::Kind::elements;
inline constexpr auto each_member = NameStep::Kind::members;
using NamePath = std::vector<NameStep>;

/// How strict a class is: higher for what policies redact first. Person, then location, then identifier and licence
/// alike, then content, deployment, and the others.
[[nodiscard]] int strictness(dictionary::Class cls);
/// Whether it is at least as strict as an identifier: the upper of the two ranks that a ceiling knows.
[[nodiscard]] bool is_sensitive(dictionary::Class cls);

/// A class that something speaks for, and what it looks like.
struct Sign {
  dictionary::Class cls = dictionary::Class::content;
  std::string looks_like;
};

/// The stricter of two signs; the first if they are equally strict.
[[nodiscard]] std::optional<Sign> stricter(std::optional<Sign> a, std::optional<Sign> b);
/// The strictest of the meanings of a phrase that have the role `value` or `subject`.
[[nodiscard]] std::optional<Sign> sign_of(const Phrase& phrase, WordRole role);
[[nodiscard]] bool has_role(const std::vector<Phrase>& phrases, WordRole role);
/// The words of a name after `by` or `per`: what the keys below it are, in `events_count_by_library`.
[[nodiscard]] std::vector<std::string> after_by(const std::vector<std::string>& words);

/// What a path says. `own` are the phrases of the last name in it; there are none below a free name.
struct NameReading {
  std::vector<Phrase> own;
  std::size_t own_words = 0;
  bool is_element = false;     ///< the path goes on from the last name with `*`
  bool is_of_person = false;   ///< something around it is about one person
  std::optional<Sign> around;  ///< the nearest name around it that has a class

  /// Whether the last phrase has the role, and the name ends with it.
  [[nodiscard]] bool head_is(WordRole role) const;
  /// Whether a subject is the last word but for such as `installed`.
  [[nodiscard]] bool subject_is_last() const;
  /// The strictest sign of the role in the last name.
  [[nodiscard]] std::optional<Sign> strictest(WordRole role) const;
};

/// Reads the path of values, or of the keys that its final `*` stands for.
[[nodiscard]] NameReading read_names(const NameWords& list, const NamePath& path, bool is_key);

}  // namespace airlock::prover
