#pragma once
/// \file
/// Applies the partial treatments: what is left of an address, a time, a version, a number or a host. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "redaction/treatment.hpp"

namespace airlock::redaction {

/// What the partial treatment leaves of `text`, a value of `type`. Nothing if it leaves nothing, or cannot be applied
/// to such a text. If the result would differ from `text` in the case of letters only, it is `text` itself.
///
/// truncate_ip: the address with all other bits zero, in the form of RFC 5952. An IPv4 address inside an IPv6 address
/// (mapped and compatible, RFC 4291 2.5.5; NAT64, RFC 6052; 6to4, RFC 3056; Teredo, RFC 4380) keeps no more bits than
/// it would keep alone. truncate_time: midnight UTC at the start of the day, week (Monday) or month:
/// `2026-11-01T00:00:00Z`; of a date, the date of that day; of an epoch, the number of it, but never below 0.
/// truncate_version: the first number or the first two, with the leading `v` if there is one: `v1.22.7-rc1` to
/// `v1.22`. suppress_below: the number, or nothing if it is below the threshold. round: see
/// figures.hpp. host_to_domain: see domain.hpp.
[[nodiscard]] std::optional<std::string> truncated(const Treatment& treatment, dictionary::Type type,
                                                   std::string_view text);

/// The moment that a value of a type that says a time is: of a `date`, the first of its day (UTC). Nothing if `text` is
/// no such value.
[[nodiscard]] std::optional<core::Time> moment_of(dictionary::Type type, std::string_view text);

}  // namespace airlock::redaction
