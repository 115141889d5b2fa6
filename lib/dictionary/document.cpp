#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/ascii.hpp"
#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "dictionary/fits.hpp"
#include "dictionary/key_pattern.hpp"
#include "dictionary/tree.hpp"

namespace airlock::dictionary {
namespace {

using core::Json;
using core::Members;

constexpr std::string_view format_1 = "airlock-dictionary/1";
constexpr std::string_view format_2 = "airlock-dictionary/2";

std::string read_name(Members& in, std::string_view member) {
  std::string found = in.text(member, name_bytes_limit);
  if (in.ok() && !core::is_name(found)) {
    in.refuse(member,
              "must have lower-case letters, digits, `.`, `_` and `-` only, and begin with a letter or a digit");
  }
  return found;
}

/// Reads `type`: one name or a list of names. Empty if `type` is absent.
std::vector<Type> read_types(Members& in) {
  std::vector<std::string> names;
  const Json* type = in.any("type");
  if (type != nullptr && type->is_array()) {
    names = in.texts("type", type_count);
    if (in.ok() && names.empty()) in.refuse("type", "is an empty list");
  } else if (auto one = in.text_if("type")) {
    names.push_back(std::move(*one));
  }
  std::vector<Type> types;
  for (const std::string& text : names) {
    const auto found = type_from(text);
    if (!found) {
      in.refuse("type", core::quote(text) + " is not a type");
      return {};
    }
    types.push_back(*found);
  }
  return types;
}

bool has_type(const Shape& shape, Type type) {
  return std::find(shape.types.begin(), shape.types.end(), type) != shape.types.end();
}

Shape read_shape(Members& in) {
  Shape shape{read_types(in), in.texts_if("values", values_limit), false, {}};
  const bool is_enum = has_type(shape, Type::enumeration);
  if (in.ok() && is_enum && shape.values.empty()) in.refuse("values", "must name the values of the `enum`");
  if (in.ok() && !is_enum && in.has("values")) in.refuse("values", "belongs to type `enum` only");
  return shape;
}

/// Reads `sentinels`: whole numbers, kept as their text in a report.
std::vector<std::string> read_sentinels(Members& in) {
  std::vector<std::string> out;
  const Json* list = in.array_if("sentinels", sentinels_limit);
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    if (!(*list)[i].is_number_integer()) {
      in.refuse("sentinels", "must be a list of whole numbers");
      return {};
    }
    out.push_back(core::to_text((*list)[i]));
  }
  return out;
}

/// Reads what says that there is no value. The field's types must not accept it as a value.
void read_stand_ins(Members& in, Shape& shape) {
  shape.nullable = in.boolean_if("nullable").value_or(false);
  shape.sentinels = read_sentinels(in);
  for (const std::string& sentinel : shape.sentinels) {
    if (first_fit(shape, report::TokenKind::number, sentinel)) {
      in.refuse("sentinels", core::quote(sentinel) + " is a value that the field's types allow");
    }
  }
}

Class read_class(Members& in) {
  const std::string found = in.text("class");
  const auto cls = class_from(found);
  if (in.ok() && !cls) in.refuse("class", core::quote(found) + " is not a class");
  return cls.value_or(Class::content);
}

/// Reads `holds`: of which classes an opaque value may contain something, besides its own.
std::vector<Class> read_holds(Members& in, const Shape& shape) {
  std::vector<Class> out;
  if (!in.has("holds")) return out;
  const std::vector<std::string> names = in.texts("holds", class_count);
  if (in.ok() && names.empty()) in.refuse("holds", "is an empty list");
  if (in.ok() && !has_type(shape, Type::opaque)) in.refuse("holds", "belongs to type `opaque` only");
  for (const std::string& text : names) {
    const auto cls = class_from(text);
    if (!cls) {
      in.refuse("holds", core::quote(text) + " is not a class");
      return {};
    }
    out.push_back(*cls);
  }
  return out;
}

/// Reads what a key, or a part of one, may be.
void read_key_part(Members& in, KeyPart& part) {
  part.shape = read_shape(in);
  part.cls = read_class(in);
  part.review = in.text_if("review").value_or("");
  if (in.ok() && part.shape.types.empty()) in.refuse("type", "is missing");
  for (const Type type : part.shape.types) {
    if (is_number(type) || type == Type::boolean) {
      in.refuse("type", "a key is a string and never a " + core::quote(name(type)));
    } else if (type == Type::opaque) {
      in.refuse("type", "a key is never `opaque`, since what is in it could not be judged");
    }
  }
}

KeyDeclaration read_key(Members& in) {
  KeyDeclaration key;
  if (!in.has("pattern")) {
    read_key_part(in, key);
    return key;
  }
  const std::string pattern = in.text("pattern");
  if (!in.ok()) return key;
  if (const auto fault = read_pattern(pattern, key)) {
    in.refuse("pattern", core::quote(pattern) + " " + *fault);
    return key;
  }
  const auto read = [&](KeyPart& part) {
    in.inner(part.name, [&](Members& inner) {
      read_key_part(inner, part);
      if (inner.ok() && has_type(part.shape, Type::empty)) inner.refuse("type", "a part of a key is never empty");
    });
  };
  read(key);
  for (KeyPart& part : key.more) read(part);
  return key;
}

/// Puts the pattern into the path in place of its final `*`. The path may have the pattern already.
void place_pattern(Members& in, Field& field) {
  const std::string step = pattern_step(*field.key);
  if (field.steps.back() == "*") {
    field.path.replace(field.path.size() - 1, 1, step);
    field.steps.back() = step;
  }
  if (field.steps.back() != step) {
    in.refuse("key", "has a pattern whose path would end in " + core::quote(step));
  } else if (field.path.size() > core::text_limit) {
    in.refuse("key", "has a pattern whose path would have more than " + std::to_string(core::text_limit) + " bytes");
  }
}

Field read_field(Members& in) {
  Field field;
  const std::string path = in.text("path");
  if (in.ok()) {
    if (const auto fault = read_path(path, field)) in.refuse("path", core::quote(path) + " " + *fault);
  }
  field.shape = read_shape(in);
  if (!field.shape.types.empty()) field.cls = read_class(in);
  read_stand_ins(in, field.shape);
  field.holds = read_holds(in, field.shape);
  field.required = in.boolean_if("required").value_or(false);
  const bool has_star = std::find(field.is_wildcard.begin(), field.is_wildcard.end(), true) != field.is_wildcard.end();
  if (in.ok() && field.required && has_star) in.refuse("required", "needs a path without `*`");
  in.inner_if("key", [&](Members& key) { field.key = read_key(key); });
  if (in.ok() && field.key && !field.is_wildcard.back()) in.refuse("key", "needs a path that ends in `*`");
  if (in.ok() && field.key && field.key->is_pattern()) place_pattern(in, field);
  if (in.ok() && field.key && !field.key->is_pattern() && field.steps.back() != "*") {
    in.refuse("key", "needs a `pattern`, or a path that ends in `*`");
  }
  if (in.has("purpose")) {
    field.purpose = in.word("purpose", {"billing", "licensing", "product-analytics", "support", "routing", "none"});
  }
  field.about = in.text_if("about").value_or("");
  field.review = in.text_if("review").value_or("");
  field.sum_of = in.text_if("sum_of").value_or("");
  field.delta_of = in.text_if("delta_of").value_or("");
  if (in.ok() && field.shape.types.empty()) {
    if (!field.key) in.refuse("", "has neither a `type` nor a `key`");
    for (const auto* member : {"class", "sum_of", "delta_of", "nullable", "required", "sentinels", "holds"}) {
      if (in.has(member)) in.refuse(member, "needs a `type`");
    }
  }
  return field;
}

report::Document read_report_document(Members& in) {
  if (!in.has("document")) return report::Document::object;
  return report::document_from(in.word("document", {"object", "array", "lines"})).value_or(report::Document::object);
}

/// Adds the sentinels of the dictionary to a shape with the type `count`. False if it then has too many.
bool add_sentinels(const std::vector<std::string>& sentinels, Shape& shape) {
  if (!has_type(shape, Type::count)) return true;
  for (const std::string& sentinel : sentinels) {
    const bool is_there = std::find(shape.sentinels.begin(), shape.sentinels.end(), sentinel) != shape.sentinels.end();
    if (!is_there && !first_fit(shape, report::TokenKind::number, sentinel)) shape.sentinels.push_back(sentinel);
  }
  return shape.sentinels.size() <= sentinels_limit;
}

}  // namespace

