// Scanner and editor of reports: same verdict and tokens as nlohmann/json for every input; for an accepted one the
// identity is byte for byte, and whatever is dropped or replaced, the rest is well-formed and unchanged.

#include "fuzz/target.hpp"
#include "unit/report/properties.hpp"

using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = input_text(data, size);
  if (const auto fault = differs_from_oracle(text)) require(false, *fault);
  if (why(text) != "accepted") return 0;
  // The input decides what goes, so that it alone reproduces a failure.
  std::size_t pattern = 1469598103934665603U;
  for (const char c : text) pattern = (pattern ^ static_cast<unsigned char>(c)) * 1099511628211U;
  const auto judge = [pattern](std::size_t number) {
    return static_cast<Verdict>(((pattern >> number % 59) ^ number) % 5);
  };
  if (const auto fault = edits_wrongly(text, judge)) require(false, *fault);
  return 0;
}
