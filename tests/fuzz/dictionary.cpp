// A dictionary. Each of its declarations is found under its path, and a report is judged by it without a fault.

#include "dictionary/dictionary.hpp"

#include "fuzz/target.hpp"
#include "redaction/filter.hpp"
#include "redaction/inspect.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto dictionary = dictionary::Dictionary::parse(input_text(data, size), "dictionary.json");
  if (!dictionary) return 0;
  for (std::size_t i = 0; i < dictionary->fields().size(); ++i) {
    require(dictionary->find(dictionary->fields()[i].path) == i, "a declaration is found under its path");
  }
  static const crypto::Secret key(std::string(16, 'k'));
  constexpr std::string_view report =
      R"({"event":"usage","from":"2026-11-01T00:00:00Z","p":{"total":7,"teams":{"A":{"n":3}},"mail":"a@example.com"}})";
  (void)redaction::inspect(core::MemoryBlob(report), *dictionary, {}, key);
  return 0;
}
