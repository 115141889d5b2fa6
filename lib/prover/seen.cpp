#include "prover/seen.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "core/encoding.hpp"
#include "core/text.hpp"
#include "dictionary/fits.hpp"

namespace airlock::prover {
namespace {

using dictionary::Type;
using report::Token;
using report::TokenKind;

constexpr std::size_t remembered_bytes = 64;
constexpr std::size_t id_digits = 16;

/// Whether a whole number may say that a query failed. Products write few numbers below 0 then.
bool is_like_sentinel(std::string_view text) {
  static constexpr std::array<std::string_view, 7> usual{"-99", "-100", "-255", "-999", "-1000", "-9999", "-99999"};
  if (text.size() == 2 && text[0] == '-' && text[1] >= '1' && text[1] <= '9') return true;
  return std::find(usual.begin(), usual.end(), text) != usual.end();
}

/// 0 for a number that is no moment, 1 for seconds, 1000 for milliseconds since 1970. From September 2001 to May 2033,
/// when the number of its digits tells.
int scale_of_moment(std::string_view text) {
  const auto number = core::number_from<std::uint64_t>(text);
  constexpr std::uint64_t first = 1'000'000'000;
  if (!number) return 0;
  if (*number >= first && *number < 2 * first) return 1;
  return *number >= first * 1000 && *number < 2 * first * 1000 ? 1000 : 0;
}

/// Whether a text has characters or a length that a product's own words hardly have.
bool is_free_text(std::string_view text) {
  constexpr std::size_t words_bytes = 64;
  return text.size() > words_bytes || !std::all_of(text.begin(), text.end(), [](char c) {
           return core::is_alphanumeric(c) || std::string_view(" ._-/:+()#,~").find(c) != std::string_view::npos;
         });
}

/// Whether a text looks like a secret, a hash or an id: long, without spaces, digits among its letters.
bool is_random_text(std::string_view text) {
  constexpr std::size_t short_words = 20;
  if (text.size() < short_words || text.find_first_of(" .,/") != std::string_view::npos) return false;
  std::size_t changes = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (core::is_digit(text[i]) != core::is_digit(text[i - 1])) ++changes;
  }
  return changes >= 4;
}

/// Whether a text could be a host name of several labels, the last of letters only: `git.example.com`.
bool is_like_address(std::string_view text) {
  const auto dot = text.rfind('.');
  if (dot == std::string_view::npos || !dictionary::fits(Type::hostname, TokenKind::string, text, {})) return false;
  const auto last = text.substr(dot + 1);
  return last.size() >= 2 && std::none_of(last.begin(), last.end(), core::is_digit);
}

void note_text(Scalars& scalars, std::string_view text) {
  if (text.empty()) {
    ++scalars.empty_texts;
    return;
  }
  ++scalars.texts;
  bool fits_any = false;
  for (std::size_t i = 0; i < dictionary::type_count; ++i) {
    if (!dictionary::fits(static_cast<Type>(i), TokenKind::string, text, {})) continue;
    ++scalars.fitting.at(i);
    fits_any = true;
  }
  if (!fits_any) ++scalars.misfits;
  if (text.find('.') != std::string_view::npos) ++scalars.dotted;
  if (is_like_address(text)) ++scalars.addresses;
  scalars.is_free |= is_free_text(text);
  scalars.is_random |= is_random_text(text);
  if (scalars.has_forgotten) return;
  const auto known = scalars.remembered.find(text);
  if (known != scalars.remembered.end()) {
    ++known->second;
  } else if (text.size() <= remembered_bytes && scalars.remembered.size() < remembered_texts &&
             core::is_document_text(text)) {
    scalars.remembered.emplace(text, 1);
  } else {
    scalars.has_forgotten = true;
    scalars.remembered.clear();
  }
}

void note_number(Scalars& scalars, std::string_view text) {
  if (is_like_sentinel(text)) {
    scalars.sentinels.insert(*core::number_from<int>(text));
    return;
  }
  if (!dictionary::fits(Type::number, TokenKind::number, text, {})) {
    ++scalars.misfits;
    return;
  }
  ++scalars.numbers;
  if (dictionary::fits(Type::count, TokenKind::number, text, {})) ++scalars.counts;
  if (dictionary::fits(Type::integer, TokenKind::number, text, {})) ++scalars.integers;
  const int scale = scale_of_moment(text);
  if (scale != 0) ++scalars.moments;
  if (scale == 1000) ++scalars.milliseconds;
  scalars.has_long |= text.size() >= id_digits && core::is_digits(text);
  scalars.has_other_negative |= text.starts_with('-');
}

}  // namespace

