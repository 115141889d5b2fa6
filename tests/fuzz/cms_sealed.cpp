// AuthEnvelopedData: the strict walk, and opening with the recipient's key. Whatever opens is what was sealed.

#include "crypto/cms.hpp"

#include "crypto/key.hpp"
#include "crypto/profile.hpp"
#include "fuzz/target.hpp"
#include "fuzz/trust.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const crypto::Certificate recipient = trusted_certificate("recipient.crt");
  static const crypto::PrivateKey key = crypto::PrivateKey::from_pem(trusted("recipient.key")).value();
  constexpr std::uint64_t inner_maximum = 64 * 1024 * 1024;

  const core::MemoryBlob object(input_text(data, size));
  const auto layout = crypto::read_sealed(object);
  if (layout) {
    std::uint64_t length = 0;
    for (const crypto::ByteRange& piece : layout->ciphertext) length += piece.size;
    require(length <= size, "the ciphertext is part of the object");
    require(!layout->recipients.empty() && layout->recipients.size() <= crypto::recipients_limit,
            "the recipients are between one and the limit");
  }
  core::StringSink inner(inner_maximum);
  const auto opened = crypto::open(object, key, recipient, inner);
  if (!opened) return 0;
  require(layout.has_value(), "nothing opens that the walk refuses");
  require(was_signed(inner.bytes()), "what opens was sealed");
  return 0;
}
