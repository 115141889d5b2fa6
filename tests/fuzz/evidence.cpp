// The document of an evidence archive. What was read is written so that it is read again as the same.

#include "fuzz/target.hpp"
#include "review/evidence_document.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = review::parse_evidence(input_text(data, size));
  if (!read) return 0;
  const auto again = review::parse_evidence(review::to_document(*read));
  require(again && *again == *read, "evidence.json is written as it was read");
  return 0;
}
