#include "dictionary/fits.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/ascii.hpp"
#include "core/encoding.hpp"
#include "dictionary/grammars.hpp"

namespace airlock::dictionary {
namespace {

using report::TokenKind;

bool fits_string(Type type, std::string_view text, const std::vector<std::string>& enum_values) {
  switch (type) {
    case Type::text:
      return !text.empty() && text.size() <= text_bytes_limit;
    case Type::uuid:
      return core::is_uuid(text);
    case Type::version:
      return is_version(text);
    case Type::time:
      return is_time(text);
    case Type::date:
      return is_date(text);
    case Type::duration:
      return is_duration(text);
    case Type::url:
      return is_url(text);
    case Type::hostname:
      return is_hostname(text);
    case Type::ip:
      return is_ip(text);
    case Type::email:
      return is_email(text);
    case Type::mac:
      return is_mac(text);
    case Type::id:
      return is_id(text);
    case Type::locale:
      return is_locale(text);
    case Type::opaque:
      return !text.empty() && text.size() <= opaque_bytes_limit;
    case Type::enumeration:
      return std::find(enum_values.begin(), enum_values.end(), text) != enum_values.end();
    case Type::empty:
      return text.empty();
    case Type::count:
    case Type::integer:
    case Type::number:
    case Type::epoch:
    case Type::epoch_ms:
    case Type::boolean:
      return false;
  }
  return false;
}

/// Whether the number is whole and has at most 64 bits with sign. JSON's grammar (RFC 8259 6) has already refused
/// leading zeros and plus signs.
bool is_integer(std::string_view text) {
  constexpr std::size_t always = 18;  // digits that fit, whatever they are
  if (text.size() <= always && core::is_digits(text)) return true;
  return core::number_from<std::int64_t>(text).has_value();
}

bool fits_number(Type type, std::string_view text) {
  switch (type) {
    case Type::count:
      return !text.starts_with('-') && is_integer(text);
    case Type::integer:
      return is_integer(text);
    case Type::number:
      return std::isfinite(core::number_from<double>(text).value_or(std::numeric_limits<double>::infinity()));
    case Type::epoch:
      return is_epoch(text);
    case Type::epoch_ms:
      return is_epoch_ms(text);
    default:
      return false;
  }
}

}  // namespace

bool fits(Type type, TokenKind kind, std::string_view text, const std::vector<std::string>& enum_values) {
  switch (kind) {
    case TokenKind::key:
    case TokenKind::string:
      return fits_string(type, text, enum_values);
    case TokenKind::number:
      return fits_number(type, text);
    case TokenKind::boolean:
      return type == Type::boolean;
    case TokenKind::begin_object:
    case TokenKind::begin_array:
      return type == Type::empty;
    case TokenKind::null:
    case TokenKind::end_object:
    case TokenKind::end_array:
    case TokenKind::end:
      return false;
  }
  return false;
}

std::optional<Type> first_fit(const Shape& shape, TokenKind kind, std::string_view text) {
  for (const Type type : shape.types) {
    if (fits(type, kind, text, shape.values)) return type;
  }
  return std::nullopt;
}

std::optional<Type> stand_in(const Shape& shape, TokenKind kind, std::string_view text) {
  if (kind == TokenKind::null) return shape.nullable ? std::optional(Type::empty) : std::nullopt;
  const bool is_sentinel = kind == TokenKind::number &&
                           std::find(shape.sentinels.begin(), shape.sentinels.end(), text) != shape.sentinels.end();
  return is_sentinel ? std::optional(Type::enumeration) : std::nullopt;
}

}  // namespace airlock::dictionary
