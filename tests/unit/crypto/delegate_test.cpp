#include "crypto/delegate.hpp"

#include "crypto/cms.hpp"
#include "crypto/signature.hpp"
#include "kit.hpp"

using namespace airlock;
using namespace airlock::test;

namespace {

CertificateTemplate signer_template() {
  return {.common_name = "elsewhere",
          .roles = {Role::site},
          .not_before = from,
          .not_after = until,
          .ca = false,
          .uuid = std::nullopt};
}

}  // namespace

TEST_CASE("a key that is kept elsewhere signs documents and certificates as the key itself does") {
  for (const KeyKind kind : {KeyKind::p256, KeyKind::p384, KeyKind::rsa}) {
    const PrivateKey kept = PrivateKey::generate(kind).value();
    int asked = 0;
    const PrivateKey key = delegated_key(kept.public_key(), [&](std::string_view digest) {
                             ++asked;
                             CHECK(digest.size() == digest_bytes(kind));
                             return sign_digest(kept, digest);
                           }).value();
    const auto certificate = self_sign(signer_template(), key);
    REQUIRE_MESSAGE(certificate, why(certificate));
    const auto object = sign("the content", {.key = key, .certificate = *certificate, .time = now});
    REQUIRE_MESSAGE(object, why(object));
    CHECK(asked == 2);
    const auto verified = verify(MemoryBlob(*object), TrustStore::exactly(Role::site, {*certificate}));
    CHECK_MESSAGE(verified, why(verified));
    const auto detached = sign_detached("the content", {.key = key, .certificate = *certificate, .time = now});
    CHECK_MESSAGE(detached, why(detached));
    // The key itself goes on as before.
    CHECK(sign("more", {.key = kept, .certificate = *certificate, .time = now}));
    CHECK(asked == 3);
  }
}

TEST_CASE("an answer that is no signature of the key is refused, and the reason of a refusal is told") {
  const PrivateKey kept = PrivateKey::generate(KeyKind::p256).value();
  const PrivateKey other = PrivateKey::generate(KeyKind::p256).value();
  const Certificate certificate = self_sign(signer_template(), kept).value();
  const auto answer_with = [&](DigestSigner signer) {
    const PrivateKey key = delegated_key(kept.public_key(), std::move(signer)).value();
    return why(sign("the content", {.key = key, .certificate = certificate, .time = now}));
  };
  const std::string wrong = "integrity: the answer of the key's keeper is no signature of that key";
  CHECK(answer_with([&](std::string_view digest) { return sign_digest(other, digest); }) == wrong);
  CHECK(answer_with([](std::string_view) { return Result<std::string>("nonsense"); }) == wrong);
  CHECK(answer_with([](std::string_view) { return Result<std::string>(std::string(5000, 'x')); }) == wrong);
  CHECK(answer_with([](std::string_view) { return Result<std::string>(""); }) == wrong);
  CHECK(answer_with([](std::string_view) -> Result<std::string> {
          return core::fail(core::Code::refused, "the token is gone");
        }) == "refused: the token is gone");
  CHECK(answer_with([](std::string_view) -> Result<std::string> {
          throw std::runtime_error("x");
        }).starts_with("unexpected: "));
}

TEST_CASE("only digests of the key's own size are signed, and Ed25519 keys are never kept elsewhere") {
  const PrivateKey key = PrivateKey::generate(KeyKind::p256).value();
  for (const std::size_t size : {0U, 1U, 20U, 31U, 33U, 48U, 64U}) {
    CHECK(why(sign_digest(key, std::string(size, 'x'))) == "bad_input: is not a digest that this key signs");
  }
  const std::string digest(32, 'x');
  const std::string signature = sign_digest(key, digest).value();
  CHECK(is_signature_of_digest(key.public_key(), digest, signature));
  CHECK_FALSE(is_signature_of_digest(key.public_key(), std::string(32, 'y'), signature));
  const PrivateKey edwards = PrivateKey::generate(KeyKind::ed25519).value();
  CHECK(digest_bytes(KeyKind::ed25519) == 0);
  CHECK_FALSE(sign_digest(edwards, digest));
  CHECK_FALSE(delegated_key(edwards.public_key(), [](std::string_view) { return Result<std::string>(""); }));
}
