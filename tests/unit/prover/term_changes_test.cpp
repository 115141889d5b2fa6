// What the ceiling's order says about two rulings: looser, stricter, and never both.

#include "prover/term_changes.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace airlock;
using policy::Terms;
using prover::Direction;

namespace {

Terms terms_with(const std::string& path, const policy::FieldTerms& value) {
  Terms out;
  out.disposition = policy::Disposition::send;
  out.event = "/event";
  out.values["/event"] = {{}, {"text"}};
  out.values[path] = value;
  return out;
}

std::vector<std::string> told(const Terms& before, const Terms& after) {
  std::vector<std::string> out;
  for (const auto& change : prover::term_changes(before, after)) out.push_back(prover::in_words(change));
  return out;
}

using Texts = std::vector<std::string>;

TEST_CASE("one more value is looser, and one fewer stricter, each told from the old ruling to the new one") {
  const auto few = terms_with("/db", {{}, {"enum mysql", "enum pg"}, dictionary::Class::deployment, {}});
  const auto more =
      terms_with("/db", {{}, {"enum cockroach", "enum mysql", "enum pg"}, dictionary::Class::deployment, {}});
  CHECK(told(few, more) == Texts{"`/db`, class `deployment`: one enum value more: `cockroach`, looser"});
  CHECK(told(more, few) == Texts{"`/db`, class `deployment`: one enum value fewer: `cockroach`, stricter"});
  CHECK(told(few, few).empty());
}

TEST_CASE("what does not compare is told once, as looser") {
  const auto week =
      terms_with("/t", {{.action = redaction::Action::truncate_time, .calendar = core::Calendar::week}, {"time"}});
  const auto month =
      terms_with("/t", {{.action = redaction::Action::truncate_time, .calendar = core::Calendar::month}, {"time"}});
  const auto changes = prover::term_changes(week, month);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].direction == Direction::looser);
  CHECK(prover::in_words(changes[0]) ==
        "the value of `/t`: truncate_time to week becomes truncate_time to month, looser");
}

TEST_CASE("a datum that only one of them declares") {
  auto bare = terms_with("/x", {{}, {"count"}});
  bare.values.erase("/x");
  const auto kept = terms_with("/x", {{}, {"count"}});
  CHECK(told(bare, kept) == Texts{"the value of `/x`: not declared becomes keep, looser"});
  CHECK(told(kept, bare) == Texts{"the value of `/x`: keep becomes not declared, stricter"});
  const auto dropped =
      terms_with("/x", {{.action = redaction::Action::drop}, {"email"}, dictionary::Class::person, {"email"}});
  CHECK(told(dropped, bare) == Texts{"the value of `/x`: drop, class `person` becomes not declared, looser"});
}

}  // namespace
