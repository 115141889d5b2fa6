#pragma once
/// \file
/// The keys and certificates of a test vendor, and licences signed by them.

#include <doctest/doctest.h>

#include "crypto/cms.hpp"
#include "crypto/pem.hpp"
#include "example_licence.hpp"

namespace airlock::test {

struct Authority {
  crypto::PrivateKey key;
  crypto::Certificate certificate;
};

struct Validity {
  std::string_view from = "2026-01-01T00:00:00Z";
  std::string_view to = "2036-01-01T00:00:00Z";
};

inline crypto::PrivateKey new_key() { return crypto::PrivateKey::generate(crypto::KeyKind::p256).value(); }

inline Authority make_root(const std::string& name) {
  auto key = new_key();
  auto certificate = crypto::self_sign({.common_name = name,
                                        .roles = {},
                                        .not_before = time("2026-01-01T00:00:00Z"),
                                        .not_after = time("2046-01-01T00:00:00Z"),
                                        .ca = true,
                                        .uuid = {}},
                                       key);
  REQUIRE_MESSAGE(certificate, certificate.error().message);
  return {std::move(key), *certificate};
}

inline Authority make_below(const Authority& issuer, const std::string& name, std::vector<crypto::Role> roles, bool ca,
                            const Validity& validity = {}) {
  auto key = new_key();
  auto certificate = crypto::issue({.common_name = name,
                                    .roles = std::move(roles),
                                    .not_before = time(validity.from),
                                    .not_after = time(validity.to),
                                    .ca = ca,
                                    .uuid = {}},
                                   key.public_key(), issuer.certificate, issuer.key);
  REQUIRE_MESSAGE(certificate, certificate.error().message);
  return {std::move(key), *certificate};
}

/// `content` signed, as a hand-carried file.
inline std::string signed_file(std::string_view content, const Authority& signer,
                               std::vector<crypto::Certificate> chain = {}) {
  const auto der = crypto::sign(
      content,
      {.key = signer.key, .certificate = signer.certificate, .time = time("2026-11-01T00:00:00Z"), .chain = chain});
  REQUIRE_MESSAGE(der, der.error().message);
  return crypto::to_pem(crypto::cms_label, *der);
}

/// A vendor: its root, and who signs licences and kits.
struct Vendor {
  Authority root = make_root("Example Vendor Root");
  Authority licences = make_below(root, "Example Vendor Licences", {crypto::Role::licence}, false);
  Authority kits = make_below(root, "Example Vendor Kits", {crypto::Role::kit}, false);
  crypto::TrustStore trust{crypto::Role::licence, {root.certificate}};

  [[nodiscard]] std::string file(const licence::Licence& licence) const {
    return signed_file(to_document(licence), licences);
  }
};

/// One vendor for all tests: making keys costs time.
inline const Vendor& vendor() {
  static const Vendor vendor;
  return vendor;
}

}  // namespace airlock::test
