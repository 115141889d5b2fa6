// Approvals that are asked for: reading them, the order, and who signs for what.

#include "policy/approvals.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <random>

namespace airlock::test {
namespace {

using policy::Approvals;
using policy::Approver;
using policy::asks_less;
using policy::missing_from;
using policy::most_demanding;

Approvals asked(std::string_view text) {
  auto out = policy::parse_approvals(text, "x.json", "");
  REQUIRE(out);
  return *out;
}

std::string why_not(std::string_view text) {
  const auto out = policy::parse_approvals(text, "x.json", "");
  return out ? "read" : out.error().message;
}

std::string missing(const Approvals& asked, const std::vector<std::set<std::string, std::less<>>>& kinds) {
  std::vector<Approver> officers;
  for (const auto& each : kinds) officers.push_back({"key " + std::to_string(officers.size()), each});
  return in_words(missing_from(asked, officers));
}

/// Whether some assignment of officers to kinds meets what is asked for. Tries all.
bool can_meet(const Approvals& asked, const std::vector<Approver>& officers, std::size_t at = 0,
              std::map<std::string, std::uint64_t> given = {}) {
  if (at == officers.size()) {
    if (officers.size() < asked.in_all) return false;
    for (const auto& [kind, count] : asked.kinds) {
      if (given[kind] < count) return false;
    }
    return true;
  }
  if (can_meet(asked, officers, at + 1, given)) return true;
  for (const std::string& kind : officers[at].kinds) {
    auto with = given;
    ++with[kind];
    if (can_meet(asked, officers, at + 1, with)) return true;
  }
  return false;
}

Approvals any_approvals(std::mt19937& random) {
  Approvals out;
  for (const char* kind : {"a", "b", "c"}) {
    if (const auto count = random() % 3; count != 0) out.kinds[kind] = count;
  }
  out.in_all = random() % 4;
  out.by_operator = random() % 2 == 0;
  return most_demanding(out, {});  // with the sum of the kinds
}

std::vector<Approver> any_officers(std::mt19937& random) {
  std::vector<Approver> out(random() % 6);
  for (Approver& officer : out) {
    for (const char* kind : {"a", "b", "c"}) {
      if (random() % 3 == 0) officer.kinds.insert(kind);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("of each kind the largest count is asked for, and of all kinds together at least their sum") {
  const Approvals all = asked(R"([{"kind": "security", "count": 1}, {"kind": "security", "count": 2}, {"count": 1}])");
  CHECK(all.kinds == std::map<std::string, std::uint64_t, std::less<>>{{"security", 2}});
  CHECK(all.in_all == 2);
  CHECK(all.by_operator);
  CHECK(asked("[]").none());
  CHECK_FALSE(asked(R"([{"count": 1, "by_operator": false}])").by_operator);
  CHECK(in_words(all) == "2 officers of kind `security`");
  CHECK(in_words(asked(R"([{"kind": "a", "count": 1}, {"count": 3, "by_operator": false}])")) ==
        "3 officers, 1 of them of kind `a`, none of them the operator");
}

TEST_CASE("a list that cannot mean anything is refused, with its place") {
  CHECK(why_not(R"([{"count": 0}])").find("/approvals/0/count") != std::string::npos);
  CHECK(why_not(R"([{"count": 17}])").find("/approvals/0/count") != std::string::npos);
  CHECK(why_not(R"([{"kind": "x"}])").find("/approvals/0/count") != std::string::npos);
  CHECK(why_not(R"([{"kind": "../x", "count": 1}])").find("must be 1 to 32") != std::string::npos);
  CHECK(why_not(R"([{"kind": "-x", "count": 1}])").find("/approvals/0/kind") != std::string::npos);
  CHECK(why_not(R"([{"count": 1, "who": "x"}])").find("/approvals/0/who") != std::string::npos);
  CHECK(why_not("{}").find("/approvals") != std::string::npos);
}

TEST_CASE("what is written is read again") {
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    Approvals approvals = any_approvals(random);
    if (approvals.none()) approvals.by_operator = true;  // says nothing where nobody is asked
    CHECK(asked(core::to_text(to_json(approvals))) == approvals);
  }
}

TEST_CASE("one key counts once, and for the kind where it helps most") {
  const Approvals two = asked(R"([{"kind": "a", "count": 1}, {"kind": "b", "count": 1}])");
  CHECK(missing(two, {}) == "1 of kind `a` and 1 of kind `b`");
  CHECK(missing(two, {{"a", "b"}}) == "1 of kind `b`");
  CHECK(missing(two, {{"a", "b"}, {"a"}}).empty());
  CHECK(missing(two, {{"a"}, {"a", "b"}}).empty());
  CHECK(missing(two, {{}, {}}) == "1 of kind `a` and 1 of kind `b`");
  CHECK(missing(asked(R"([{"kind": "a", "count": 1}, {"count": 2}])"), {}) == "1 of kind `a` and 1 of any kind");
  CHECK(missing(asked(R"([{"count": 2}])"), {{}}) == "1 of any kind");
}

TEST_CASE("nothing is missing exactly where some assignment meets what is asked for") {
  std::mt19937 random(2);
  for (int i = 0; i < 2000; ++i) {
    const Approvals approvals = any_approvals(random);
    const auto officers = any_officers(random);
    CHECK(missing_from(approvals, officers).none() == can_meet(approvals, officers));
  }
}

TEST_CASE("what asks less may be met where the other is not, and what does not is never") {
  std::mt19937 random(3);
  for (int i = 0; i < 2000; ++i) {
    Approvals a = any_approvals(random);
    Approvals b = any_approvals(random);
    const Approvals both = most_demanding(a, b);
    CHECK_FALSE(asks_less(both, a));
    CHECK_FALSE(asks_less(both, b));
    CHECK_FALSE(asks_less(a, a));
    const auto officers = any_officers(random);
    if (!asks_less(a, b) && can_meet(a, officers)) CHECK(can_meet(b, officers));
  }
  CHECK(asks_less(asked(R"([{"count": 1}])"), asked(R"([{"count": 1, "by_operator": false}])")));
  CHECK(asks_less(asked(R"([{"count": 2}])"), asked(R"([{"count": 1, "kind": "a"}])")));
  CHECK_FALSE(asks_less(asked(R"([{"count": 1, "kind": "a"}])"), asked(R"([{"count": 1}])")));
}

}  // namespace airlock::test
