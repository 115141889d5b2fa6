#include "prover/fold.hpp"

#include <algorithm>
#include <iterator>

#include "core/ascii.hpp"
#include "core/text.hpp"
#include "prover/alike.hpp"
#include "prover/key_families.hpp"

namespace airlock::prover {
namespace {

using report::TokenKind;

/// An object with more members is folded, whatever they are.
constexpr std::size_t members_maximum = 1500;

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
  std::vector<const Seen*> values;
  for (const auto& [name, member] : seen.members) values.push_back(member.get());
  if (!is_of_one_shape(values)) return false;
  if (seen.objects >= 2 && members >= 2) {
    const auto always = std::count_if(seen.members.begin(), seen.members.end(),
                                      [&](const auto& member) { return member.second->times == seen.objects; });
    if (static_cast<std::size_t>(always) * 2 < members) return true;
  }
  const std::size_t loose = count_names(seen, is_loose);
  if (members >= 2 && loose * 2 > members) return true;
  const auto& first = *seen.members.front().second;
  const ValueKind kind = kind_of(first);
  if (kind == ValueKind::texts || kind == ValueKind::flags || kind == ValueKind::array || kind == ValueKind::nothing)
    return false;
  if (kind == ValueKind::object || kind == ValueKind::row) {
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
    split_off_families(list, seen);
  }
  for (auto& [name, member] : seen.members) {
    path.push_back({words_of(name)});
    fold(list, *member, path, false);
    path.pop_back();
  }
  for (const KeyFamily& family : seen.families) {
    path.push_back({words_of(family.before + family.after)});
    fold(list, *family.value, path, false);
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
