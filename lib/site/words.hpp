#pragma once
/// \file
/// The site's list of words that never leave: `words.txt` (docs/formats/words.md), and the key under which a word is
/// recorded, `keys/words.key`. Ledger and ceiling know words by keyed digests only, so nobody without that key can test
/// a guess.

#include <cstddef>
#include <optional>
#include <set>
#include <string>

#include "core/result.hpp"
#include "redaction/word_list.hpp"
#include "site/site.hpp"

namespace airlock::site {

/// The list of a site, as it is now.
struct SiteWords {
  redaction::WordList words;
  /// For each word the first 16 bytes of HMAC-SHA-256 over it in lower case, hex; with `*` behind it if the word has
  /// any ending.
  std::set<std::string> digests;
  std::string file;          ///< the bytes of the file; empty if there is none
  std::size_t officers = 0;  ///< how many officers have a list in the file (signed_words.hpp)
  /// Why the list cannot be used. Then nobody knows which words must not leave, so every report is held.
  std::optional<core::Error> problem;

  /// Whether the list takes anything out, or may.
  [[nodiscard]] bool in_force() const { return !words.empty() || problem; }
};

/// Reads the list and its key. Without a key yet, digests are under a throwaway one, which equals no recorded digest. A
/// list or key that is unreadable or malformed is no error but a `problem` that names the file and the line, never a
/// word. Error: not_recorded, of the machine.
[[nodiscard]] Result<SiteWords> read_words(const Site& site);

/// A keyed digest of the whole list: two lists are equal if theirs are. Empty where there are no words.
[[nodiscard]] std::string list_digest(const SiteWords& words);

/// Makes the key where there is a list and no key yet, and this user may change the site. Where root makes it, it gets
/// the owner of the folder. Errors: of the machine; unexpected where this process may not write there.
[[nodiscard]] Result<void> ensure_words_key(const Site& site);

}  // namespace airlock::site
