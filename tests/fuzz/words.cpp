// A list of words that never leave. A line that is no word names its number only; what is read is written back the
// same, and each word is found in itself, at either end of a text and between blanks.

#include "redaction/word_list.hpp"

#include "core/text.hpp"
#include "fuzz/target.hpp"
#include "redaction/needle_index.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto words = redaction::word_list_from(input_text(data, size), "words.txt");
  if (!words) {
    require(core::is_printable(words.error().message) && words.error().message.starts_with("`words.txt`: line "),
            "a message names the line");
    require(words.error().message.size() < 120, "a message has no word");
    return 0;
  }
  std::string written;
  for (const redaction::Word& word : *words) written += word.text + (word.any_ending ? "*\n" : "\n");
  const auto again = redaction::word_list_from(written, "words.txt");
  require(again && *again == *words, "a list is read back as it was");
  const redaction::NeedleIndex index(redaction::TakenOut(), *words, crypto::Secret(std::string(16, 'k')));
  for (const redaction::Word& word : *words) {
    const std::string text = core::to_lower(word.text);
    for (const std::string& in : {text, text + " x", "x " + text, "x " + text + " x"}) {
      redaction::SearchBudget budget(in.size());
      require(index.anywhere(in, true, budget).has_value(), "a word is found");
    }
  }
  return 0;
}
