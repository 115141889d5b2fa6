#include "review/verdict.hpp"

#include <doctest/doctest.h>

namespace airlock::review {
namespace {

using dictionary::Class;

Tally tally(std::uint64_t kept, std::uint64_t coarsened, std::uint64_t pseudonymised, std::uint64_t masked) {
  return {kept, coarsened, pseudonymised, masked, 0, 0, 0};
}

}  // namespace

TEST_CASE("the verdict says that nothing of the three classes leaves only where nothing of them does") {
  Remaining remaining;
  remaining.classes[Class::usage] = tally(61, 0, 0, 0);
  CHECK(among_them(remaining) == "nothing of class person, location or identifier is among them");
  remaining.classes[Class::identifier] = tally(0, 0, 8, 0);
  CHECK(among_them(remaining) ==
        "nothing of class person or location is among them; of class identifier: 8 pseudonyms");
  remaining.classes[Class::location] = tally(1, 2, 0, 3);
  remaining.classes[Class::person] = tally(1000, 0, 0, 0);
  CHECK(among_them(remaining) ==
        "of class person: 1 000 values as they are; of class location: 1 value as it is, 2 rounded or "
        "truncated values and 3 masked values; of class identifier: 8 pseudonyms");
}

TEST_CASE("what has no class may be of any, so nothing is said to be absent") {
  Remaining remaining;
  remaining.twins = 81;
  CHECK(among_them(remaining) == "81 flattened copies of declared fields leave too, of any class");
  remaining.twins = 1;
  remaining.unknown = 2;
  CHECK(among_them(remaining) ==
        "1 flattened copy of a declared field leaves too, of any class; 2 values are of no declared class");
}

TEST_CASE("an amount is a number of bytes") {
  CHECK(amount(1) == "1 byte");
  CHECK(amount(3448) == "3 448 bytes");
}

}  // namespace airlock::review
