#include <algorithm>

#include "prover/seen.hpp"

namespace airlock::prover {
namespace {

using dictionary::Shape;
using dictionary::Type;

/// The types of texts, narrowest first.
constexpr std::array text_types{Type::uuid,     Type::mac,    Type::time, Type::date,  Type::duration,
                                Type::ip,       Type::email,  Type::url,  Type::id,    Type::version,
                                Type::hostname, Type::locale, Type::text, Type::opaque};
/// The types that keys have, narrowest first.
constexpr std::array key_types{Type::uuid, Type::mac, Type::date, Type::ip, Type::email, Type::id, Type::text};

/// The narrowest type that all texts fit, or nothing: then some text fits none.
std::optional<Type> type_of_texts(const Scalars& seen, const std::set<Type>& likely) {
  const auto all_fit = [&](Type type) { return seen.fitting.at(static_cast<std::size_t>(type)) == seen.texts; };
  // `1.2.3.4` is a version, if the name says so.
  if (likely.contains(Type::version) && all_fit(Type::version)) return Type::version;
  for (const Type type : text_types) {
    // `2` is a version and `alpha` a host name, if the name of the member says so.
    if (type == Type::locale && !likely.contains(type)) continue;
    if (type == Type::version && !likely.contains(type) && seen.dotted != seen.texts) continue;
    if (type == Type::hostname && (!likely.contains(type) || seen.addresses != seen.texts)) continue;
    if (all_fit(type)) return type;
  }
  return std::nullopt;
}

std::optional<Type> type_of_numbers(const Scalars& seen, const std::set<Type>& likely) {
  if (seen.numbers == 0) return seen.sentinels.empty() ? std::nullopt : std::optional(Type::count);
  if (seen.moments == seen.numbers && likely.contains(Type::epoch)) {
    if (seen.milliseconds == 0) return Type::epoch;
    if (seen.milliseconds == seen.numbers) return Type::epoch_ms;
  }
  if (seen.counts == seen.numbers) return Type::count;
  return seen.integers == seen.numbers ? Type::integer : Type::number;
}

}  // namespace

Shape shape_of(const Seen& seen, const std::set<Type>& likely) {
  const Scalars& scalars = seen.scalars;
  Shape out;
  out.types.assign(scalars.stated.begin(), scalars.stated.end());
  out.values = scalars.stated_values;
  std::vector<Type> found;
  const auto numeric = type_of_numbers(scalars, likely);
  if (numeric) found.push_back(*numeric);
  if (scalars.booleans != 0) found.push_back(Type::boolean);
  if (scalars.texts != 0) {
    if (const auto text = type_of_texts(scalars, likely)) found.push_back(*text);
  }
  // An empty object or list is declared by what is in it at other times.
  const auto empties = scalars.empty_texts + (seen.has_children() ? 0 : seen.empty_containers);
  if (empties != 0) found.push_back(Type::empty);
  for (const Type type : found) {
    if (std::find(out.types.begin(), out.types.end(), type) == out.types.end()) out.types.push_back(type);
  }
  const auto has = [&](Type type) { return std::find(out.types.begin(), out.types.end(), type) != out.types.end(); };
  if (has(Type::number)) std::erase_if(out.types, [](Type t) { return t == Type::count || t == Type::integer; });
  if (has(Type::integer)) std::erase(out.types, Type::count);
  out.nullable = scalars.nulls != 0;
  if (out.types.empty() && out.nullable && !seen.has_children()) out.types.push_back(Type::empty);
  // `integer` and `number` accept a sentinel as a value.
  if (!has(Type::integer) && !has(Type::number)) {
    for (const int sentinel : scalars.sentinels) out.sentinels.push_back(std::to_string(sentinel));
    if (out.sentinels.size() > dictionary::sentinels_limit) {
      out.sentinels.clear();
      std::replace(out.types.begin(), out.types.end(), Type::count, Type::integer);
    }
  }
  return out;
}

Shape shape_of_keys(const Scalars& keys) {
  Shape out;
  const auto type = std::find_if(key_types.begin(), key_types.end(), [&](Type one) {
    return keys.texts != 0 && keys.fitting.at(static_cast<std::size_t>(one)) == keys.texts;
  });
  if (type != key_types.end()) out.types.push_back(*type);
  if (keys.empty_texts != 0) out.types.push_back(Type::empty);
  if (out.types.empty()) out.types.push_back(Type::text);
  return out;
}

}  // namespace airlock::prover
