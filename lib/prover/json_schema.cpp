#include "prover/json_schema.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"

namespace airlock::prover {
namespace {

using core::Code;
using core::Json;
using core::quote;
using core::Result;
using dictionary::Type;

constexpr std::size_t depth_limit = 64;
constexpr std::size_t about_limit = 1024;  // bytes, as the dictionary allows

std::optional<Type> type_of_format(std::string_view format) {
  static const std::map<std::string_view, Type> types{
      {"date-time", Type::time},    {"date", Type::date}, {"duration", Type::duration}, {"email", Type::email},
      {"hostname", Type::hostname}, {"ipv4", Type::ip},   {"ipv6", Type::ip},           {"uri", Type::url},
      {"url", Type::url},           {"uuid", Type::uuid}};
  const auto found = types.find(format);
  return found == types.end() ? std::nullopt : std::optional(found->second);
}

/// The description in one line of at most `about_limit` bytes, or nothing if a dictionary cannot have it.
std::string about_from(const Json& schema) {
  std::string out = core::text_in(schema, "description");
  if (out.empty()) out = core::text_in(schema, "title");
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  if (out.size() > about_limit) {
    std::size_t end = about_limit;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;  // not within a character
    out.resize(end);
  }
  return core::is_document_text(out) ? out : "";
}

class Reader {
 public:
  Reader(const Json& document, std::string_view name) : document_(document), name_(name) {}

  /// Adds what a schema says to a place. `at` is its JSON path, for messages.
  Result<void> read(const Json& schema, Seen& into, const std::string& at, std::size_t depth) {
    if (schema.is_boolean()) return {};  // `true` allows anything and describes nothing
    if (!schema.is_object()) return refuse(at, "is neither an object nor `true` or `false`");
    if (depth > depth_limit) return refuse(at, "is nested too deeply, or refers to itself");
    if (++places_ > places_limit) {
      return refuse(at, "is one of more than " + std::to_string(places_limit) + " places that the schema describes");
    }
    if (into.about.empty()) into.about = about_from(schema);
    if (const auto ref = schema.find("$ref"); ref != schema.end()) AIRLOCK_CHECK(follow(*ref, into, at, depth));
    for (const auto* several : {"allOf", "anyOf", "oneOf"}) {
      const auto list = schema.find(several);
      if (list == schema.end()) continue;
      AIRLOCK_CHECK(read_each(*list, into, at + "/" + several, depth));
    }
    AIRLOCK_CHECK(read_values(schema, into, at));
    AIRLOCK_CHECK(read_types(schema, into, at));
    AIRLOCK_CHECK(read_members(schema, into, at, depth));
    return read_elements(schema, into, at, depth);
  }

 private:
  [[nodiscard]] tl::unexpected<core::Error> refuse(const std::string& at, const std::string& why) const {
    return core::fail(Code::bad_input, quote(name_) + ": " + quote(at.empty() ? "/" : at) + ": " + why);
  }

  Result<void> read_each(const Json& list, Seen& into, const std::string& at, std::size_t depth) {
    if (!list.is_array()) return refuse(at, "is not a list of schemas");
    for (std::size_t i = 0; i < list.size(); ++i) {
      AIRLOCK_CHECK(read(list[i], into, at + "/" + std::to_string(i), depth + 1));
    }
    return {};
  }

  Result<void> follow(const Json& ref, Seen& into, const std::string& at, std::size_t depth) {
    const std::string text = ref.is_string() ? ref.get<std::string>() : "";
    if (text != "#" && !text.starts_with("#/")) {
      return refuse(at + "/$ref", "must begin with `#/`: a reference within the document");
    }
    const Json* target = &document_;
    for (std::size_t begin = 2; begin <= text.size();) {
      const std::size_t end = std::min(text.find('/', begin), text.size());
      std::string step = text.substr(begin, end - begin);
      for (const auto& [escaped, plain] : {std::pair{"~1", "/"}, std::pair{"~0", "~"}}) {
        for (auto found = step.find(escaped); found != step.npos; found = step.find(escaped, found + 1)) {
          step.replace(found, 2, plain);
        }
      }
      const auto next = target->is_object() ? target->find(step) : target->end();
      if (!target->is_object() || next == target->end()) return refuse(at + "/$ref", quote(text) + " leads nowhere");
      target = &*next;
      begin = end + 1;
    }
    return read(*target, into, at + "/$ref", depth + 1);
  }

  Result<void> read_values(const Json& schema, Seen& into, const std::string& at) {
    Json values = Json::array();
    if (const auto one = schema.find("const"); one != schema.end()) values.push_back(*one);
    if (const auto list = schema.find("enum"); list != schema.end()) {
      if (!list->is_array()) return refuse(at + "/enum", "is not a list");
      for (const Json& value : *list) values.push_back(value);
    }
    Scalars& scalars = into.scalars;
    for (const Json& value : values) {
      if (value.is_string() && !value.get_ref<const std::string&>().empty() &&
          core::is_document_text(value.get_ref<const std::string&>())) {
        scalars.stated.insert(Type::enumeration);
        const auto& text = value.get_ref<const std::string&>();
        auto& known = scalars.stated_values;
        if (std::find(known.begin(), known.end(), text) == known.end()) known.push_back(text);
      } else {
        state_type_of(value, into);
      }
    }
    has_values_ = !values.empty();
    return {};
  }

