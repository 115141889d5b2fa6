#pragma once
/// \file
/// Signers and signed objects for the tests of SignedData: of the API (sign_test), of the profile (signed_profile_test)
/// and of altered bytes (signed_bytes_test).

#include "kit.hpp"

namespace airlock::test {

inline const std::string licence_text = "{\"format\": \"airlock-licence/1\"}\n";

/// A root, the authority below it and a leaf, all for licences.
struct LicenceVendor {
  Identity top = root();
  Identity middle = authority(top, {Role::licence});
  Identity end = leaf(middle, Role::licence);
  std::vector<Certificate> chain{middle.certificate};
  TrustStore trust{Role::licence, {top.certificate}};

  [[nodiscard]] std::string signed_object() const { return sign(licence_text, signer(end, chain)).value(); }
};

inline const LicenceVendor& licence_vendor() {
  static const LicenceVendor value;
  return value;
}

/// Why `content_of` refuses a signed object.
inline std::string refusal_of_signed(const std::string& object, const TrustStore& trust = licence_vendor().trust) {
  return why(content_of(object, trust));
}

/// Objects of one signer right below the root, so that OpenSSL finds its chain without further certificates.
struct DirectSigners {
  Identity top = root();
  Identity end = leaf(top, Role::licence);
  Identity rsa = leaf(top, Role::licence, KeyKind::rsa);
  Identity p384 = leaf(top, Role::licence, KeyKind::p384);
  TrustStore trust{Role::licence, {top.certificate}};

  /// The refusal of an object that OpenSSL alone accepts: otherwise the test would show nothing.
  [[nodiscard]] std::string trap(const std::string& object) const {
    CHECK(openssl_verifies(object, top.certificate));
    return refusal_of_signed(object, trust);
  }
};

inline const DirectSigners& direct_signers() {
  static const DirectSigners value;
  return value;
}

}  // namespace airlock::test
