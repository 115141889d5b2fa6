#include "prover/widen.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace airlock::prover {
namespace {

using core::Json;
using dictionary::Shape;
using dictionary::Type;

bool has_type(const Shape& shape, Type type) {
  return std::find(shape.types.begin(), shape.types.end(), type) != shape.types.end();
}

void add_type(Shape& shape, Type type) {
  if (!has_type(shape, type)) shape.types.push_back(type);
}

/// Whether the texts may become values of the declaration's `enum`: few words, not of somebody.
bool may_name(const dictionary::Field& field, const Scalars& scalars) {
  return has_type(field.shape, Type::enumeration) && strictness(*field.cls) <= strictness(dictionary::Class::content) &&
         scalars.texts != 0 && !scalars.has_forgotten && !scalars.is_free && !scalars.is_random &&
         field.shape.values.size() + scalars.remembered.size() <= dictionary::values_limit;
}

/// Of the numeric types only the widest is needed.
void settle_numbers(Shape& shape) {
  if (has_type(shape, Type::number))
    std::erase_if(shape.types, [](Type t) { return t == Type::count || t == Type::integer; });
  if (has_type(shape, Type::integer)) std::erase(shape.types, Type::count);
}

/// The sentinels that the declaration itself has, and the new ones. Not those of the whole dictionary.
std::vector<std::string> own_sentinels(const Json& declaration, const dictionary::Field& field, const Shape& found) {
  std::vector<std::string> out;
  if (const auto own = declaration.find("sentinels"); own != declaration.end()) {
    for (const Json& sentinel : *own) out.push_back(core::to_text(sentinel));
  }
  for (const std::string& sentinel : found.sentinels) {
    const auto& known = field.shape.sentinels;
    if (std::find(known.begin(), known.end(), sentinel) == known.end()) out.push_back(sentinel);
  }
  return out;
}

/// Writes a shape into a copy of the declaration. Members that were there keep their place.
Json with_shape(const Json& declaration, const Shape& shape) {
  Json out = declaration;
  write_shape(shape, out);
  if (!has_type(shape, Type::enumeration)) out.erase("values");
  if (shape.sentinels.empty()) out.erase("sentinels");
  return out;
}

}  // namespace

std::optional<Json> widened(const NameWords& list, const dictionary::Field& field, const Json& declaration,
                            const Seen& seen, const NamePath& names) {
  const Shape found = shape_of(seen, likely_types(list, names));
  if (!field.cls) return std::nullopt;
  const bool names_values = may_name(field, seen.scalars);
  Shape shape = field.shape;
  shape.sentinels.clear();
  std::string review;
  for (const Type type : found.types) {
    const bool is_text = !dictionary::is_number(type) && type != Type::boolean && type != Type::empty;
    // Only sentinels and `null` were new.
    const bool is_no_value = (type == Type::count && seen.scalars.numbers == 0) ||
                             (type == Type::empty && seen.scalars.empty_texts + seen.empty_containers == 0);
    if (is_no_value || (is_text && names_values)) continue;
    add_type(shape, type);
  }
  if (names_values) {
    for (const auto& [text, times] : seen.scalars.remembered) shape.values.push_back(text);
    review = "has values that were not declared: are they words of the product?";
  }
  settle_numbers(shape);
  shape.nullable = shape.nullable || found.nullable;
  const auto sentinels = own_sentinels(declaration, field, found);
  const std::size_t all = field.shape.sentinels.size() + found.sentinels.size();
  const bool takes_negatives = has_type(shape, Type::integer) || has_type(shape, Type::number);
  if (!takes_negatives && all <= dictionary::sentinels_limit) {
    shape.sentinels = sentinels;
  } else if (!takes_negatives || !sentinels.empty()) {
    if (!takes_negatives) add_type(shape, Type::integer);
    settle_numbers(shape);
    review = "takes its sentinels for values now, since its type allows them";
  }
  const ClassGuess guess = guess_class(list, names, traits_of(seen.scalars, found));
  if (strictness(guess.cls) > strictness(*field.cls)) {
    review = guess.review.empty() ? "has values that look like class " + std::string(dictionary::name(guess.cls))
                                  : guess.review;
  }
  Json out = with_shape(declaration, shape);
  if (!review.empty()) out["review"] = review;
  return out == declaration ? std::nullopt : std::optional(out);
}

Json widened_key(const dictionary::Field& field, const Json& declaration, const Scalars& keys) {
  constexpr std::string_view review = "has names of another type than declared";
  Json out = declaration;
  if (field.key->parts() > 1) {  // which part should take more, a person has to say
    out["review"] = review;
    return out;
  }
  Shape shape = field.key->shape;
  // `keys` are whole, so of the part of a pattern only that is known that it is a text.
  const auto types = field.key->is_pattern() ? std::vector{Type::text} : shape_of_keys(keys).types;
  for (const Type type : types) add_type(shape, type);
  Json& part = field.key->is_pattern() ? out["key"][field.key->name] : out["key"];
  write_shape(shape, part);
  part["review"] = review;
  return out;
}

}  // namespace airlock::prover
