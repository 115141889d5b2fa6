#include "crypto/delegate.hpp"

#include "crypto/cms.hpp"
#include "crypto/digest_signature.hpp"
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

TEST_CASE("an answer that is no signature of the key is refused, and the reason of a refusal is reported") {
  const PrivateKey kept = PrivateKey::generate(KeyKind::p256).value();
  const PrivateKey other = PrivateKey::generate(KeyKind::p256).value();
  const Certificate certificate = self_sign(signer_template(), kept).value();
  const auto answer_with = [&](DigestSigner signer) {
    const PrivateKey key = delegated_key(kept.public_key(), std::move(signer)).value();
    return why(sign("the content", {.key = key, .certificate = certificate, .time = now}));
  };
  const std::string wrong = "integrity: the answer of the key agent is not a signature by this key";
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

TEST_CASE("an Ed25519 key is never kept elsewhere") {
  const PrivateKey key = PrivateKey::generate(KeyKind::ed25519).value();
  CHECK_FALSE(delegated_key(key.public_key(), [](std::string_view) { return Result<std::string>(""); }));
}
