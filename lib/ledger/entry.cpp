#include "ledger/entry.hpp"

#include <nlohmann/json.hpp>

namespace airlock::ledger {

std::string title(const Entry& entry) { return "ledger entry " + std::to_string(entry.seq); }

Result<core::Json> body_of(const Entry& entry) {
  return core::parse_json(entry.body, title(entry), {.bytes = entry_limit});
}

}  // namespace airlock::ledger
