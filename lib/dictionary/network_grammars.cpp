#include <arpa/inet.h>

#include <array>

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "dictionary/field.hpp"
#include "dictionary/grammar_parts.hpp"
#include "dictionary/grammars.hpp"

namespace airlock::dictionary {
namespace {

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         all(label, [](char c) { return core::is_alphanumeric(c) || c == '-'; });
}

bool is_address(int family, std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> copy{};
  std::array<unsigned char, sizeof(in6_addr)> address{};
  if (text.size() >= copy.size() || text.find('\0') != std::string_view::npos) return false;
  std::copy(text.begin(), text.end(), copy.begin());
  return inet_pton(family, copy.data(), address.data()) == 1;
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

}  // namespace

/// RFC 1123 2.1. A name whose last label has digits only is refused, since it looks like an address.
bool is_hostname(std::string_view text) {
  return text.size() <= hostname_bytes_limit && is_dotted(text, hostname_bytes_limit, is_label) &&
         !all(text.substr(text.rfind('.') + 1), core::is_digit);  // npos + 1 == 0
}

bool is_ip(std::string_view text) { return is_address(AF_INET, text) || is_address(AF_INET6, text); }

/// Six pairs of hex digits with colons or dashes between them (IEEE 802), or three groups of four with dots.
bool is_mac(std::string_view text) {
  const std::size_t group = text.size() == 14 ? 4 : 2;
  if (text.size() != 14 && text.size() != 17) return false;
  const char separator = text[group];
  if (group == 4 ? separator != '.' : separator != ':' && separator != '-') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool between = i % (group + 1) == group;
    if (between ? text[i] != separator : core::hex_value(text[i]) < 0) return false;
  }
  return true;
}

bool is_email(std::string_view text) {
  const auto is_atom = [](std::string_view atom) {
    return !atom.empty() &&
           all(atom, [](char c) { return core::is_alphanumeric(c) || is_one_of(c, "!#$%&'*+-/=?^_`{|}~"); });
  };
  const auto at = text.find('@');
  return at <= local_part_bytes_limit && text.size() <= email_bytes_limit &&
         is_dotted(text.substr(0, at), local_part_bytes_limit, is_atom) && is_hostname(text.substr(at + 1));
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

}  // namespace airlock::dictionary
