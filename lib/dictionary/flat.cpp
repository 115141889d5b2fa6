#include "dictionary/flat.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

namespace airlock::dictionary {
namespace {

using core::Json;
using Words = std::span<const std::string_view>;

constexpr std::array<std::string_view, 8> order_of_document = {"format", "name",   "product", "document",
                                                               "roles",  "events", "twins",   "sentinels"};
constexpr std::array<std::string_view, 9> order_of_declaration = {"path",    "type",  "values", "class",   "key",
                                                                  "purpose", "about", "sum_of", "delta_of"};

// The words of the first format as it was first released. Every other word makes a document one of the second.
constexpr std::array<std::string_view, 7> first_members = {"format", "name",  "product", "roles",
                                                           "events", "twins", "fields"};
constexpr std::array<std::string_view, 4> first_roles = {"event", "period_start", "period_end", "every"};
constexpr std::array<std::string_view, 9> first_of_declaration = {"path",    "type",  "values", "class",   "key",
                                                                  "purpose", "about", "sum_of", "delta_of"};
constexpr std::array<std::string_view, 3> first_of_key = {"type", "values", "class"};
constexpr std::array<std::string_view, 14> first_types = {"count", "integer", "number", "boolean", "text",
                                                          "uuid",  "version", "time",   "url",     "hostname",
                                                          "ip",    "email",   "enum",   "empty"};

bool is_word_of(Words words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool has_others(const Json& object, Words known) {
  if (!object.is_object()) return false;
  const auto& members = object.get_ref<const Json::object_t&>();
  return std::any_of(members.begin(), members.end(), [&](const auto& each) { return !is_word_of(known, each.first); });
}

bool is_later_type(const Json& type) {
  return type.is_string() && !is_word_of(first_types, type.get_ref<const std::string&>());
}

bool has_later_type(const Json& shape) {
  const auto type = shape.find("type");
  if (type == shape.end()) return false;
  return type->is_array() ? std::any_of(type->begin(), type->end(), is_later_type) : is_later_type(*type);
}

bool is_second(const Json& declaration) {
  if (!declaration.is_object()) return false;
  if (has_others(declaration, first_of_declaration) || has_later_type(declaration)) return true;
  const auto key = declaration.find("key");
  return key != declaration.end() && key->is_object() && (has_others(*key, first_of_key) || has_later_type(*key));
}

Json ordered(const Json& object, Words order) {
  Json out = Json::object();
  for (const std::string_view member : order) {
    if (const auto at = object.find(member); at != object.end()) out[std::string(member)] = *at;
  }
  for (const auto& [member, value] : object.items()) {
    if (!is_word_of(order, member)) out[member] = value;
  }
  return out;
}

}  // namespace

Json in_order(const Json& declaration) {
  return declaration.is_object() ? ordered(declaration, order_of_declaration) : declaration;
}

bool needs_second_format(const Json& top, const std::vector<Json>& fields) {
  if (has_others(top, first_members)) return true;
  const auto roles = top.find("roles");
  if (roles != top.end() && roles->is_object()) {
    if (has_others(*roles, first_roles)) return true;
    // A role that is a constant is an object.
    if (std::any_of(roles->begin(), roles->end(), [](const Json& role) { return role.is_object(); })) return true;
  }
  return std::any_of(fields.begin(), fields.end(), is_second);
}

std::string flat_text(const Json& top, const std::vector<Json>& fields) {
  Json members = ordered(top, order_of_document);
  members["format"] = needs_second_format(top, fields) ? second_format : first_format;
  members.erase("fields");
  std::string out = "{\n";
  for (const auto& [member, value] : members.items()) {
    out += "  " + core::to_text(member) + ": " + core::to_text(value) + ",\n";
  }
  out += "  \"fields\": [";
  for (std::size_t i = 0; i < fields.size(); ++i) {
    out += (i == 0 ? "\n    " : ",\n    ") + core::to_text(fields[i]);
  }
  return out + "\n  ]\n}\n";
}

}  // namespace airlock::dictionary
