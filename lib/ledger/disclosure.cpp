#include "ledger/disclosure.hpp"

#include <array>

#include "core/encoding.hpp"

namespace airlock::ledger {
namespace {

/// In the order of `Stage`.
constexpr std::array<std::string_view, 10> stage_names{"recorded", "sealed", "released",  "queued",    "attempted",
                                                       "failed",   "sent",   "withdrawn", "abandoned", "payload_lost"};
static_assert(stage_names.size() == static_cast<std::size_t>(Stage::payload_lost) + 1);

}  // namespace

std::string_view name(Stage stage) { return stage_names.at(static_cast<std::size_t>(stage)); }

std::optional<Stage> stage_from(std::string_view text) { return core::enum_from<Stage>(stage_names, text); }

}  // namespace airlock::ledger
