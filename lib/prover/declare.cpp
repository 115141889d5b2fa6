#include "prover/declare.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/ascii.hpp"
#include "dictionary/field.hpp"

namespace airlock::prover {
namespace {

using core::Json;
using dictionary::Class;
using dictionary::Shape;
using dictionary::Type;

/// An `enum` needs at least as many values seen as this, for each of its values.
constexpr std::uint64_t times_for_a_word = 3;
constexpr std::size_t words_of_an_enum = 8;

bool has(const std::vector<Type>& types, Type type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

Json in_json(const std::vector<Type>& types) {
  if (types.size() == 1) return dictionary::name(types.front());
  Json out = Json::array();
  for (const Type type : types) out.push_back(dictionary::name(type));
  return out;
}

/// Whether the texts are few words of the product, each seen again and again.
bool is_enum(const Scalars& scalars, const Shape& shape, const ClassGuess& guess) {
  const bool is_product_word = guess.review.empty() && strictness(guess.cls) < strictness(Class::content) &&
                               guess.cls != Class::version && guess.cls != Class::time;
  if (!is_product_word || scalars.has_forgotten || scalars.is_free || scalars.is_random) return false;
  if (!has(shape.types, Type::text) || scalars.remembered.size() > words_of_an_enum) return false;
  return scalars.remembered.size() >= 2 && scalars.texts >= times_for_a_word * scalars.remembered.size();
}

class Writer {
 public:
  explicit Writer(const NameWords& list) : list_(list) {}

  /// `is_required`: every container around the place is required too.
  void place(const Seen& seen, Place& at, bool is_required) {
    if (at.names.size() > dictionary::steps_limit) return refuse(seen, at, "is too deep for a path");
    if (seen.scalars.misfits != 0) refuse(seen, at, "has a value that no type accepts: a long text or a huge number");
    if (!seen.has_children()) {
      if (!at.names.empty()) leaf(seen, at, nullptr, is_required);
      if (at.names.empty() && seen.scalars.any()) refuse(seen, at, "is no object");
      return;
    }
    // A declaration of the place itself is for the single values there.
    if (seen.scalars.any() && !at.names.empty()) leaf(seen, at, nullptr, false);
    children(seen, at, is_required);
  }

  std::vector<Declared> take() { return std::move(out_); }

 private:
  void children(const Seen& seen, Place& at, bool is_required) {
    if (seen.element && seen.has_members()) {
      refuse(seen, at, "is sometimes an object and sometimes a list");
    }
    members(seen, at, is_required);
    for (const KeyFamily& each : seen.families) family(each, at);
    if (seen.star) star(seen, at);
    if (!seen.has_members()) below(*seen.element, at, "*", {{}, each_element}, false);
  }

  void members(const Seen& seen, Place& at, bool is_required) {
    for (const auto& [name, member] : seen.members) {
      below(*member, at, dictionary::literal_step(name), {words_of(name)}, is_required && member->is_required);
    }
  }

  void below(const Seen& seen, Place& at, const std::string& step, NameStep name, bool is_required) {
    const std::size_t size = at.path.size();
    at.path += "/" + step;
    at.names.push_back(std::move(name));
    place(seen, at, is_required);
    at.names.pop_back();
    at.path.resize(size);
  }

  void star(const Seen& seen, Place& at) {
    ClassGuess guess;
    Json key = key_part(*seen.keys, at, {}, guess);
    if (!guess.review.empty()) key["review"] = guess.review;
    free_names(*seen.star, at, "*", {{}, each_member}, key);
  }

  void family(const KeyFamily& each, Place& at) {
    ClassGuess guess;
    Json part = key_part(*each.names, at, words_of(each.before), guess);
    part["review"] = guess.review.empty() ? "looks like names that the customer chose" : guess.review;
    Json key{{"pattern", each.before + "{" + each.part + "}" + each.after}, {each.part, std::move(part)}};
    const std::string step = dictionary::literal_step(each.before) + "*" + dictionary::literal_step(each.after);
    free_names(*each.value, at, step, {words_of(each.before + each.after)}, key);
  }

  /// Types and class of free names. `before` are the words before them in their keys.
  Json key_part(const Scalars& names, const Place& at, std::vector<std::string> before, ClassGuess& guess) const {
    const Shape shape = shape_of_keys(names);
    NamePath path = at.names;
    if (!before.empty()) path.push_back({std::move(before)});
    path.push_back({{}, each_member});
    guess = guess_key_class(list_, path, traits_of(names, shape));
    return {{"type", in_json(shape.types)}, {"class", dictionary::name(guess.cls)}};
  }

  /// Members with free names, for which `step` stands.
  void free_names(const Seen& values, Place& at, const std::string& step, NameStep name, const Json& key) {
    const std::size_t size = at.path.size();
    at.path += "/" + step;
    at.names.push_back(std::move(name));
    if (values.has_children() && !values.scalars.any()) {
      out_.push_back({at.path, std::make_shared<Json>(Json{{"path", at.path}, {"key", key}}), values.times, ""});
    } else {
      leaf(values, at, &key, false);
    }
    if (values.has_children()) children(values, at, false);
    at.names.pop_back();
    at.path.resize(size);
  }

  void leaf(const Seen& seen, const Place& at, const Json* key, bool is_required) {
    const auto likely = likely_types(list_, at.names);
    Shape shape = shape_of(seen, likely);
    if (shape.types.empty()) return;
    const ClassGuess guess = guess_class(list_, at.names, traits_of(seen.scalars, shape));
    if (is_enum(seen.scalars, shape, guess)) {
      std::replace(shape.types.begin(), shape.types.end(), Type::text, Type::enumeration);
      for (const auto& [text, times] : seen.scalars.remembered) shape.values.push_back(text);
    }
    Json declaration{{"path", at.path}};
    write_shape(shape, declaration);
    declaration["class"] = dictionary::name(guess.cls);
    if (is_required && key == nullptr) declaration["required"] = true;
    if (key != nullptr) declaration["key"] = *key;
    if (!guess.review.empty()) declaration["review"] = guess.review;
    if (!seen.about.empty()) declaration["about"] = seen.about;
    out_.push_back({at.path, std::make_shared<Json>(std::move(declaration)), seen.times, ""});
  }

  void refuse(const Seen& seen, const Place& at, std::string why) {
    out_.push_back({at.path.empty() ? "/" : at.path, nullptr, seen.times, std::move(why)});
  }

  const NameWords& list_;
  std::vector<Declared> out_;
};

}  // namespace

std::vector<Declared> declare(const NameWords& list, const Seen& seen, const Place& place) {
  Writer writer(list);
  Place at = place;
  writer.place(seen, at, true);
  return writer.take();
}

ValueTraits traits_of(const Scalars& scalars, const Shape& shape) {
  ValueTraits out;
  out.types = shape.types;
  out.is_address = scalars.texts != 0 && scalars.addresses == scalars.texts && !has(shape.types, Type::email);
  out.is_free = scalars.is_free && has(shape.types, Type::text);
  out.is_random = scalars.is_random && has(shape.types, Type::text);
  out.is_moment = scalars.numbers != 0 && scalars.moments == scalars.numbers;
  out.is_long_number = scalars.has_long;
  return out;
}

std::set<Type> likely_types(const NameWords& list, const NamePath& names) {
  auto last = std::find_if(names.rbegin(), names.rend(), [](const NameStep& step) { return !step.is_wildcard(); });
  std::set<Type> out;
  if (last == names.rend()) return out;
  for (const Phrase& phrase : list.find(last->words)) {
    for (const Meaning& meaning : *phrase.meanings) {
      if (meaning.type) out.insert(*meaning.type);
    }
  }
  return out;
}

void write_shape(const Shape& shape, Json& declaration) {
  declaration["type"] = in_json(shape.types);
  if (has(shape.types, Type::enumeration)) declaration["values"] = shape.values;
  if (shape.nullable) declaration["nullable"] = true;
  if (!shape.sentinels.empty()) {
    Json list = Json::array();
    for (const std::string& sentinel : shape.sentinels) list.push_back(std::stoll(sentinel));
    declaration["sentinels"] = std::move(list);
  }
}

bool has_review(const Json& declaration) {
  if (declaration.contains("review")) return true;
  const auto key = declaration.find("key");
  if (key == declaration.end()) return false;
  const auto is_marked = [](const Json& part) { return part.is_object() && part.contains("review"); };
  return is_marked(*key) || std::any_of(key->begin(), key->end(), is_marked);
}

}  // namespace airlock::prover
