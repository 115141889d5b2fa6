#include "prover/name_reading.hpp"

#include <algorithm>

namespace airlock::prover {

using dictionary::Class;

namespace {

/// Whether a container with this name is about one person, or its elements are.
bool is_about_person(const std::vector<Phrase>& phrases, std::size_t words, bool has_elements) {
  if (phrases.empty() || has_role(phrases, WordRole::figure)) return false;
  const auto is_person = [](const Phrase& phrase) {
    const auto sign = sign_of(phrase, WordRole::subject);
    return sign && sign->cls == Class::person;
  };
  if (has_elements) return std::any_of(phrases.begin(), phrases.end(), is_person);
  return phrases.back().end == words && !phrases.back().is_plural && is_person(phrases.back());
}

}  // namespace

int strictness(Class cls) {
  switch (cls) {
    case Class::person:
      return 5;
    case Class::location:
      return 4;
    case Class::identifier:
    case Class::licence:
      return 3;
    case Class::content:
      return 2;
    case Class::deployment:
      return 1;
    default:
      return 0;
  }
}

bool is_sensitive(Class cls) { return strictness(cls) >= strictness(Class::identifier); }

std::optional<Sign> stricter(std::optional<Sign> a, std::optional<Sign> b) {
  if (!a) return b;
  if (!b) return a;
  return strictness(b->cls) > strictness(a->cls) ? b : a;
}

std::optional<Sign> sign_of(const Phrase& phrase, WordRole role) {
  std::optional<Sign> out;
  for (const Meaning& meaning : *phrase.meanings) {
    if (meaning.role == role) out = stricter(out, Sign{*meaning.cls, meaning.looks_like});
  }
  return out;
}

bool has_role(const std::vector<Phrase>& phrases, WordRole role) {
  return std::any_of(phrases.begin(), phrases.end(), [&](const Phrase& phrase) { return phrase.has(role); });
}

std::vector<std::string> after_by(const std::vector<std::string>& words) {
  const auto by =
      std::find_if(words.begin(), words.end(), [](const auto& word) { return word == "by" || word == "per"; });
  if (by == words.end() || by == words.begin() || by + 1 == words.end()) return words;
  return {by + 1, words.end()};
}

bool NameReading::head_is(WordRole role) const {
  return !own.empty() && own.back().end == own_words && own.back().has(role);
}

bool NameReading::subject_is_last() const {
  auto last = own.rbegin();
  std::size_t end = own_words;
  while (last != own.rend() && last->end == end && (last->has(WordRole::toggle) || last->has(WordRole::figure))) {
    end = last->begin;
    ++last;
  }
  return last != own.rend() && last->end == end && last->has(WordRole::subject);
}

std::optional<Sign> NameReading::strictest(WordRole role) const {
  std::optional<Sign> out;
  for (const Phrase& phrase : own) out = stricter(out, sign_of(phrase, role));
  return out;
}

NameReading read_names(const NameWords& list, const NamePath& path, bool is_key) {
  NameReading out;
  std::size_t at = path.size();
  bool is_free = false;  // a value under a free name: no name says what it is
  while (at > 0 && path[at - 1].is_wildcard()) {
    --at;
    is_free |= !is_key && path[at].kind == NameStep::Kind::members;
  }
  out.is_element = at < path.size();
  if (at == 0) return out;
  if (!is_free) {
    --at;
    const auto& own = path[at].words;
    const auto words = is_key ? after_by(own) : own;
    out.own = list.find(words);
    out.own_words = words.size();
  }
  for (std::size_t i = at; i-- > 0;) {
    if (path[i].is_wildcard()) continue;
    const auto phrases = list.find(path[i].words);
    const bool has_elements = path[i + 1].is_wildcard();
    out.is_of_person |= is_about_person(phrases, path[i].words.size(), has_elements);
    for (auto phrase = phrases.rbegin(); phrase != phrases.rend() && !out.around; ++phrase) {
      out.around = stricter(sign_of(*phrase, WordRole::subject), sign_of(*phrase, WordRole::value));
    }
  }
  return out;
}

}  // namespace airlock::prover
