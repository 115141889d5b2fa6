#pragma once
/// \file
/// Repeatable random changes to an input: the same seed gives the same inputs on every machine.

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace airlock::test {

/// Numbers that depend on the seed only (the distributions of <random> differ between libraries).
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  /// From 0 up to, but not including, `bound`, which is not 0.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <typename List>
  const auto& pick(const List& list) {
    return list[below(std::size(list))];
  }

 private:
  std::mt19937_64 engine_;
};

class Mutator {
 public:
  /// `corpus` is not empty; `words` may be. No input has more than `longest` bytes.
  Mutator(std::vector<std::string> corpus, std::vector<std::string> words, std::size_t longest)
      : corpus_(std::move(corpus)), words_(std::move(words)), longest_(longest) {}

  /// One input of the corpus with one to five changes, more often few.
  std::string next(Random& random) const {
    std::string input = random.pick(corpus_).substr(0, longest_);
    for (std::size_t changes = 1 + random.below(1 + random.below(5)); changes > 0; --changes) change(random, input);
    return input.substr(0, longest_);
  }

 private:
  void change(Random& random, std::string& input) const {
    const std::size_t at = random.below(input.size() + 1);
    const std::size_t length = std::min(input.size() - at, random.below(random.one_in(4) ? 256 : 8));
    switch (random.below(7)) {
      case 0:
        if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << random.below(8)));
        break;
      case 1:
        input.insert(at, 1, static_cast<char>(random.below(256)));
        break;
      case 2:
        input.erase(at, length);
        break;
      case 3:
        input.insert(random.below(input.size() + 1), input.substr(at, length));
        break;
      case 4:
        splice(random, input, at);
        break;
      case 5:
        if (random.one_in(4)) input.resize(at);
        break;
      default:
        if (!words_.empty()) input.insert(at, random.pick(words_));
    }
  }

  /// Puts a piece of another input of the corpus in.
  void splice(Random& random, std::string& input, std::size_t at) const {
    const std::string& other = random.pick(corpus_);
    const std::size_t from = random.below(other.size() + 1);
    input.insert(at, other.substr(from, random.below(256)));
  }

  std::vector<std::string> corpus_;
  std::vector<std::string> words_;
  std::size_t longest_;
};

}  // namespace airlock::test
