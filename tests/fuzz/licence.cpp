// The signed content of a licence. What was read is written so that it is read again as the same.

#include "licence/licence.hpp"

#include "fuzz/target.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = licence::parse(input_text(data, size), "licence");
  if (!read) return 0;
  const auto again = licence::parse(licence::to_document(*read), "licence");
  require(again && *again == *read, "a licence is written as it was read");
  require(read->not_before < read->not_after, "a term has a length");
  return 0;
}
