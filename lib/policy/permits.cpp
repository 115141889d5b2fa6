#include "policy/permits.hpp"

namespace airlock::policy {

using core::Code;
using core::fail;

std::string treatments_text(const redaction::Plan& plan, const dictionary::Dictionary& dictionary) {
  std::string text;
  const auto& fields = dictionary.fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    text += fields[i].path + "\n" + redaction::describe(plan.value(i)) + "\n";
    const std::size_t parts = fields[i].key ? fields[i].key->parts() : 1;
    for (std::size_t part = 0; part < parts; ++part) text += redaction::describe(plan.key_part(i, part)) + "\n";
  }
  return text + (plan.undeclared() == redaction::Undeclared::refuse ? "refuse" : "drop");
}

Result<core::Permit> Permits::give(const core::Digest& leaf, Terms recorded, const Terms& fresh) {
  recorded.recipients = fresh.recipients;
  recorded.destinations = fresh.destinations;
  const auto looser = loosenings(recorded, &fresh);
  if (looser.empty()) return core::Permit(leaf);
  std::string why = "the decision became stricter";
  constexpr std::size_t told = 3;
  for (std::size_t i = 0; i < looser.size() && i < told; ++i) {
    why += (i == 0 ? ": " : "; ") + looser[i].what + " was " + looser[i].to + " and is " + looser[i].from;
  }
  return fail(Code::refused, why + (looser.size() > told ? "; and more" : ""));
}

}  // namespace airlock::policy
