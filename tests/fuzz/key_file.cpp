// Key files: a private key in PEM, one under a passphrase, the word for a token. A key that was read is written and
// read back.

#include "keeper/key_file.hpp"

#include "crypto/key.hpp"
#include "fuzz/target.hpp"
#include "sys/write_file.hpp"
#include "temporary_directory.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const TemporaryDirectory directory;
  static const std::string path = directory / "site.key";
  const std::string_view text = input_text(data, size);
  if (!sys::replace_file(path, text, sys::private_file)) return 0;
  const auto file = keeper::read_key_file(path);
  if (file && file->kept == keeper::KeyProtection::in_token) {
    require(keeper::check(file->token).has_value(), "a token's word that was read is fit to be kept");
  }
  if (const auto key = crypto::PrivateKey::from_pem(text)) {
    const auto again = crypto::PrivateKey::from_pem(key->pem().view());
    require(again && again->public_key() == key->public_key(), "a key is written as it was read");
  }
  (void)crypto::PublicKey::from_pem(text);
  return 0;
}
