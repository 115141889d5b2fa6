#include "review/report_line.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace airlock;
using core::Json;

TEST_CASE("who did it is the login name, with the one who used sudo, or the user's number") {
  CHECK(review::who_did(Json{{"by", {{"uid", 1000}, {"login", "alice"}}}}) == "alice");
  CHECK(review::who_did(Json{{"by", {{"uid", 0}, {"login", "root"}, {"sudo", "bob"}}}}) == "root (sudo by bob)");
  CHECK(review::who_did(Json{{"by", {{"uid", 4711}}}}) == "user 4711");
  CHECK(review::who_did(Json{{"by", "alice"}}).empty());
  CHECK(review::who_did(Json::object()).empty());
}

TEST_CASE("why is a reason, an error, what was removed, or the report that had the same bytes") {
  CHECK(review::why_of(Json{{"reason", "ceiling"}}) == "ceiling");
  CHECK(review::why_of(Json{{"error", "timeout"}}) == "timeout");
  CHECK(review::why_of(Json{{"what", "bundle"}, {"after_days", 800}}) == "bundle");
  CHECK(review::why_of(Json{{"repeats", 3U}}) == "same bytes as report 3");
  CHECK(review::why_of(Json{{"reason", 5}}).empty());
}

TEST_CASE("a released bundle reads as sealed, and a kind in words has blanks") {
  CHECK(review::in_words(ledger::Kind::released) == "sealed");
  CHECK(review::in_words(ledger::Kind::payload_lost) == "payload lost");
}

TEST_CASE("the row of a report has as many cells as the header, and no formula") {
  review::ReportLine line{
      .row = {}, .event = "status, weekly", .period = {}, .outcome = "held", .reason = "=1+1", .who = "-x"};
  line.row.number = 7;
  line.row.report_id = "id";
  line.period.end = "2026-11-01";
  CHECK(review::csv_header() == "number,date,event,period_start,period_end,outcome,reason,who,report_id\r\n");
  CHECK(review::csv_row(line) ==
        "7," + line.row.produced.text() + ",\"status, weekly\",,2026-11-01,held,\"'=1+1\",\"'-x\",id\r\n");
}
