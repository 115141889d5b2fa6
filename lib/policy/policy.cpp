#include "policy/policy.hpp"

#include <set>

#include "core/text.hpp"
#include "policy/decide.hpp"

namespace airlock::policy {
Policy::Policy(std::unique_ptr<const PolicyDocument> document) : document_(std::move(document)) {}
Policy::Policy(Policy&&) noexcept = default;
Policy& Policy::operator=(Policy&&) noexcept = default;
Policy::~Policy() = default;

Result<Policy> Policy::parse(std::string_view text, std::string_view name, const dictionary::Dictionary& dictionary) {
  AIRLOCK_TRY(auto document, read_document(text, name, dictionary));
  return Policy(std::make_unique<const PolicyDocument>(std::move(document)));
}

const PolicyDocument& Policy::document() const { return *document_; }
const std::string& Policy::name() const { return document_->name; }
const std::string& Policy::version() const { return document_->version; }

std::vector<std::string> Policy::entitlements() const {
  std::set<std::string> out(document_->entitlements.begin(), document_->entitlements.end());
  for (const Rule& rule : document_->rules) out.insert(rule.when.entitlements.begin(), rule.when.entitlements.end());
  for (const Claim& claim : document_->claims) {
    out.insert(claim.where.entitlements.begin(), claim.where.entitlements.end());
  }
  for (const auto& [tier_name, tier] : document_->tiers) {
    for (const Disposition granted : tier.may) out.emplace(policy::name(granted));
  }
  return {out.begin(), out.end()};
}

std::vector<std::string> Policy::tiers() const {
  std::vector<std::string> out;
  for (const auto& [name, tier] : document_->tiers) out.push_back(name);
  return out;
}

Decision Policy::decide(const DecisionFacts& facts) const { return policy::decide(*document_, facts); }

Result<redaction::Plan> Policy::plan(const Decision& decision, const dictionary::Dictionary& dictionary,
                                     std::span<const redaction::Redaction> redact_also) const {
  std::vector<redaction::Profile> profiles;
  for (const auto& name : decision.profiles) {
    const auto found = document_->profiles.find(name);
    if (found == document_->profiles.end()) {
      return core::fail(core::Code::refused, "policy " + core::quote(document_->name) + " has no profile " +
                                                 core::quote(name) + ", which the decision names");
    }
    profiles.push_back(found->second);
  }
  if (!redact_also.empty()) {
    // `drop` does not weaken any other profile. But alone it would be looser than having no profile at all.
    const auto undeclared = profiles.empty() ? redaction::Undeclared::refuse : redaction::Undeclared::drop;
    profiles.push_back({"redact_also", undeclared, {redact_also.begin(), redact_also.end()}});
  }
  return redaction::Plan::make(dictionary, profiles);
}

}  // namespace airlock::policy
