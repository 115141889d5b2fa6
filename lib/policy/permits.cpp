#include "policy/permits.hpp"

namespace airlock::policy {

using core::Code;
using core::fail;

std::string treatments_text(const redaction::Plan& plan, const dictionary::Dictionary& dictionary) {
  std::string text;
  const auto& fields = dictionary.fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    text += fields[i].path + "\n" + redaction::describe(plan.value(i)) + "\n" + redaction::describe(plan.key(i)) + "\n";
  }
  return text + (plan.undeclared() == redaction::Undeclared::refuse ? "refuse" : "drop");
}

Result<core::Permit> Permits::give(const core::Digest& leaf, const Carried& recorded, const Carried& fresh) {
  if (fresh.disposition > recorded.disposition) {
    return fail(Code::refused, "the decision is now `" + std::string(name(fresh.disposition)) + "`, and was `" +
                                   std::string(name(recorded.disposition)) + "`");
  }
  if (fresh.treatments != recorded.treatments) {
    return fail(Code::refused, "fields are now treated in another way than when the report was queued");
  }
  return core::Permit(leaf);
}

}  // namespace airlock::policy
