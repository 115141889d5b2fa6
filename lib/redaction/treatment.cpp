#include "redaction/treatment.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace airlock::redaction {
namespace {

using core::Calendar;

/// Compares two truncations of times. True for treatments of other kinds, which all have the same calendar.
bool is_as_coarse(Calendar a, Calendar b) { return a == b || b == Calendar::day; }

/// Compares two roundings. True for treatments of other kinds, which have neither multiple nor digits.
bool rounds_as_coarsely(const Treatment& a, const Treatment& b) {
  if (a.multiple == 0 || b.multiple == 0) return a.multiple == b.multiple && a.digits <= b.digits;
  return a.multiple % b.multiple == 0;
}

/// Whether `a` is at least as coarse as `b`, both partial and of one kind. Ignores addresses: each address family has
/// its own setting, so neither of two may be coarser.
bool is_as_coarse(const Treatment& a, const Treatment& b) {
  return is_as_coarse(a.calendar, b.calendar) && a.version_part >= b.version_part && a.threshold >= b.threshold &&
         rounds_as_coarsely(a, b);
}

/// What two partial treatments make together: drop if they do not compare.
Treatment join_partial(const Treatment& a, const Treatment& b) {
  if (a.action != b.action) return {.action = Action::drop};
  if (a.action == Action::truncate_ip) {
    return {.action = a.action, .v4_bits = std::min(a.v4_bits, b.v4_bits), .v6_bits = std::min(a.v6_bits, b.v6_bits)};
  }
  if (is_as_coarse(a, b)) return a;
  return is_as_coarse(b, a) ? b : Treatment{.action = Action::drop};
}

/// What all partial treatments make together; keep if there are none. Each is compared with each other one: multiples
/// of 10 and of 15 do not compare, and adding a multiple of 30 must not hide that.
Treatment join_partials(std::span<const Treatment> treatments) {
  std::vector<Treatment> seen;
  Treatment out;
  for (const Treatment& next : treatments) {
    if (!is_partial(next.action) || std::find(seen.begin(), seen.end(), next) != seen.end()) continue;
    for (const Treatment& other : seen) {
      if (join_partial(other, next).action == Action::drop) return {.action = Action::drop};
    }
    out = seen.empty() ? next : join_partial(out, next);
    // Thresholds and addresses can always be joined, so only the result is remembered. Of other kinds there are few
    // settings that compare.
    if (next.action == Action::suppress_below || next.action == Action::truncate_ip) {
      seen.assign(1, out);
    } else {
      seen.push_back(next);
    }
  }
  return out;
}

}  // namespace

std::string_view name(Action action) {
  static constexpr std::array<std::string_view, 10> names{
      "keep",           "suppress_below", "round", "truncate_ip", "truncate_time", "truncate_version",
      "host_to_domain", "pseudonymise",   "mask",  "drop"};
  return names[static_cast<std::size_t>(action)];
}

bool at_least(const Treatment& a, const Treatment& b) {
  if (!is_partial(a.action) || !is_partial(b.action)) return a.action >= b.action;
  return a.action == b.action && a.v4_bits <= b.v4_bits && a.v6_bits <= b.v6_bits && is_as_coarse(a, b);
}

Treatment join(std::span<const Treatment> treatments) {
  const Treatment partial = join_partials(treatments);
  Treatment whole;
  for (const Treatment& treatment : treatments) {
    if (!is_partial(treatment.action) && at_least(treatment, whole)) whole = treatment;
  }
  return at_least(whole, partial) ? whole : partial;
}

bool fits(const Treatment& treatment, dictionary::Type type) {
  using dictionary::Type;
  switch (treatment.action) {
    case Action::keep:
    case Action::drop:
      return true;
    case Action::suppress_below:
      return dictionary::is_figure(type);
    case Action::round:
      return type == Type::count || type == Type::integer || (type == Type::number && treatment.digits != 0);
    case Action::host_to_domain:
      return type == Type::hostname || type == Type::url;
    case Action::truncate_ip:
      return type == Type::ip;
    case Action::truncate_time:
      return type == Type::time || type == Type::date || type == Type::epoch || type == Type::epoch_ms;
    case Action::truncate_version:
      return type == Type::version;
    case Action::pseudonymise:
    case Action::mask:
      return type != Type::opaque;
  }
  return false;
}

std::string describe(const Treatment& treatment) {
  static constexpr std::array<std::string_view, 3> calendars{"day", "week", "month"};
  std::string out(name(treatment.action));
  if (treatment.action == Action::truncate_ip) {
    out += " to /" + std::to_string(treatment.v4_bits) + " and /" + std::to_string(treatment.v6_bits);
  } else if (treatment.action == Action::truncate_time) {
    out += " to ";
    out += calendars[static_cast<std::size_t>(treatment.calendar)];
  } else if (treatment.action == Action::suppress_below) {
    out += " " + std::to_string(treatment.threshold);
  } else if (treatment.action == Action::round) {
    out += treatment.digits != 0 ? " to " + std::to_string(treatment.digits) + " significant"
                                 : " to multiples of " + std::to_string(treatment.multiple);
  } else if (treatment.action == Action::truncate_version) {
    out += treatment.version_part == VersionPart::major ? " to major" : " to minor";
  }
  return out;
}

bool at_least(const Treatments& a, const Treatments& b) {
  const auto is_for = [&](const auto& each) { return at_least(a.of(each.first), b.of(each.first)); };
  return at_least(a.base, b.base) && std::all_of(a.by_type.begin(), a.by_type.end(), is_for) &&
         std::all_of(b.by_type.begin(), b.by_type.end(), is_for);
}

Action weakest(const Treatments& treatments, const dictionary::Shape& shape) {
  Action out = shape.sentinels.empty() && !shape.types.empty() ? Action::drop : treatments.base.action;
  for (const dictionary::Type type : shape.types) out = std::min(out, treatments.of(type).action);
  return out;
}

std::string describe(const Treatments& treatments) {
  std::string out = describe(treatments.base);
  for (const auto& [type, treatment] : treatments.by_type) {
    out += "; type " + std::string(dictionary::name(type)) + ": " + describe(treatment);
  }
  return out;
}

}  // namespace airlock::redaction
