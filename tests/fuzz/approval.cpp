// What an officer signs, and a text of several signatures. A statement that is read is written as the same, and
// whatever verifies as an `approvals.p7s` has no byte beside its signed objects.

#include "envelope/approval.hpp"

#include "fuzz/target.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = input_text(data, size);
  if (const auto all = envelope::verify_approvals(text)) {
    require(!all->empty() && text.starts_with("-----BEGIN CMS-----\n") && text.ends_with("-----END CMS-----\n"),
            "nothing stands beside the approvals");
  }
  const auto read = envelope::parse_approval(text);
  if (!read) return 0;
  const auto again = envelope::parse_approval(envelope::to_document(*read));
  require(again && *again == *read, "an approval is written as it was read");
  require(!envelope::mismatch(*read, *again), "an approval agrees with itself");
  return 0;
}
