#include "review/time_line.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace airlock;
using core::Json;
using ledger::Kind;

namespace {

std::string line_of(Kind kind, const Json& body) {
  const ledger::Entry entry{.seq = 4,
                            .time = core::Time::from_text("2026-11-02T08:00:05Z").value(),
                            .kind = kind,
                            .report_id = {},
                            .body = body.dump()};
  const auto sentence = review::sentence_of(entry);
  REQUIRE(sentence);
  return review::to_text(*sentence);
}

}  // namespace

TEST_CASE("an entry is a line with its time, what happened, who did it, and why") {
  CHECK(line_of(Kind::discarded,
                {{"number", 3}, {"reason", "the next one is sound"}, {"by", {{"uid", 1000}, {"login", "alice"}}}}) ==
        "2026-11-02T08:00:05Z  a person discarded the report, by alice: the next one is sound");
  CHECK(line_of(Kind::sealed, {{"file", "2026-11-01-1-x.p7m"}, {"size", 6302}}) ==
        "2026-11-02T08:00:05Z  sealed into `2026-11-01-1-x.p7m`, 6302 bytes");
  CHECK(line_of(Kind::held, {{"reason", "ceiling"}, {"message", "the decision is looser than what was authorised"}}) ==
        "2026-11-02T08:00:05Z  held: nothing left, the report waits: the decision is looser than what was authorised");
}

TEST_CASE("an approval names the officer and who dropped it, a refused one also why") {
  const Json by{{"uid", 1000}, {"login", "alice"}};
  CHECK(line_of(Kind::approved, {{"number", 3}, {"officer", "CN=alice"}, {"by", by}}) ==
        "2026-11-02T08:00:05Z  approved with the key of `CN=alice`, by alice");
  CHECK(
      line_of(Kind::drop_refused,
              {{"reason", "bytes"}, {"message", "is for other bytes"}, {"officer", "CN=alice"}, {"by", by}}) ==
      "2026-11-02T08:00:05Z  what was dropped, with the key of `CN=alice`, was refused, by alice: is for other bytes");
  CHECK(line_of(Kind::drop_refused, {{"reason", "damaged"}, {"message", "is not PEM"}}) ==
        "2026-11-02T08:00:05Z  what was dropped was refused: is not PEM");
}

TEST_CASE("a decision is told with event, period, licence, tier and disposition, as far as there are any") {
  CHECK(line_of(Kind::produced, {{"number", 1},
                                 {"event", "instance status report"},
                                 {"period", {{"start", "2026-10-26"}, {"end", "2026-11-01"}}},
                                 {"licence", {{"state", "valid"}, {"tier", "enterprise"}}},
                                 {"decision", {{"disposition", "seal"}}},
                                 {"note", "change 4711"}}) ==
        "2026-11-02T08:00:05Z  came in as report 1: event `instance status report`, 2026-10-26 to 2026-11-01, licence "
        "valid, "
        "tier `enterprise`; the decision is `seal`: note: change 4711");
  CHECK(line_of(Kind::produced, {{"number", 2}}) == "2026-11-02T08:00:05Z  came in as report 2");
}

TEST_CASE("every kind of entry has a line, also where its body says nothing") {
  for (int i = 0; i <= static_cast<int>(Kind::exported); ++i) {
    const auto kind = static_cast<Kind>(i);
    CAPTURE(ledger::name(kind));
    CHECK(line_of(kind, Json::object()).size() > 24);
  }
}

TEST_CASE("a text of an entry cannot reach the terminal, and cannot begin another line") {
  const std::string line = line_of(Kind::hold, {{"reason", "a\nb\x1b[2J\u202e"}});
  CHECK(line.find('\n') == line.npos);
  CHECK(line.find('\x1b') == line.npos);
  CHECK(line.find("\u202e") == line.npos);
}
