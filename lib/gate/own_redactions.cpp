#include "gate/own_redactions.hpp"

#include "core/text.hpp"

namespace airlock::gate {
namespace {

/// Judges a redaction by making a plan of it alone: the error of that plan is its problem.
OwnRedaction judged(const redaction::Redaction& redaction, const site::Kit* kit) {
  OwnRedaction out{.redaction = redaction, .problem = {}, .hint = {}};
  if (kit == nullptr) return out;
  const redaction::Profile alone{"redact_also", redaction::Undeclared::drop, {redaction}};
  const auto plan = redaction::Plan::make(kit->dictionary, {&alone, 1});
  if (plan) return out;
  out.problem = plan.error().message;
  out.hint = "correct it in that file, or ask the vendor for a kit that declares it; reports are held until then";
  return out;
}

}  // namespace

std::vector<OwnRedaction> own_redactions(const site::Configuration& configuration, const site::Machine& machine,
                                         const site::Kit* kit) {
  std::vector<OwnRedaction> out;
  for (const auto& redaction : configuration.redact_also) out.push_back(judged(redaction, kit));
  for (const auto& redaction : machine.redact_also) out.push_back(judged(redaction, kit));
  return out;
}

std::vector<OwnRedaction> own_redactions(const Inputs& inputs) {
  return own_redactions(inputs.site.configuration(), inputs.machine, inputs.kit ? &*inputs.kit : nullptr);
}

std::vector<redaction::Redaction> own_redactions_in_force(const Inputs& inputs) {
  std::vector<redaction::Redaction> out;
  for (OwnRedaction& own : own_redactions(inputs)) {
    if (own.problem.empty()) out.push_back(std::move(own.redaction));
  }
  return out;
}

std::string in_words(const redaction::Redaction& redaction) {
  return redaction::selection_of(redaction) + ": " + redaction::describe(redaction.treatment);
}

}  // namespace airlock::gate
