// A sample or a JSON Schema. What is drafted from it is a dictionary, and the words in its names are found without a
// fault.

#include "dictionary/dictionary.hpp"

#include "fuzz/target.hpp"
#include "prover/draft.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = input_text(data, size);
  for (const bool is_schema : {false, true}) {
    prover::Drafter drafter;
    if (!(is_schema ? drafter.add_schema(text, "schema.json") : drafter.add_sample(text, "sample.json"))) continue;
    const auto draft = drafter.finish({.product = "example", .event = ""});
    if (!draft) continue;
    require(dictionary::Dictionary::parse(draft->text, "draft.json").has_value(), "a draft is a dictionary");
  }
  return 0;
}
