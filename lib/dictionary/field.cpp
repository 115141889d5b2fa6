#include "dictionary/field.hpp"

#include <array>

#include "core/encoding.hpp"

namespace airlock::dictionary {
namespace {

/// In the order of the enumerators.
constexpr std::array<std::string_view, type_count> type_names{
    "count",    "integer", "number",   "boolean", "text",  "uuid", "version", "time",   "date",   "epoch", "epoch_ms",
    "duration", "url",     "hostname", "ip",      "email", "mac",  "id",      "locale", "opaque", "enum",  "empty"};
constexpr std::array<std::string_view, class_count> class_names{
    "usage", "version", "deployment", "time", "licence", "identifier", "person", "location", "content", "transport"};

}  // namespace

std::string_view name(Type type) { return type_names.at(static_cast<std::size_t>(type)); }
std::string_view name(Class cls) { return class_names.at(static_cast<std::size_t>(cls)); }

std::string in_words(const Shape& shape) {
  std::string out;
  for (const Type type : shape.types) out += (out.empty() ? "" : " or ") + std::string(name(type));
  return out;
}

std::optional<Type> type_from(std::string_view text) { return core::enum_from<Type>(type_names, text); }
std::optional<Class> class_from(std::string_view text) { return core::enum_from<Class>(class_names, text); }

}  // namespace airlock::dictionary
