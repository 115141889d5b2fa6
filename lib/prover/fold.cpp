#include "prover/fold.hpp"

#include <algorithm>
#include <iterator>

#include "core/ascii.hpp"
#include "core/text.hpp"
#include "dictionary/fits.hpp"

namespace airlock::prover {
namespace {

using dictionary::Type;
using report::TokenKind;

/// An object with more members is folded, whatever they are.
constexpr std::size_t members_maximum = 1500;

enum class Kind : std::uint8_t { nothing, numbers, flags, texts, row, object, array, mixed };

bool is_row(const Seen& seen);

/// What the values at a place are. A `null` says nothing.
Kind kind_of(const Seen& seen) {
  const Scalars& s = seen.scalars;
  const bool has_numbers = s.numbers != 0 || !s.sentinels.empty();
  const bool has_texts = s.texts + s.empty_texts != 0;
  const int kinds =
      int{has_numbers} + int{s.booleans != 0} + int{has_texts} + int{seen.objects != 0} + int{seen.arrays != 0};
  if (kinds > 1 || s.misfits != 0 || !s.stated.empty()) return Kind::mixed;
  if (has_numbers) return Kind::numbers;
  if (s.booleans != 0) return Kind::flags;
  if (has_texts) return Kind::texts;
  if (seen.objects != 0) return is_row(seen) ? Kind::row : Kind::object;
  return seen.arrays != 0 ? Kind::array : Kind::nothing;
}

/// Whether an object has numbers only.
bool is_row(const Seen& seen) {
  if (seen.star) return kind_of(*seen.star) == Kind::numbers;
  return seen.members.size() >= 2 && std::all_of(seen.members.begin(), seen.members.end(), [](const auto& member) {
           const Kind kind = kind_of(*member.second);
           return kind == Kind::numbers || kind == Kind::nothing;
         });
}

/// Whether most member names of two objects are the same.
bool has_same_members(const Seen& a, const Seen& b) {
  if (a.star || b.star) return bool{a.star} == bool{b.star};
  const auto common = std::count_if(a.members.begin(), a.members.end(),
                                    [&](const auto& member) { return b.by_name.contains(member.first); });
  const auto all = static_cast<std::ptrdiff_t>(a.members.size() + b.members.size()) - common;
  return all == 0 || common * 10 >= all * 6;
}

/// Whether all members have values of one kind, and if they are objects, with the same members or with numbers only.
bool is_of_one_shape(const Seen& seen) {
  const Seen* first = nullptr;
  bool all_rows = true;
  bool all_same = true;
  Kind kind = Kind::nothing;
  for (const auto& [name, member] : seen.members) {
    Kind here = kind_of(*member);
    if (here == Kind::nothing) continue;
    if (here == Kind::mixed) return false;
    const bool is_object = here == Kind::row || here == Kind::object;
    all_rows = all_rows && here == Kind::row;
    if (is_object) here = Kind::object;
    if (first == nullptr) {
      first = member.get();
      kind = here;
    }
    if (here != kind) return false;
    if (is_object) all_same = all_same && has_same_members(*first, *member);
  }
  return first != nullptr && (kind != Kind::object || all_rows || all_same);
}

/// Whether a name is a number, an id or an address: no product gives such names to members.
bool is_data(std::string_view name) {
  if (core::is_digits(name)) return true;
  const auto types = {Type::uuid, Type::id, Type::email, Type::ip, Type::mac, Type::url, Type::time, Type::date};
  return std::any_of(types.begin(), types.end(),
                     [&](Type type) { return dictionary::fits(type, TokenKind::string, name, {}); });
}

/// Whether a name has characters that names in programs do not have.
bool is_loose(std::string_view name) {
  return is_data(name) || (!name.empty() && core::is_digit(name.front())) ||
         !std::all_of(name.begin(), name.end(), [](char c) {
           return core::is_alphanumeric(c) || std::string_view("._-$:").find(c) != std::string_view::npos;
         });
}

/// Whether no path can name the member.
bool is_unsayable(std::string_view name) { return name.empty() || !core::is_document_text(name); }

template <typename Predicate>
std::size_t count_names(const Seen& seen, Predicate predicate) {
  return static_cast<std::size_t>(std::count_if(seen.members.begin(), seen.members.end(),
                                                [&](const auto& member) { return predicate(member.first); }));
}

bool must_fold(const Seen& seen) {
  return seen.members.size() > members_maximum || count_names(seen, is_unsayable) != 0;
}

bool has_free_names(const NameWords& list, const Seen& seen, const NamePath& path) {
  const std::size_t members = seen.members.size();
  if (has_data_names(seen)) return true;
  if (!is_of_one_shape(seen)) return false;
  if (seen.objects >= 2 && members >= 2) {
    const auto always = std::count_if(seen.members.begin(), seen.members.end(),
                                      [&](const auto& member) { return member.second->times == seen.objects; });
    if (static_cast<std::size_t>(always) * 2 < members) return true;
  }
  const std::size_t loose = count_names(seen, is_loose);
  if (members >= 2 && loose * 2 > members) return true;
  const auto& first = *seen.members.front().second;
  const Kind kind = kind_of(first);
  if (kind == Kind::texts || kind == Kind::flags || kind == Kind::array || kind == Kind::nothing) return false;
  if (kind == Kind::object || kind == Kind::row) {
    return members >= 3 || (members == 2 && is_collection(list, path) && first.has_children());
  }
  if (members >= long_row) return true;
  const std::size_t product = count_names(seen, [&](std::string_view name) { return is_product_word(list, name); });
  return loose != 0 || (is_collection(list, path) && product == 0);
}

}  // namespace

bool has_data_names(const Seen& seen) {
  return !seen.members.empty() && count_names(seen, is_data) == seen.members.size();
}

void fold_members(Seen& seen) {
  if (!seen.star) {
    seen.star = std::make_unique<Seen>();
    seen.keys = std::make_unique<Scalars>();
  }
  for (auto& [name, member] : seen.members) {
    note(*seen.keys, TokenKind::key, name);
    member->is_required = false;
    merge(*seen.star, std::move(*member));
  }
  seen.members.clear();
  seen.by_name.clear();
}

void fold(const NameWords& list, Seen& seen, NamePath& path, bool keeps_names) {
  if (!seen.members.empty()) {
    if (must_fold(seen) || (!keeps_names && has_free_names(list, seen, path))) fold_members(seen);
  }
  for (auto& [name, member] : seen.members) {
    path.push_back({words_of(name)});
    fold(list, *member, path, false);
    path.pop_back();
  }
  for (const auto& [each, kind] :
       {std::pair{seen.element.get(), each_element}, std::pair{seen.star.get(), each_member}}) {
    if (each == nullptr) continue;
    path.push_back({{}, kind});
    fold(list, *each, path, false);
    path.pop_back();
  }
}

}  // namespace airlock::prover
