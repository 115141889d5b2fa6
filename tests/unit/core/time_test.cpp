#include "core/time.hpp"

#include <doctest/doctest.h>

using namespace airlock::core;

TEST_CASE("our own times are written and read in one form only") {
  const auto time = Time::from_text("2026-11-01T12:34:56Z");
  REQUIRE(time);
  CHECK(time->text() == "2026-11-01T12:34:56Z");
  CHECK(time->date() == "2026-11-01");
  CHECK(time->seconds == 1793536496);
  for (const auto* bad : {"2026-11-01T12:34:56+00:00", "2026-11-01t12:34:56z", "2026-11-01T12:34:56.0Z", "2026-11-01",
                          "2026-02-30T00:00:00Z", "2026-11-01T24:00:00Z", "2026-11-01T12:34:60Z", "", "x"}) {
    CAPTURE(bad);
    CHECK_FALSE(Time::from_text(bad));
  }
}

TEST_CASE("any RFC 3339 offset and fraction is read") {
  CHECK(read_rfc3339("2022-05-02T00:00:02.293000+00:00")->text() == "2022-05-02T00:00:02Z");
  CHECK(read_rfc3339("2022-05-02T00:30:00+01:00")->text() == "2022-05-01T23:30:00Z");
  CHECK(read_rfc3339("2022-05-01T23:30:00-01:00")->text() == "2022-05-02T00:30:00Z");
  CHECK(read_rfc3339("1990-12-31T23:59:60Z")->text() == "1990-12-31T23:59:59Z");
  CHECK(read_rfc3339("0000-01-01T00:00:00Z")->text() == "0000-01-01T00:00:00Z");
  CHECK(read_rfc3339("9999-12-31T23:59:59Z")->text() == "9999-12-31T23:59:59Z");
  for (const auto* bad :
       {"0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "2022-05-02 00:00:00Z", "2022-05-02T00:00:00",
        "2022-05-02T00:00:00.Z", "2022-05-02T00:00:00+24:00", "2022-5-02T00:00:00Z", "2022-00-02T00:00:00Z",
        "2023-02-29T00:00:00Z", "2022-05-02T00:00:00Zx"}) {
    CAPTURE(bad);
    CHECK_FALSE(read_rfc3339(bad));
  }
}

TEST_CASE("a time is cut to the UTC day, the Monday or the first of the month") {
  const Time sunday = *Time::from_text("2022-05-01T23:59:59Z");
  CHECK(start_of(Calendar::day, sunday).text() == "2022-05-01T00:00:00Z");
  CHECK(start_of(Calendar::week, sunday).text() == "2022-04-25T00:00:00Z");
  CHECK(start_of(Calendar::month, sunday).text() == "2022-05-01T00:00:00Z");
  const Time before_epoch = *Time::from_text("1969-12-31T23:00:00Z");
  CHECK(start_of(Calendar::day, before_epoch).text() == "1969-12-31T00:00:00Z");
  CHECK(start_of(Calendar::week, before_epoch).text() == "1969-12-29T00:00:00Z");
}

TEST_CASE("days are counted towards minus infinity") {
  const Time start = *Time::from_text("2026-11-01T00:00:00Z");
  CHECK(days_between(start, start + std::chrono::hours{23}) == 0);
  CHECK(days_between(start, start + std::chrono::hours{48}) == 2);
  CHECK(days_between(start, start - std::chrono::seconds{1}) == -1);
}
