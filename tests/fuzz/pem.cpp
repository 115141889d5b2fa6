// PEM files as they are carried by hand. Whatever is accepted means what the armour says that would be written of it.

#include "crypto/pem.hpp"

#include "fuzz/target.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(input_text(data, size));
  const auto der = crypto::from_pem(crypto::cms_label, text);
  if (!der) return 0;
  const std::string written = crypto::to_pem(crypto::cms_label, *der);
  const auto canonical = crypto::canonical_pem(crypto::cms_label, text);
  require(canonical && *canonical == written, "an accepted file is written as its one armour");
  const auto again = crypto::from_pem(crypto::cms_label, written);
  require(again && *again == *der, "what is written is read back");
  return 0;
}
