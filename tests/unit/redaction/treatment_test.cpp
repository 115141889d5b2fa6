#include "redaction/treatment.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "redaction/truncate.hpp"

using namespace airlock::redaction;
using airlock::core::Calendar;
using airlock::dictionary::Type;

namespace {

const Treatment keep{};
const Treatment pseudonymise{.action = Action::pseudonymise};
const Treatment mask{.action = Action::mask};
const Treatment drop{.action = Action::drop};
const Treatment day{.action = Action::truncate_time, .calendar = Calendar::day};
const Treatment week{.action = Action::truncate_time, .calendar = Calendar::week};
const Treatment month{.action = Action::truncate_time, .calendar = Calendar::month};
const Treatment minor_part{.action = Action::truncate_version, .version_part = VersionPart::minor};
const Treatment major_part{.action = Action::truncate_version, .version_part = VersionPart::major};

Treatment ip(int v4, int v6) { return {.action = Action::truncate_ip, .v4_bits = v4, .v6_bits = v6}; }

Treatment below(std::int64_t k) { return {.action = Action::suppress_below, .threshold = k}; }
Treatment multiples(std::int64_t of) { return {.action = Action::round, .multiple = of}; }
Treatment digits(int count) { return {.action = Action::round, .digits = count}; }
const Treatment domain{.action = Action::host_to_domain};

const std::vector<Treatment> all{below(5),    below(10),   multiples(10), multiples(15), multiples(30), digits(1),
                                 digits(2),   domain,      keep,          pseudonymise,  mask,          drop,
                                 day,         week,        month,         minor_part,    major_part,    ip(24, 48),
                                 ip(16, 128), ip(32, 128), ip(24, 64),    ip(0, 0)};

Treatment join_of(std::vector<Treatment> treatments) { return join(treatments); }

}  // namespace

TEST_CASE("being at least as strong is a partial order") {
  for (const auto& a : all) {
    CHECK(at_least(a, a));
    CHECK(at_least(a, keep));
    CHECK(at_least(drop, a));
    for (const auto& b : all) {
      if (at_least(a, b) && at_least(b, a)) CHECK(a == b);
      for (const auto& c : all) {
        if (at_least(a, b) && at_least(b, c)) CHECK(at_least(a, c));
      }
    }
  }
}

TEST_CASE("partial treatments compare by coarseness, and two kinds do not compare") {
  CHECK(at_least(week, day));
  CHECK(at_least(month, day));
  CHECK_FALSE(at_least(day, week));
  CHECK(at_least(major_part, minor_part));
  CHECK_FALSE(at_least(minor_part, major_part));
  CHECK(at_least(ip(16, 48), ip(24, 48)));
  CHECK_FALSE(at_least(ip(16, 64), ip(24, 48)));
  CHECK_FALSE(at_least(ip(0, 0), day));
  CHECK_FALSE(at_least(day, minor_part));
  CHECK(at_least(below(10), below(5)));
  CHECK_FALSE(at_least(below(5), below(10)));
  CHECK(at_least(multiples(30), multiples(10)));
  CHECK_FALSE(at_least(multiples(15), multiples(10)));
  CHECK(at_least(digits(1), digits(2)));
  CHECK_FALSE(at_least(digits(1), multiples(10)));
  CHECK_FALSE(at_least(multiples(1000), digits(3)));
  CHECK_FALSE(at_least(below(1000), multiples(10)));
}

TEST_CASE("a week and a month do not compare, since a month's first day cuts a week") {
  CHECK_FALSE(at_least(week, month));
  CHECK_FALSE(at_least(month, week));
  CHECK(join_of({week, month}) == drop);
  // The month of a day is not known from its week: one week, two months.
  CHECK(truncated(week, Type::time, "2026-09-30T12:00:00Z") == truncated(week, Type::time, "2026-10-01T12:00:00Z"));
  CHECK(truncated(month, Type::time, "2026-09-30T12:00:00Z") != truncated(month, Type::time, "2026-10-01T12:00:00Z"));
  // Nor the week from the month.
  CHECK(truncated(month, Type::time, "2026-09-01T12:00:00Z") == truncated(month, Type::time, "2026-09-30T12:00:00Z"));
  CHECK(truncated(week, Type::time, "2026-09-01T12:00:00Z") != truncated(week, Type::time, "2026-09-30T12:00:00Z"));
}