bool Scalars::any() const {
  return nulls + booleans + empty_texts + texts + numbers + misfits != 0 || !sentinels.empty() || !stated.empty();
}

void note(Scalars& scalars, TokenKind kind, std::string_view text) {
  switch (kind) {
    case TokenKind::key:
    case TokenKind::string:
      return note_text(scalars, text);
    case TokenKind::number:
      return note_number(scalars, text);
    case TokenKind::boolean:
      ++scalars.booleans;
      return;
    case TokenKind::null:
      ++scalars.nulls;
      return;
    default:
      return;
  }
}

Seen& Seen::member(std::string_view name) {
  if (const auto known = by_name.find(name); known != by_name.end()) return *members[known->second].second;
  by_name.emplace(name, members.size());
  members.emplace_back(name, std::make_unique<Seen>());
  return *members.back().second;
}

Seen& Seen::each_element() {
  if (!element) element = std::make_unique<Seen>();
  return *element;
}

void merge(Scalars& into, Scalars&& from) {
  into.nulls += from.nulls;
  into.booleans += from.booleans;
  into.empty_texts += from.empty_texts;
  into.texts += from.texts;
  into.numbers += from.numbers;
  into.misfits += from.misfits;
  for (std::size_t i = 0; i < into.fitting.size(); ++i) into.fitting.at(i) += from.fitting.at(i);
  into.dotted += from.dotted;
  into.addresses += from.addresses;
  into.is_free |= from.is_free;
  into.is_random |= from.is_random;
  into.has_forgotten |= from.has_forgotten;
  for (const auto& [text, times] : from.remembered) into.remembered[text] += times;
  if (into.has_forgotten || into.remembered.size() > remembered_texts) {
    into.has_forgotten = true;
    into.remembered.clear();
  }
  into.counts += from.counts;
  into.integers += from.integers;
  into.moments += from.moments;
  into.milliseconds += from.milliseconds;
  into.has_long |= from.has_long;
  into.sentinels.merge(from.sentinels);
  into.has_other_negative |= from.has_other_negative;
  into.stated.merge(from.stated);
  for (std::string& value : from.stated_values) {
    if (std::find(into.stated_values.begin(), into.stated_values.end(), value) == into.stated_values.end())
      into.stated_values.push_back(std::move(value));
  }
}

void merge(Seen& into, Seen&& from) {
  merge(into.scalars, std::move(from.scalars));
  into.times += from.times;
  into.objects += from.objects;
  into.arrays += from.arrays;
  into.empty_containers += from.empty_containers;
  for (auto& [name, seen] : from.members) merge(into.member(name), std::move(*seen));
  if (from.element) merge(into.each_element(), std::move(*from.element));
  if (from.star) {
    if (!into.star) {
      into.star = std::make_unique<Seen>();
      into.keys = std::make_unique<Scalars>();
    }
    merge(*into.star, std::move(*from.star));
    merge(*into.keys, std::move(*from.keys));
  }
  if (into.about.empty()) into.about = std::move(from.about);
  into.is_required |= from.is_required;
}

Seen* Watcher::next_place(const Token& token) {
  if (open_.empty()) return &root_;
  Open& around = open_.back();
  around.is_empty = false;
  if (token.kind == TokenKind::key || around.is_array) {
    const bool is_new =
        around.is_array ? around.place->element == nullptr : !around.place->by_name.contains(token.text);
    if (is_new && ++places_ > places_limit) return nullptr;
  }
  if (token.kind == TokenKind::key) return &around.place->member(token.text);
  return around.is_array ? &around.place->each_element() : member_;
}

bool Watcher::add(const Token& token) {
  if (token.kind == TokenKind::end) return true;
  if (token.closes()) {
    if (open_.back().is_empty) ++open_.back().place->empty_containers;
    open_.pop_back();
    return true;
  }
  Seen* place = next_place(token);
  if (place == nullptr) return false;
  if (token.kind == TokenKind::key) {
    member_ = place;
    return true;
  }
  ++place->times;
  if (token.opens()) {
    const bool is_array = token.kind == TokenKind::begin_array;
    ++(is_array ? place->arrays : place->objects);
    open_.push_back({place, is_array, true});
  } else {
    note(place->scalars, token.kind, token.text);
  }
  return true;
}

}  // namespace airlock::prover
