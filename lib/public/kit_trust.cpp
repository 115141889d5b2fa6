#include "public/kit_trust.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "sys/write_file.hpp"

namespace airlock::published {
namespace {

using core::Code;
using core::fail;
using core::quote;
using crypto::Certificate;

bool contains(const std::vector<Certificate>& list, const Certificate& wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

}  // namespace

core::Result<void> verify_kit_trust(KitTrust& kit, const crypto::TrustStore& trust) {
  std::vector<Certificate> roots = trust.roots();
  for (const auto& successor : kit.successors) {
    const bool signed_for = std::any_of(roots.begin(), roots.end(),
                                        [&](const Certificate& root) { return crypto::succeeds(root, successor); });
    if (!contains(trust.roots(), successor.root) && !signed_for) {
      return fail(Code::integrity,
                  "the successor root " + quote(successor.root.subject()) + " is not signed by a trusted root",
                  "do not install it; ask the vendor");
    }
    roots.push_back(successor.root);
  }
  std::vector<crypto::RevocationList> lists;
  for (auto& list : kit.lists) {
    const auto issuer =
        std::find_if(roots.begin(), roots.end(), [&](const Certificate& root) { return list.is_issued_by(root); });
    if (issuer == roots.end()) {
      if (std::none_of(roots.begin(), roots.end(), [&](const Certificate& root) { return list.names(root); })) continue;
      return fail(Code::integrity, "`crl.pem` contains a list that no trusted root has signed", "ask the vendor");
    }
    const core::Digest key = issuer->key().sha256();
    if (std::find(kit.list_issuers.begin(), kit.list_issuers.end(), key) != kit.list_issuers.end()) {
      return fail(Code::integrity, "`crl.pem` contains two lists of " + quote(issuer->subject()), "ask the vendor");
    }
    kit.list_issuers.push_back(key);
    lists.push_back(std::move(list));
  }
  kit.lists = std::move(lists);
  return {};
}

std::vector<Certificate> roots_for(crypto::Role role, const std::vector<Certificate>& certificates) {
  std::vector<Certificate> out;
  for (const Certificate& certificate : certificates) {
    if (certificate.has_no_usage() || certificate.has_role(role)) out.push_back(certificate);
  }
  return out;
}

}  // namespace airlock::published
