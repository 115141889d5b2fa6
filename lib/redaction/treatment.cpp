#include "redaction/treatment.hpp"

#include <algorithm>
#include <array>

namespace airlock::redaction {
namespace {

using core::Calendar;

bool is_partial(Action action) {
  return action == Action::truncate_ip || action == Action::truncate_time || action == Action::truncate_version;
}

bool is_as_coarse(Calendar a, Calendar b) { return a == b || b == Calendar::day; }

/// What two partial treatments make; `so_far` may also be keep (none yet) or drop (two that did not compare).
Treatment join_partial(const Treatment& so_far, const Treatment& next) {
  if (so_far.action == Action::keep) return next;
  const bool calendars_compare =
      is_as_coarse(so_far.calendar, next.calendar) || is_as_coarse(next.calendar, so_far.calendar);
  if (so_far.action != next.action || !calendars_compare) return {.action = Action::drop};
  return {.action = next.action,
          .v4_bits = std::min(so_far.v4_bits, next.v4_bits),
          .v6_bits = std::min(so_far.v6_bits, next.v6_bits),
          .calendar = is_as_coarse(so_far.calendar, next.calendar) ? so_far.calendar : next.calendar,
          .version_part = std::max(so_far.version_part, next.version_part)};
}

}  // namespace

std::string_view name(Action action) {
  static constexpr std::array<std::string_view, 7> names{
      "keep", "truncate_ip", "truncate_time", "truncate_version", "pseudonymise", "mask", "drop"};
  return names[static_cast<std::size_t>(action)];
}

bool at_least(const Treatment& a, const Treatment& b) {
  if (!is_partial(a.action) || !is_partial(b.action)) return a.action >= b.action;
  return a.action == b.action && a.v4_bits <= b.v4_bits && a.v6_bits <= b.v6_bits &&
         is_as_coarse(a.calendar, b.calendar) && a.version_part >= b.version_part;
}

Treatment join(std::span<const Treatment> treatments) {
  Treatment partial;
  Treatment whole;
  for (const Treatment& treatment : treatments) {
    if (is_partial(treatment.action)) {
      partial = join_partial(partial, treatment);
    } else if (at_least(treatment, whole)) {
      whole = treatment;
    }
  }
  return at_least(whole, partial) ? whole : partial;
}

bool fits(const Treatment& treatment, dictionary::Type type) {
  switch (treatment.action) {
    case Action::truncate_ip:
      return type == dictionary::Type::ip;
    case Action::truncate_time:
      return type == dictionary::Type::time;
    case Action::truncate_version:
      return type == dictionary::Type::version;
    default:
      return true;
  }
}

std::string describe(const Treatment& treatment) {
  static constexpr std::array<std::string_view, 3> calendars{"day", "week", "month"};
  std::string out(name(treatment.action));
  if (treatment.action == Action::truncate_ip) {
    out += " to /" + std::to_string(treatment.v4_bits) + " and /" + std::to_string(treatment.v6_bits);
  } else if (treatment.action == Action::truncate_time) {
    out += " to ";
    out += calendars[static_cast<std::size_t>(treatment.calendar)];
  } else if (treatment.action == Action::truncate_version) {
    out += treatment.version_part == VersionPart::major ? " to major" : " to minor";
  }
  return out;
}

}  // namespace airlock::redaction