  static void state_type_of(const Json& value, Seen& into) {
    Scalars& scalars = into.scalars;
    if (value.is_null()) ++scalars.nulls;
    if (value.is_string())
      scalars.stated.insert(value.get_ref<const std::string&>().empty() ? Type::empty : Type::text);
    if (value.is_boolean()) scalars.stated.insert(Type::boolean);
    if (value.is_number_unsigned()) scalars.stated.insert(Type::count);
    if (value.is_number_integer() && !value.is_number_unsigned()) scalars.stated.insert(Type::integer);
    if (value.is_number_float()) scalars.stated.insert(Type::number);
  }

  Result<void> read_types(const Json& schema, Seen& into, const std::string& at) {
    if (schema.value("nullable", Json(false)) == Json(true)) ++into.scalars.nulls;
    const auto type = schema.find("type");
    if (type == schema.end()) return {};
    const Json list = type->is_array() ? *type : Json::array({*type});
    for (const Json& one : list) {
      if (!one.is_string()) return refuse(at + "/type", "is neither a text nor a list of texts");
      AIRLOCK_CHECK(state(one.get_ref<const std::string&>(), schema, into, at));
    }
    return {};
  }

  Result<void> state(const std::string& type, const Json& schema, Seen& into, const std::string& at) {
    Scalars& scalars = into.scalars;
    const auto minimum = schema.find("minimum");
    const bool is_count = minimum != schema.end() && minimum->is_number() && minimum->get<double>() >= 0;
    if (type == "null") {
      ++scalars.nulls;
    } else if (type == "object") {
      ++into.objects;
    } else if (type == "array") {
      ++into.arrays;
    } else if (has_values_) {
      // The values say more than their type.
    } else if (type == "boolean") {
      scalars.stated.insert(Type::boolean);
    } else if (type == "integer") {
      scalars.stated.insert(is_count ? Type::count : Type::integer);
    } else if (type == "number") {
      scalars.stated.insert(Type::number);
    } else if (type == "string") {
      scalars.stated.insert(type_of_format(core::text_in(schema, "format")).value_or(Type::text));
    } else {
      return refuse(at + "/type", quote(type) + " is not a type of JSON Schema");
    }
    return {};
  }

  Result<void> read_members(const Json& schema, Seen& into, const std::string& at, std::size_t depth) {
    const Json none = Json::object();
    const auto inner = [&](const char* member) -> const Json& {
      const auto found = schema.find(member);
      return found == schema.end() ? none : *found;
    };
    const Json& properties = inner("properties");
    if (!properties.is_object()) return refuse(at + "/properties", "is not an object");
    const Json& required = inner("required");
    for (const auto& [name, member] : properties.items()) {
      Seen& place = into.member(name);
      // A schema of draft 4 and later lists the names. In draft 3 `required` is a boolean, which is left out.
      place.is_required |= required.is_array() && std::find(required.begin(), required.end(), name) != required.end();
      AIRLOCK_CHECK(read(member, place, at + "/properties/" + core::pointer_step(name), depth + 1));
    }
    if (!properties.empty()) ++into.objects;
    const Json& patterns = inner("patternProperties");
    if (!patterns.is_object()) return refuse(at + "/patternProperties", "is not an object");
    for (const auto& [pattern, member] : patterns.items()) {
      AIRLOCK_CHECK(read(member, star_of(into), at + "/patternProperties/" + core::pointer_step(pattern), depth + 1));
    }
    const Json& others = inner("additionalProperties");
    if (!others.is_object() || others.empty()) return {};
    return read(others, star_of(into), at + "/additionalProperties", depth + 1);
  }

  static Seen& star_of(Seen& seen) {
    if (!seen.star) {
      seen.star = std::make_unique<Seen>();
      seen.keys = std::make_unique<Scalars>();
      ++seen.objects;
    }
    return *seen.star;
  }

  Result<void> read_elements(const Json& schema, Seen& into, const std::string& at, std::size_t depth) {
    for (const auto* member : {"items", "prefixItems", "additionalItems"}) {
      const auto items = schema.find(member);
      if (items == schema.end() || items->is_boolean()) continue;
      ++into.arrays;
      const std::string place = at + "/" + member;
      AIRLOCK_CHECK(items->is_array() ? read_each(*items, into.each_element(), place, depth)
                                      : read(*items, into.each_element(), place, depth + 1));
    }
    return {};
  }

  const Json& document_;
  std::string name_;
  std::size_t places_ = 0;
  bool has_values_ = false;  ///< whether the schema that is being read has `enum` or `const`
};

}  // namespace

Result<SchemaReport> read_schema(std::string_view text, std::string_view name) {
  AIRLOCK_TRY(const Json document, core::parse_json(text, name, {.bytes = schema_bytes_limit, .depth = depth_limit}));
  SchemaReport out;
  AIRLOCK_CHECK(Reader(document, name).read(document, out.root, "", 0));
  if (out.root.element) {
    auto element = std::move(out.root.element);
    out.root = std::move(*element);
    out.is_array = true;
  }
  if (!out.root.star && out.root.members.empty()) {
    return core::fail(Code::bad_input, quote(name) + ": describes no object with members",
                      "a JSON Schema of a report has `properties`");
  }
  return out;
}

}  // namespace airlock::prover
