#include "prover/alike.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "dictionary/fits.hpp"

namespace airlock::prover {
namespace {

/// Whether an object has numbers only.
bool is_row(const Seen& seen) {
  if (seen.star) return kind_of(*seen.star) == ValueKind::numbers;
  return seen.members.size() >= 2 && std::all_of(seen.members.begin(), seen.members.end(), [](const auto& member) {
           const ValueKind kind = kind_of(*member.second);
           return kind == ValueKind::numbers || kind == ValueKind::nothing;
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

}  // namespace

ValueKind kind_of(const Seen& seen) {
  const Scalars& s = seen.scalars;
  const bool has_numbers = s.numbers != 0 || !s.sentinels.empty();
  const bool has_texts = s.texts + s.empty_texts != 0;
  const int kinds =
      int{has_numbers} + int{s.booleans != 0} + int{has_texts} + int{seen.objects != 0} + int{seen.arrays != 0};
  if (kinds > 1 || s.misfits != 0 || !s.stated.empty()) return ValueKind::mixed;
  if (has_numbers) return ValueKind::numbers;
  if (s.booleans != 0) return ValueKind::flags;
  if (has_texts) return ValueKind::texts;
  if (seen.objects != 0) return is_row(seen) ? ValueKind::row : ValueKind::object;
  return seen.arrays != 0 ? ValueKind::array : ValueKind::nothing;
}

bool is_of_one_shape(const std::vector<const Seen*>& members) {
  const Seen* first = nullptr;
  bool all_rows = true;
  bool all_same = true;
  ValueKind kind = ValueKind::nothing;
  for (const Seen* member : members) {
    ValueKind here = kind_of(*member);
    if (here == ValueKind::nothing) continue;
    if (here == ValueKind::mixed) return false;
    const bool is_object = here == ValueKind::row || here == ValueKind::object;
    all_rows = all_rows && here == ValueKind::row;
    if (is_object) here = ValueKind::object;
    if (first == nullptr) {
      first = member;
      kind = here;
    }
    if (here != kind) return false;
    if (is_object) all_same = all_same && has_same_members(*first, *member);
  }
  return first != nullptr && (kind != ValueKind::object || all_rows || all_same);
}

bool is_data(std::string_view name) {
  using dictionary::Type;
  if (core::is_digits(name)) return true;
  const auto types = {Type::uuid, Type::id, Type::email, Type::ip, Type::mac, Type::url, Type::time, Type::date};
  return std::any_of(types.begin(), types.end(),
                     [&](Type type) { return dictionary::fits(type, report::TokenKind::string, name, {}); });
}

}  // namespace airlock::prover
