#pragma once
/// \file
/// The partial treatments: what is left of an address, a time, a version, a number or a host. Pure text to text.

#include <optional>
#include <string>
#include <string_view>

#include "redaction/treatment.hpp"

namespace airlock::redaction {

/// What the partial treatment leaves of `text`; nothing where nothing is left of it, or it is not what the treatment is
/// for.
/// The result is `text` itself, byte for byte, where it differs in nothing but the case of letters.
///
/// truncate_ip: the address with all further bits zero, in the form of RFC 5952. An IPv4 address that is carried in an
/// IPv6 address (mapped and compatible, RFC 4291 2.5.5; NAT64, RFC 6052; 6to4, RFC 3056; Teredo, RFC 4380) keeps no
/// more of its bits than it would alone.
/// truncate_time: midnight UTC at the start of the day, week (Monday) or month: `2026-11-01T00:00:00Z`.
/// truncate_version: the first number or the first two, with a leading `v` where there is one: `v1.22.7-rc1` to
/// `v1.22`.
/// suppress_below: the number, or nothing where it is below the threshold. round: figures.hpp. host_to_domain:
/// domain.hpp.
[[nodiscard]] std::optional<std::string> truncated(const Treatment& treatment, std::string_view text);

}  // namespace airlock::redaction