core::Result<void> read_document(const Json& json, const DocumentName& name, Tree& tree) {
  Members in(json, name.document, "");
  const bool is_second = in.has("format") && *in.any("format") == format_2;  // both may have every word
  in.format(is_second ? format_2 : format_1);
  tree.name = read_name(in, "name");
  tree.product = read_name(in, "product");
  tree.document = read_report_document(in);
  in.inner("roles", [&](Members& roles) { tree.roles = read_roles(roles); });
  // A constant event says already which events there are.
  const bool has_events = in.has("events") || tree.roles.constant_event.empty();
  tree.events = has_events ? in.texts("events", events_limit) : std::vector{tree.roles.constant_event};
  if (in.ok() && tree.events.empty()) in.refuse("events", "is an empty list");
  in.inner_if("twins", [&](Members& twins) {
    tree.twins.under = twins.text("under");
    tree.twins.separator = twins.text("separator", separator_bytes_limit);
  });
  if (const Json* fields = in.array("fields", fields_limit)) {
    if (fields->empty()) in.refuse("fields", "is an empty list");
    for (std::size_t i = 0; i < fields->size() && in.ok(); ++i) {
      const Origin origin = name.of(i);
      Members field((*fields)[i], origin.file, origin.place);
      tree.fields.push_back(read_field(field));
      if (auto read = field.finish(); !read) in.refuse(std::move(read).error());
    }
  }
  const std::vector<std::string> sentinels = read_sentinels(in);
  AIRLOCK_CHECK(in.finish());
  for (std::size_t i = 0; i < tree.fields.size(); ++i) {
    if (!add_sentinels(sentinels, tree.fields[i].shape)) {
      return core::fail(core::Code::bad_input, core::quote(name.of(i).file) + ": " + core::quote(name.of(i).place) +
                                                   ": has more than " + std::to_string(sentinels_limit) +
                                                   " sentinels, counting those of the whole dictionary");
    }
  }
  return {};
}

}  // namespace airlock::dictionary
