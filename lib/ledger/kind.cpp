#include "ledger/kind.hpp"

#include <array>

#include "core/encoding.hpp"

namespace airlock::ledger {
namespace {

/// In the order of `Kind`.
constexpr std::array<std::string_view, 33> kind_names{
    "site_created",  "configured",   "licence",   "kit",       "authorised",   "hold",     "release",
    "produced",      "decided",      "sealed",    "queued",    "attempted",    "sent",     "send_failed",
    "withdrawn",     "withheld",     "held",      "refused",   "discarded",    "repeated", "released",
    "handed_over",   "acknowledged", "recovered", "abandoned", "payload_lost", "expired",  "key_rotated",
    "key_destroyed", "adopted",      "exported",  "approved",  "drop_refused"};
static_assert(kind_names.size() == static_cast<std::size_t>(Kind::drop_refused) + 1);

}  // namespace

std::string_view name(Kind kind) { return kind_names.at(static_cast<std::size_t>(kind)); }

std::optional<Kind> kind_from(std::string_view text) { return core::enum_from<Kind>(kind_names, text); }

bool is_ordered(Kind kind) {
  switch (kind) {
    case Kind::authorised:
    case Kind::hold:
    case Kind::release:
    case Kind::discarded:
    case Kind::handed_over:
    case Kind::key_rotated:
    case Kind::key_destroyed:
    case Kind::adopted:
    case Kind::exported:
      return true;
    default:
      return false;
  }
}

}  // namespace airlock::ledger
