#include "redaction/truncate.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "core/ascii.hpp"
#include "core/encoding.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "redaction/domain.hpp"
#include "redaction/figures.hpp"

namespace airlock::redaction {
namespace {

using dictionary::Type;

/// An IPv6 prefix under which an IPv4 address begins at bit `v4_at`.
struct Carrier {
  std::array<std::uint8_t, 12> prefix;
  std::size_t prefix_bytes;
  int v4_at;
};
constexpr std::array<Carrier, 5> carriers{{
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 12, 96},  // ::ffff:0:0/96, mapped
    {{}, 12, 96},                                          // ::/96, compatible
    {{0, 0x64, 0xFF, 0x9B}, 12, 96},                       // 64:ff9b::/96, NAT64
    {{0x20, 0x02}, 2, 16},                                 // 2002::/16, 6to4
    {{0x20, 0x01, 0, 0}, 4, 96},                           // 2001::/32, Teredo
}};

/// Sets all bits after the first `bits` to zero.
template <std::size_t size>
void keep_bits(std::array<std::uint8_t, size>& address, int bits) {
  for (std::size_t i = 0; i < size; ++i) {
    const int kept = std::clamp(bits - 8 * static_cast<int>(i), 0, 8);
    address[i] = static_cast<std::uint8_t>(address[i] & (0xFF00 >> kept));
  }
}

template <std::size_t size>
std::string address_text(int family, const std::array<std::uint8_t, size>& address) {
  std::array<char, INET6_ADDRSTRLEN> out{};
  return inet_ntop(family, address.data(), out.data(), out.size());
}

std::optional<std::string> truncate_ip(std::string_view text, int v4_bits, int v6_bits) {
  if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != text.npos) return std::nullopt;
  const std::string terminated(text);
  std::array<std::uint8_t, 4> v4{};
  if (inet_pton(AF_INET, terminated.c_str(), v4.data()) == 1) {
    keep_bits(v4, v4_bits);
    return address_text(AF_INET, v4);
  }
  std::array<std::uint8_t, 16> v6{};
  if (inet_pton(AF_INET6, terminated.c_str(), v6.data()) != 1) return std::nullopt;
  for (const Carrier& carrier : carriers) {
    if (v4_bits < 32 && std::equal(v6.begin(), v6.begin() + static_cast<std::ptrdiff_t>(carrier.prefix_bytes),
                                   carrier.prefix.begin())) {
      v6_bits = std::min(v6_bits, carrier.v4_at + v4_bits);
    }
  }
  keep_bits(v6, v6_bits);
  return address_text(AF_INET6, v6);
}

std::int64_t per_second(Type epoch) { return epoch == Type::epoch_ms ? 1000 : 1; }

std::optional<std::string> truncate_time(std::string_view text, Type type, core::Calendar unit) {
  const auto time = moment_of(type, text);
  if (!time) return std::nullopt;
  const core::Time start = core::start_of(unit, *time);
  if (type == Type::date) return start.date();
  if (type != Type::epoch && type != Type::epoch_ms) return start.text();
  // Never before 1970, since a number before it would be no epoch. So 0, which often means "never", stays.
  return std::to_string(std::max<std::int64_t>(start.seconds, 0) * per_second(type));
}

std::optional<std::string> truncate_version(std::string_view text, VersionPart part) {
  const auto is_digit = [&](std::size_t at) { return at < text.size() && core::is_digit(text[at]); };
  std::size_t end = text.starts_with('v') || text.starts_with('V') ? 1 : 0;
  if (!is_digit(end)) return std::nullopt;
  while (is_digit(end)) ++end;
  if (part == VersionPart::minor && end < text.size() && (text[end] == '.' || text[end] == '_') && is_digit(end + 1)) {
    ++end;
    while (is_digit(end)) ++end;
  }
  return std::string(text.substr(0, end));
}

}  // namespace

std::optional<core::Time> moment_of(Type type, std::string_view text) {
  if (type == Type::date) return core::read_rfc3339(std::string(text) + "T00:00:00Z");
  if (type != Type::epoch && type != Type::epoch_ms) return core::read_rfc3339(text);
  const auto number = core::number_from<std::int64_t>(text);
  if (!number || *number < 0) return std::nullopt;
  return core::Time{*number / per_second(type)};
}

std::optional<std::string> truncated(const Treatment& treatment, Type type, std::string_view text) {
  std::optional<std::string> out;
  switch (treatment.action) {
    case Action::suppress_below:
      if (!is_below(text, treatment.threshold)) out = std::string(text);
      break;
    case Action::round:
      out = treatment.digits != 0 ? rounded_to_digits(text, treatment.digits)
                                  : rounded_to_multiple(text, treatment.multiple);
      break;
    case Action::truncate_ip:
      out = truncate_ip(text, treatment.v4_bits, treatment.v6_bits);
      break;
    case Action::truncate_time:
      out = truncate_time(text, type, treatment.calendar);
      break;
    case Action::truncate_version:
      out = truncate_version(text, treatment.version_part);
      break;
    case Action::host_to_domain:
      out = domain_of(text);
      break;
    default:
      break;
  }
  // The leak scan ignores case. It would find the value in a truncation that differs only in case.
  if (out && core::to_lower(*out) == core::to_lower(text)) return std::string(text);
  return out;
}

}  // namespace airlock::redaction
