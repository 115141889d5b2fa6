#pragma once
/// \file
/// Recipients and sealed objects for the tests of AuthEnvelopedData: of the API (seal_test), of the profile
/// (sealed_profile_test) and of altered bytes (sealed_bytes_test).

#include "kit.hpp"

namespace airlock::test {

inline const std::string report_text = "a report\n";

struct SealParties {
  Identity top = root();
  Identity site = leaf(top, Role::site);
  Identity p256 = leaf(top, Role::recipient, KeyKind::p256, "p256");
  Identity p384 = leaf(top, Role::recipient, KeyKind::p384, "p384");
  Identity rsa = leaf(top, Role::recipient, KeyKind::rsa, "rsa");
  TrustStore trust{Role::site, {top.certificate}};
  std::vector<Certificate> one{p256.certificate};
  std::vector<Certificate> all{p256.certificate, p384.certificate, rsa.certificate};
};

inline const SealParties& seal_parties() {
  static const SealParties value;
  return value;
}

/// What comes out of a sealed object after both layers were verified.
inline Result<std::string> opened_and_verified(std::string_view object, const Identity& recipient) {
  AIRLOCK_TRY(const std::string inner, opened(object, recipient));
  return content_of(inner, seal_parties().trust);
}

/// Why `open` refuses a sealed object.
inline std::string refusal_of_sealed(std::string_view object, const Identity& recipient = seal_parties().p256) {
  return why(opened(object, recipient));
}

/// The refusal of an object that OpenSSL alone opens: otherwise the test would show nothing.
inline std::string trap_of_sealed(std::string_view object, const Identity& recipient = seal_parties().p256) {
  CHECK(openssl_opens(object, recipient));
  return refusal_of_sealed(object, recipient);
}

/// The parts of an AuthEnvelopedData by OpenSSL, DER.
inline Node& recipient_infos(Node& whole) { return sealed_data(whole)[1]; }
inline Node& encrypted_content(Node& whole) { return sealed_data(whole)[2]; }
inline Node& content_cipher(Node& whole) { return encrypted_content(whole)[1]; }

}  // namespace airlock::test
