#pragma once
/// \file
/// What the value of an option or of an argument is. Help and manual pages name it in one word, and completion offers
/// what could be meant. A kind does not check a value: the command does.

#include <cstdint>
#include <string_view>

namespace airlock::console {

enum class Kind : std::uint8_t {
  text,          ///< anything; nothing can be offered
  word,          ///< one of a few fixed words
  number,        ///< a whole number
  digest,        ///< a SHA-256 in hexadecimal
  day,           ///< a UTC day or time
  file,          ///< a file, also one that does not exist yet
  folder,        ///< a folder, also one that does not exist yet
  key,           ///< a file with a private key, or the URI of a key in a token
  bundle,        ///< a file with a bundle, such as one in the site's outbox
  held,          ///< the number of a report that waits
  held_or_file,  ///< the same, or a file with a report, or `-`
  report,        ///< the number of any report
  own_site,      ///< the id of the site itself
  site,          ///< a site in the vendor's register
  serial,        ///< a licence in the vendor's register
  tier,          ///< a tier of a policy in the vendor's register
  entitlement,   ///< an entitlement of such a policy
};

/// The word that stands for a value of this kind in help and manual pages, such as `FILE`.
[[nodiscard]] std::string_view placeholder(Kind kind);
/// The name of the kind in the description of a program: `held_or_file`.
[[nodiscard]] std::string_view name(Kind kind);

struct Value {
  /// Not explicit: a kind alone says it all, but for words.
  constexpr Value(Kind what) : kind(what) {}
  constexpr Value(Kind what, std::string_view these) : kind(what), words(these) {}

  Kind kind;
  std::string_view words;  ///< if it is one of a few words: these, separated by blanks
};

/// One of these words, separated by blanks. The text must live as long as the program.
constexpr Value one_of(std::string_view words) { return {Kind::word, words}; }

}  // namespace airlock::console
