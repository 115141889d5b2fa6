// A bundle's manifest. What was read is written so that it is read again as the same.

#include "envelope/manifest.hpp"

#include "fuzz/target.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = envelope::parse_manifest(input_text(data, size));
  if (!read) return 0;
  const auto again = envelope::parse_manifest(envelope::to_document(*read));
  require(again && *again == *read, "a manifest is written as it was read");
  return 0;
}
