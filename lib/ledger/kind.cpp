#include <algorithm>
#include <array>

#include "ledger/ledger.hpp"

namespace airlock::ledger {

namespace {

/// In the order of `Kind` and of `Stage`.
constexpr std::array<std::string_view, 32> kind_names{
    "site_created", "configured",    "licence",  "kit",       "authorised", "hold",         "release",
    "produced",     "decided",       "sealed",   "queued",    "attempted",  "sent",         "send_failed",
    "withdrawn",    "withheld",      "held",     "refused",   "discarded",  "repeated",     "approved",
    "released",     "handed_over",   "acknowledged", "exported", "recovered", "abandoned",  "payload_lost",
    "expired",      "key_rotated",   "key_destroyed", "adopted"};
static_assert(kind_names.size() == static_cast<std::size_t>(Kind::adopted) + 1);
constexpr std::array<std::string_view, 10> stage_names{"recorded", "sealed", "released",  "queued",    "attempted",
                                                       "failed",   "sent",   "withdrawn", "abandoned", "payload_lost"};
static_assert(stage_names.size() == static_cast<std::size_t>(Stage::payload_lost) + 1);

template <typename Enum, std::size_t size>
std::optional<Enum> find(const std::array<std::string_view, size>& names, std::string_view text) {
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view name(Kind kind) { return kind_names.at(static_cast<std::size_t>(kind)); }
std::optional<Kind> kind_from(std::string_view text) { return find<Kind>(kind_names, text); }

std::string_view name(Stage stage) { return stage_names.at(static_cast<std::size_t>(stage)); }
std::optional<Stage> stage_from(std::string_view text) { return find<Stage>(stage_names, text); }

}  // namespace airlock::ledger
