// The signed content of a receipt. Writing a receipt that was read, and reading it again, gives the same receipt.

#include "site/receipt.hpp"

#include "fuzz/target.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = site::parse_receipt(input_text(data, size));
  if (!read) return 0;
  require(read->items.size() <= site::receipt_items_limit, "no more items than allowed");
  const auto again = site::parse_receipt(site::to_document(*read));
  require(again && *again == *read, "a receipt is written as it was read");
  return 0;
}
