#include "redaction/pseudonym.hpp"

#include <algorithm>

#include "core/encoding.hpp"

namespace airlock::redaction {

std::string pseudonym(crypto::HmacSha256& keyed, dictionary::Class cls, std::string_view path, std::string_view value) {
  std::string text;
  for (const std::string_view part : {dictionary::name(cls), path, value}) {
    text += core::big_endian_64(part.size());
    text += part;
  }
  const core::Digest digest = keyed(text);
  return std::string(dictionary::name(cls)) + "-" + core::to_base32(digest.view().substr(0, 16));
}

bool is_pseudonym(std::string_view text, dictionary::Class cls) {
  const std::string_view word = dictionary::name(cls);
  if (text.size() != word.size() + 1 + pseudonym_digits || !text.starts_with(word) || text[word.size()] != '-') {
    return false;
  }
  return std::all_of(text.end() - pseudonym_digits, text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); });
}

}  // namespace airlock::redaction
