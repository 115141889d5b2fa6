// PEM files as they are carried by hand. Whatever is accepted is, but for how its lines end, what would be written.

#include "crypto/pem.hpp"

#include <algorithm>

#include "fuzz/target.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(input_text(data, size));
  const auto der = crypto::from_pem(crypto::cms_label, text);
  if (!der) return 0;
  const std::string written = crypto::to_pem(crypto::cms_label, *der);
  std::erase(text, '\r');
  require(text == written, "no byte of an accepted file is without meaning");
  const auto again = crypto::from_pem(crypto::cms_label, written);
  require(again && *again == *der, "what is written is read back");
  return 0;
}