TEST_CASE("the strongest of several wins, partial ones of one kind become the coarser, two kinds drop") {
  CHECK(join_of({}) == keep);
  CHECK(join_of({keep, day}) == day);
  CHECK(join_of({day, pseudonymise}) == pseudonymise);
  CHECK(join_of({pseudonymise, mask}) == mask);
  CHECK(join_of({mask, drop}) == drop);
  CHECK(join_of({day, week}) == week);
  CHECK(join_of({day, month}) == month);
  CHECK(join_of({minor_part, major_part}) == major_part);
  CHECK(join_of({ip(24, 64), ip(32, 48)}) == ip(24, 48));
  CHECK(join_of({day, minor_part}) == drop);
  CHECK(join_of({ip(24, 48), day}) == drop);
  CHECK(join_of({below(5), below(10)}) == below(10));
  CHECK(join_of({multiples(10), multiples(30)}) == multiples(30));
  CHECK(join_of({digits(3), digits(2)}) == digits(2));
  CHECK(join_of({multiples(10), digits(2)}) == drop);
  CHECK(join_of({below(10), multiples(10)}) == drop);
}

TEST_CASE("what does not compare drops, whatever else is asked for and in whatever order") {
  for (const auto& stronger : {pseudonymise, mask}) {
    const std::vector<Treatment> three{week, month, stronger};
    std::vector<std::size_t> order{0, 1, 2};
    do {
      CHECK(join_of({three[order[0]], three[order[1]], three[order[2]]}) == drop);
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

TEST_CASE("multiples that do not compare drop, even where a third would be coarser than both") {
  CHECK(join_of({multiples(10), multiples(15)}) == drop);
  CHECK(join_of({multiples(10), multiples(15), multiples(30)}) == drop);
  CHECK(join_of({multiples(30), multiples(10), multiples(15)}) == drop);
}

TEST_CASE("a join is at least as strong as each, and neither order nor repetition matters") {
  for (const auto& a : all) {
    CHECK(join_of({a}) == a);
    CHECK(join_of({a, a}) == a);
    for (const auto& b : all) {
      CHECK(at_least(join_of({a, b}), a));
      CHECK(join_of({a, b}) == join_of({b, a}));
      CHECK((join_of({a, b}) == a) == at_least(a, b));
      for (const auto& c : all) {
        const Treatment three = join_of({a, b, c});
        CHECK(three == join_of({c, a, b}));
        CHECK(three == join_of({b, c, a}));
        CHECK(three == join_of({a, b, c, b, a}));
        // One more never weakens.
        CHECK(at_least(three, join_of({a, b})));
      }
    }
  }
}

TEST_CASE("a join is the weakest that is at least as strong as each, wherever they compare") {
  for (const auto& a : all) {
    for (const auto& b : all) {
      const Treatment both = join_of({a, b});
      const bool conflict = both == drop && a != drop && b != drop;
      for (const auto& upper : all) {
        if (!conflict && at_least(upper, a) && at_least(upper, b)) CHECK(at_least(upper, both));
      }
    }
  }
}

TEST_CASE("a partial treatment fits its own type only") {
  CHECK(fits(ip(24, 48), Type::ip));
  CHECK_FALSE(fits(ip(24, 48), Type::text));
  CHECK(fits(day, Type::time));
  for (const Type type : {Type::date, Type::epoch, Type::epoch_ms}) CHECK(fits(day, type));
  for (const Type type : {Type::uuid, Type::duration, Type::count}) CHECK_FALSE(fits(day, type));
  CHECK(fits(minor_part, Type::version));
  CHECK_FALSE(fits(minor_part, Type::number));
  CHECK(fits(below(5), Type::count));
  CHECK(fits(below(5), Type::number));
  for (const Type type : {Type::text, Type::epoch, Type::epoch_ms}) CHECK_FALSE(fits(below(5), type));
  CHECK(fits(multiples(5), Type::integer));
  CHECK_FALSE(fits(multiples(5), Type::number));
  CHECK(fits(digits(5), Type::number));
  CHECK(fits(domain, Type::hostname));
  CHECK(fits(domain, Type::url));
  CHECK_FALSE(fits(domain, Type::ip));
  for (const auto& any : {keep, pseudonymise, mask, drop}) {
    for (const auto type : {Type::count, Type::boolean, Type::text, Type::enumeration}) CHECK(fits(any, type));
  }
}

TEST_CASE("an opaque value stays whole or is dropped") {
  CHECK(fits(keep, Type::opaque));
  CHECK(fits(drop, Type::opaque));
  for (const auto& other : {mask, pseudonymise, day, minor_part, below(5), multiples(5), domain, ip(24, 48)}) {
    CHECK_FALSE(fits(other, Type::opaque));
  }
}

TEST_CASE("a treatment is described with its settings") {
  CHECK(describe(keep) == "keep");
  CHECK(describe(ip(24, 48)) == "truncate_ip to /24 and /48");
  CHECK(describe(week) == "truncate_time to week");
  CHECK(describe(minor_part) == "truncate_version to minor");
  CHECK(describe(major_part) == "truncate_version to major");
  CHECK(describe(pseudonymise) == "pseudonymise");
  CHECK(describe(below(10)) == "suppress_below 10");
  CHECK(describe(multiples(100)) == "round to multiples of 100");
  CHECK(describe(digits(2)) == "round to 2 significant");
  CHECK(describe(domain) == "host_to_domain");
}
