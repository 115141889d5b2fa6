#include <map>

#include "core/text.hpp"
#include "health/findings.hpp"
#include "policy/approvals.hpp"
#include "site/officers.hpp"

namespace airlock::health {
namespace {

using core::quote;

/// Every officer who can sign now.
std::vector<policy::Approver> able_officers(const gate::Inputs& inputs) {
  std::map<std::string, policy::Approver> by_key;
  for (const site::Officer& officer : inputs.officers.list) {
    if (!officer.is_valid_at(inputs.now)) continue;
    const std::string key = officer.certificate.key().sha256().hex();
    policy::Approver& approver = by_key[key];
    approver.key_sha256 = key;
    if (!officer.kind.empty()) approver.kinds.insert(officer.kind);
  }
  std::vector<policy::Approver> out;
  for (auto& [key, approver] : by_key) out.push_back(std::move(approver));
  return out;
}

}  // namespace

void look_at_officers(const gate::Inputs& inputs, Findings& findings) {
  const std::string folder = quote(inputs.site.path(site::layout::officers_trust));
  for (const core::Error& problem : inputs.officers.problems) {
    findings.broken("officer", problem, "put the officer's certificate there again, or remove the file");
  }
  for (const site::Officer& officer : inputs.officers.list) {
    const std::string kind = officer.kind.empty() ? "" : ", of kind " + quote(officer.kind);
    findings.certificate("officer", quote(officer.certificate.subject()) + " approves" + kind, officer.certificate,
                         "have her next certificate put into " + folder, Health::warn);
  }
  const policy::Approvals asked = inputs.approvals();
  if (asked.none()) return;
  const auto missing = policy::missing_from(asked, able_officers(inputs));
  if (missing.none()) {
    findings.add("approvals", Health::ok, "asked for: " + policy::in_words(asked));
    return;
  }
  findings.add("approvals", Health::fail,
               "the officers in " + folder + " cannot give the approvals that are asked for, so nothing leaves: " +
                   policy::in_words(missing) + " are missing",
               "put their certificates there, each in the folder of its kind");
}

}  // namespace airlock::health
