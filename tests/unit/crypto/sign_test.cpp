#include "crypto/cms.hpp"
#include "signed_objects.hpp"

using namespace airlock;
using namespace airlock::test;

TEST_CASE("what is signed verifies and gives content, signer and time back") {
  const LicenceVendor& v = licence_vendor();
  const std::string object = v.signed_object();
  const MemoryBlob blob(object);
  const auto verified = verify(blob, v.trust);
  REQUIRE_MESSAGE(verified, why(verified));
  CHECK(core::to_string(verified->content(), 1000).value() == licence_text);
  CHECK(verified->signer() == v.end.certificate);
  CHECK(verified->signing_time() == now);
}

TEST_CASE("a signature beside what it signs verifies with exactly that, and is not taken for a whole object") {
  const LicenceVendor& v = licence_vendor();
  const std::string beside = sign_detached(licence_text, signer(v.end, v.chain)).value();
  const MemoryBlob blob(beside);
  const auto verified = verify_detached(blob, licence_text, v.trust);
  REQUIRE_MESSAGE(verified, why(verified));
  CHECK(core::to_string(verified->content(), 1000).value() == licence_text);
  CHECK(verified->signer() == v.end.certificate);
  CHECK(verify_detached(blob, licence_text + " ", v.trust).error().code == core::Code::integrity);
  CHECK(verify_detached(blob, "", v.trust).error().code == core::Code::integrity);
  CHECK(verify_detached(blob, licence_text, direct_signers().trust).error().code == core::Code::integrity);
  CHECK(verify(blob, v.trust).error().code == core::Code::bad_input);
  const std::string object = v.signed_object();
  const MemoryBlob whole(object);
  CHECK(verify_detached(whole, licence_text, v.trust).error().code == core::Code::bad_input);
  for (std::size_t at = 0; at < beside.size(); at += 7) {
    std::string changed = beside;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const MemoryBlob other(changed);
    const auto result = verify_detached(other, licence_text, v.trust);
    // Some bytes are not signed; whatever verifies is the same signer's word for the same content.
    if (result) CHECK(result->signer() == v.end.certificate);
  }
}

TEST_CASE("every kind of signing key signs, with any content") {
  for (const Identity* identity : {&direct_signers().end, &direct_signers().p384, &direct_signers().rsa}) {
    for (const std::string& bytes : {std::string(), std::string("x"), std::string(100'000, 'x'), std::string(3, '\0'),
                                     std::string("line\nline\r\n")}) {
      const auto object = sign(bytes, signer(*identity));
      REQUIRE_MESSAGE(object, why(object));
      CHECK(content_of(*object, direct_signers().trust).value() == bytes);
      CHECK(openssl_verifies(*object, direct_signers().top.certificate));
    }
  }
}

TEST_CASE("a key that may not sign, or is not the certificate's, is refused") {
  const DirectSigners& d = direct_signers();
  const PrivateKey ed25519 = PrivateKey::generate(KeyKind::ed25519).value();
  CHECK(why(sign(licence_text, {ed25519, d.end.certificate, now})) ==
        "bad_input: an Ed25519 key cannot sign documents");
  CHECK(why(sign(licence_text, {d.p384.key, d.end.certificate, now})) ==
        "bad_input: the signing key does not belong to its certificate");
  const std::vector<Certificate> many(16, d.top.certificate);
  CHECK(why(sign(licence_text, signer(d.end, many))) == "bad_input: the signer's chain is too long");
}
