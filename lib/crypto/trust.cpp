#include "crypto/trust.hpp"

#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "core/text.hpp"

namespace airlock::crypto {
namespace {

// OpenSSL's security level for 128 bits: at least RSA of 3072 bits, curves of 256 bits and SHA-256.
constexpr int security_level = 3;

tl::unexpected<core::Error> refuse(const Certificate& certificate, const std::string& why) {
  forget_errors();
  return core::fail(core::Code::integrity, "the certificate " + core::quote(certificate.subject()) + " " + why);
}

std::string lacks(Role role) { return "is not for the role " + core::quote(name(role)); }

/// The trust store as OpenSSL's: the strict rules of RFC 5280 and 128 bits of security, for any purpose, at any time.
Handle<X509_STORE> open_store(const TrustStore& trust) {
  Handle<X509_STORE> store(X509_STORE_new());
  ensure(store != nullptr, "trust store");
  for (const Certificate& root : trust.roots()) {
    ensure(X509_STORE_add_cert(store.get(), root.handle()) == 1, "trust store");
  }
  X509_VERIFY_PARAM* const rules = X509_STORE_get0_param(store.get());
  const unsigned long flags =
      X509_V_FLAG_X509_STRICT | X509_V_FLAG_NO_CHECK_TIME | (trust.is_exact() ? X509_V_FLAG_PARTIAL_CHAIN : 0UL);
  // OpenSSL must not judge purposes: `judge` looks for the role in every certificate.
  ensure(X509_VERIFY_PARAM_set_flags(rules, flags) == 1 && X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_ANY) == 1,
         "trust store");
  X509_VERIFY_PARAM_set_auth_level(rules, security_level);
  X509_VERIFY_PARAM_set_depth(rules, static_cast<int>(chain_limit) - 1);  // authorities between leaf and root
  return store;
}

}  // namespace

TrustStore::TrustStore(Role role, std::vector<Certificate> roots) : role_(role), roots_(std::move(roots)) {
  sound_ = std::all_of(roots_.begin(), roots_.end(), [&](const Certificate& root) {
    return root.is_ca() && root.is_self_issued() && (root.has_no_usage() || root.has_role(role));
  });
}

TrustStore TrustStore::exactly(Role role, std::vector<Certificate> certificates) {
  TrustStore store(role, {});
  store.roots_ = std::move(certificates);
  store.exact_ = true;
  return store;
}

TrustStore TrustStore::officers(std::vector<Certificate> certificates) {
  TrustStore store = exactly(Role::officer, std::move(certificates));
  store.asks_usage_ = false;
  return store;
}

Result<Validity> judge(const TrustStore& trust, const Certificate& signer, std::span<const Certificate> others) {
  if (!trust.is_sound()) {
    return core::fail(core::Code::integrity, "a trusted root for the role " + core::quote(name(trust.role())) +
                                                 " is not a self-signed authority for it");
  }
  const auto& registered = trust.roots();
  if (trust.is_exact() && std::find(registered.begin(), registered.end(), signer) == registered.end()) {
    return refuse(signer, "is not registered");
  }
  if (!signer.may_sign()) return refuse(signer, "may not sign, by its key usage");

  const Handle<X509_STORE> store = open_store(trust);
  const Handle<STACK_OF(X509)> untrusted(sk_X509_new_null());
  const Handle<X509_STORE_CTX> context(X509_STORE_CTX_new_ex(library(), nullptr));
  ensure(untrusted != nullptr && context != nullptr, "chain");
  for (const Certificate& other : others) ensure(sk_X509_push(untrusted.get(), other.handle()) > 0, "chain");
  ensure(X509_STORE_CTX_init(context.get(), store.get(), signer.handle(), untrusted.get()) == 1, "chain");
  if (X509_verify_cert(context.get()) != 1) {
    const int why = X509_STORE_CTX_get_error(context.get());
    return refuse(signer, std::string("is not trusted: ") + X509_verify_cert_error_string(why));
  }

  if (trust.asks_usage() && !signer.has_role(trust.role())) return refuse(signer, lacks(trust.role()));

  const STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(context.get());
  const int last = sk_X509_num(chain) - 1;
  const auto place = [&](const Certificate& certificate) {
    int at = last;
    while (at >= 0 && X509_cmp(sk_X509_value(chain, at), certificate.handle()) != 0) --at;
    return at;
  };
  Validity validity{signer.not_before(), signer.not_after()};
  const auto narrow = [&](const Certificate& certificate) {
    validity.from = std::max(validity.from, certificate.not_before());
    validity.until = std::min(validity.until, certificate.not_after());
  };
  for (const Certificate& other : others) {
    const int at = place(other);
    if (at < 0) return refuse(other, "is not part of the signer's chain");
    if (at < last && !other.has_role(trust.role())) return refuse(other, lacks(trust.role()));
    narrow(other);
  }
  for (const Certificate& root : trust.roots()) {
    if (place(root) >= 0) narrow(root);
  }
  return validity;
}

}  // namespace airlock::crypto
