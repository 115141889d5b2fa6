// SignedData: the strict walk in front of OpenSSL, and verification under each trust store. Whatever verifies has a
// content that was truly signed.

#include "crypto/cms.hpp"

#include "crypto/profile.hpp"
#include "fuzz/target.hpp"
#include "fuzz/trust.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const crypto::Certificate root = trusted_certificate("vendor-root.crt");
  static const crypto::TrustStore stores[] = {
      {crypto::Role::licence, {root}},
      {crypto::Role::receipt, {root}},
      crypto::TrustStore::exactly(crypto::Role::site, {trusted_certificate("site.crt")})};
  constexpr std::uint64_t content_maximum = 64 * 1024 * 1024;

  const core::MemoryBlob object(input_text(data, size));
  const auto layout = crypto::read_signed(object);
  if (layout) {
    std::uint64_t length = 0;
    for (const crypto::ByteRange& piece : layout->content) length += piece.size;
    require(length <= size, "the content is part of the object");
    require(layout->signer < layout->certificates.size(), "the signer's certificate is one of the object's");
  }
  for (const crypto::TrustStore& store : stores) {
    const auto verified = crypto::verify(object, store);
    if (!verified) continue;
    require(layout.has_value(), "nothing verifies that the walk refuses");
    const auto content = core::to_string(verified->content(), content_maximum);
    require(content && was_signed(*content), "what verifies was signed");
  }
  return 0;
}
