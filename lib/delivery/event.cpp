#include "delivery/event.hpp"

#include <array>

namespace airlock::delivery {

std::string_view name(SendOutcome outcome) {
  static constexpr std::array<std::string_view, 7> names{"skipped",   "sent",         "queued", "failed",
                                                         "withdrawn", "payload_lost", "held"};
  return names.at(static_cast<std::size_t>(outcome));
}

}  // namespace airlock::delivery
