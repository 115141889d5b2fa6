#include "gate/named_text.hpp"

#include <nlohmann/json.hpp>

#include "core/digest.hpp"

namespace airlock::gate {

Result<std::optional<std::string>> text_named_in(const core::Json& body, std::string_view member,
                                                 const ledger::Ledger& ledger) {
  const auto named = body.find(std::string(member) + "_sha256");
  if (named == body.end()) return std::nullopt;
  AIRLOCK_TRY(const auto digest, core::Digest::from_hex(named->is_string() ? named->get<std::string>() : ""));
  return ledger.text(digest);
}

}  // namespace airlock::gate
