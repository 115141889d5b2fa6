#include "dictionary/fits.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/ascii.hpp"
#include "core/encoding.hpp"
#include "core/text.hpp"
#include "core/time.hpp"

namespace airlock::dictionary {
namespace {

using report::TokenKind;

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

template <typename Predicate>
bool all(std::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

/// Whether `text` consists of 1 to `maximum` parts with dots between them, each of which satisfies `is_part`.
template <typename Predicate>
bool is_dotted(std::string_view text, std::size_t maximum, Predicate is_part) {
  for (std::size_t parts = 1; parts <= maximum; ++parts) {
    const auto dot = text.find('.');
    if (!is_part(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
  return false;
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         all(label, [](char c) { return core::is_alphanumeric(c) || c == '-'; });
}

/// RFC 1123 2.1. A name whose last label has digits only is refused, since it looks like an address.
bool is_hostname(std::string_view text) {
  return text.size() <= hostname_bytes_limit && is_dotted(text, hostname_bytes_limit, is_label) &&
         !all(text.substr(text.rfind('.') + 1), core::is_digit);  // npos + 1 == 0
}

bool is_address(int family, std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> copy{};
  std::array<unsigned char, sizeof(in6_addr)> address{};
  if (text.size() >= copy.size() || text.find('\0') != std::string_view::npos) return false;
  std::copy(text.begin(), text.end(), copy.begin());
  return inet_pton(family, copy.data(), address.data()) == 1;
}

bool is_ip(std::string_view text) { return is_address(AF_INET, text) || is_address(AF_INET6, text); }

bool is_email(std::string_view text) {
  const auto is_atom = [](std::string_view atom) {
    return !atom.empty() &&
           all(atom, [](char c) { return core::is_alphanumeric(c) || is_one_of(c, "!#$%&'*+-/=?^_`{|}~"); });
  };
  const auto at = text.find('@');
  return at <= local_part_bytes_limit && text.size() <= email_bytes_limit &&
         is_dotted(text.substr(0, at), local_part_bytes_limit, is_atom) && is_hostname(text.substr(at + 1));
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && all(text, core::is_digit) &&
         core::number_from<std::uint16_t>(text).has_value();
}

/// RFC 3986 3.2 without userinfo: a password has no place in a report.
bool is_authority(std::string_view text) {
  std::size_t host_end = 0;
  if (text.starts_with('[')) {
    const auto bracket = text.find(']');
    if (bracket == std::string_view::npos || !is_address(AF_INET6, text.substr(1, bracket - 1))) return false;
    host_end = bracket + 1;
  } else {
    host_end = std::min(text.find(':'), text.size());
    const auto host = text.substr(0, host_end);
    if (!is_hostname(host) && !is_address(AF_INET, host)) return false;
  }
  const auto port = text.substr(host_end);
  return port.empty() || (port.front() == ':' && is_port(port.substr(1)));
}

/// Path, query and fragment of RFC 3986 3.3 to 3.5.
bool is_url_tail(std::string_view text) {
  bool in_fragment = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '#') {
      if (in_fragment) return false;
      in_fragment = true;
    } else if (c == '%') {
      if (text.size() - i < 3 || core::hex_value(text[i + 1]) < 0 || core::hex_value(text[i + 2]) < 0) return false;
    } else if (!core::is_alphanumeric(c) && !is_one_of(c, "-._~!$&'()*+,;=:@/?")) {
      return false;
    }
  }
  return true;
}

bool is_url(std::string_view text) {
  if (text.size() > url_bytes_limit) return false;
  const auto scheme_end = text.find("://");
  const std::string scheme = core::to_lower(text.substr(0, std::min<std::size_t>(scheme_end, 6)));
  if (scheme_end == std::string_view::npos || (scheme != "http" && scheme != "https")) return false;
  text.remove_prefix(scheme_end + 3);
  const auto authority_end = std::min(text.find_first_of("/?#"), text.size());
  return is_authority(text.substr(0, authority_end)) && is_url_tail(text.substr(authority_end));
}

/// `["v"] 1*6(number) ["-" identifiers] ["+" identifiers]`: Semantic Versioning 2.0.0, but with 1 to 6 numbers, which
/// may begin with zeros.
bool is_version(std::string_view text) {
  constexpr std::size_t numbers_limit = 6;
  constexpr std::size_t digits_limit = 10;
  const auto is_identifier = [](std::string_view part) {
    return !part.empty() && all(part, [](char c) { return core::is_alphanumeric(c) || c == '-'; });
  };
  const auto is_version_number = [](std::string_view part) {
    return !part.empty() && part.size() <= digits_limit && all(part, core::is_digit);
  };
  if (text.size() > version_bytes_limit) return false;
  if (text.starts_with('v')) text.remove_prefix(1);
  if (const auto plus = text.find('+'); plus != std::string_view::npos) {
    if (!is_dotted(text.substr(plus + 1), version_bytes_limit, is_identifier)) return false;
    text = text.substr(0, plus);
  }
  if (const auto dash = text.find('-'); dash != std::string_view::npos) {
    if (!is_dotted(text.substr(dash + 1), version_bytes_limit, is_identifier)) return false;
    text = text.substr(0, dash);
  }
  return is_dotted(text, numbers_limit, is_version_number);
}

bool fits_string(Type type, std::string_view text, const std::vector<std::string>& enum_values) {
  switch (type) {
    case Type::text:
      return !text.empty() && text.size() <= text_bytes_limit;
    case Type::uuid:
      return core::is_uuid(text);
    case Type::version:
      return is_version(text);
    case Type::time:
      return text.size() <= time_bytes_limit && core::read_rfc3339(text).has_value();
    case Type::url:
      return is_url(text);
    case Type::hostname:
      return is_hostname(text);
    case Type::ip:
      return is_ip(text);
    case Type::email:
      return is_email(text);
    case Type::enumeration:
      return std::find(enum_values.begin(), enum_values.end(), text) != enum_values.end();
    case Type::empty:
      return text.empty();
    case Type::count:
    case Type::integer:
    case Type::number:
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
