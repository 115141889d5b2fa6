#include "ledger/body.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "book.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/entry.hpp"

using namespace airlock;
using core::Code;
using core::Json;
using ledger::Kind;
using test::replaced;

namespace {

const std::string nonce(16, '\x01');
constexpr std::string_view report = "5b0c0a3e-5d0a-4b3e-9c55-0d9a4b1f7e21";
constexpr std::string_view other = "6b0c0a3e-5d0a-4b3e-9c55-0d9a4b1f7e21";
const core::Time noon = core::Time::from_text("2026-11-01T12:00:00Z").value();
const std::string sha256(64, 'a');

Json sealed_members() {
  return {{"disclosure_id", other},
          {"file", "2026-11-01-1-x.p7m"},
          {"file_sha256", sha256},
          {"content_sha256", sha256},
          {"size", 7},
          {"checkpoint", "a\nnote\n"}};
}

std::string body_of(Kind kind, const Json& members, std::string_view about = report) {
  return ledger::make_body(3, kind, about, members, noon, nonce, {}).value();
}

std::string why(const std::string& body) {
  const auto facts = ledger::read_body(body, 3);
  if (facts) return "accepted";
  CHECK(facts.error().code == Code::bad_input);
  return facts.error().message;
}

std::string why_with(Kind kind, Json members, const char* member, const Json& value) {
  members[member] = value;
  return why(body_of(kind, members));
}

}  // namespace

TEST_CASE("names of kinds and stages lead back to them") {
  for (int i = 0; i <= static_cast<int>(Kind::drop_refused); ++i) {
    const auto kind = static_cast<Kind>(i);
    CHECK(ledger::kind_from(ledger::name(kind)) == kind);
  }
  for (int i = 0; i <= static_cast<int>(ledger::Stage::payload_lost); ++i) {
    const auto stage = static_cast<ledger::Stage>(i);
    CHECK(ledger::stage_from(ledger::name(stage)) == stage);
  }
  CHECK(ledger::name(Kind::key_destroyed) == "key_destroyed");
  CHECK(ledger::kind_from("banana") == std::nullopt);
  CHECK(ledger::stage_from("") == std::nullopt);
}

TEST_CASE("a body is exact: common members first, then the kind's own in their order") {
  CHECK(body_of(Kind::held, {{"z", 1}, {"a", {{"y", true}, {"b", nullptr}}}}) ==
        R"({"format":"airlock-entry/2","nonce":"01010101010101010101010101010101","seq":3,)"
        R"("time":"2026-11-01T12:00:00Z","kind":"held","report_id":"5b0c0a3e-5d0a-4b3e-9c55-0d9a4b1f7e21",)"
        R"("newest":{},)"
        R"("z":1,"a":{"y":true,"b":null}})");
  CHECK(body_of(Kind::hold, Json::object(), "").find("report_id") == std::string::npos);
}

TEST_CASE("a body is not made of what would shadow a common member") {
  const auto refused = [](const Json& members, std::string_view about = "", const std::string& with = nonce) {
    const auto body = ledger::make_body(3, Kind::hold, about, members, noon, with, {});
    return !body && body.error().code == Code::unexpected;
  };
  for (const char* member : {"format", "nonce", "seq", "time", "kind", "report_id"}) {
    CHECK(refused({{member, "x"}}));
  }
  CHECK(refused(Json::array()));
  CHECK(refused(Json::object(), "", "short"));
  CHECK_FALSE(refused(Json::object()));
}

TEST_CASE("facts come out of a body as they went in") {
  const auto produced = ledger::read_body(
      body_of(Kind::produced, {{"number", 5}, {"disclosure", {{"id", other}, {"number", 2}, {"x", 1}}}}), 3);
  REQUIRE(produced);
  CHECK(produced->seq == 3);
  CHECK(produced->time == noon);
  CHECK(produced->kind == Kind::produced);
  CHECK(produced->report_id == report);
  CHECK(produced->number == 5);
  CHECK(produced->disclosure_id == other);
  CHECK(produced->disclosure == 2);

  const auto sealed = ledger::read_body(body_of(Kind::sealed, sealed_members()), 3);
  REQUIRE(sealed);
  CHECK(sealed->disclosure_id == other);
  CHECK(sealed->disclosure == 0);
  CHECK(sealed->file == "2026-11-01-1-x.p7m");
  CHECK(sealed->file_sha256 == sha256);
  CHECK(sealed->content_sha256 == sha256);
  CHECK(sealed->size == 7);
  CHECK(sealed->checkpoint == "a\nnote\n");
}

TEST_CASE("members that the ledger does not understand are nobody's business here") {
  const Json anything{{"number", "seven"}, {"disclosure", 4}, {"file", "/etc"}};
  CHECK(why(body_of(Kind::configured, anything)) == "accepted");
  CHECK(ledger::read_body(body_of(Kind::handed_over, {{"disclosure_id", other}}), 3)->disclosure_id == other);
}

TEST_CASE("a body that breaks the common form is refused") {
  const std::string good = body_of(Kind::hold, {{"reason", "x"}});
  CHECK(why(good) == "accepted");
  CHECK(why("") == "`body`: is empty");
  CHECK(why("[]") == "`body`: must be an object");
  CHECK(why(good + " x").starts_with("`body`: is not valid JSON"));
  CHECK(why(replaced(good, R"("reason":)", R"("kind":"hold","reason":)")) ==
        "`body`: has the key `kind` twice in one object");
  CHECK(why(replaced(good, "entry/2", "entry/3")) ==
        "`body`: `/format`: is `airlock-entry/3`, which needs a newer Airlock");
  CHECK(why(replaced(good, R"("nonce":"01)", R"("nonce":")")) == "`body`: `/nonce`: must be 16 bytes in hex");
  CHECK(why(replaced(good, R"("seq":3)", R"("seq":4)")) == "`body`: `/seq`: must be 3");
  CHECK(why(replaced(good, R"("seq":3)", R"("seq":-3)")).starts_with("`body`: `/seq`: must be a whole number"));
  CHECK(why(replaced(good, R"("seq":3)", R"("seq":3.0)")).starts_with("`body`: `/seq`: must be a whole number"));
  CHECK(why(replaced(good, "T12", "T25")).starts_with("`body`: `/time`: must be a UTC time"));
  CHECK(why(replaced(good, R"("hold")", R"("Hold")")) == "`body`: `/kind`: is not a known kind of entry");
  CHECK(why(replaced(good, R"("kind":"hold",)", "")) == "`body`: `/kind`: is missing");
  CHECK(why(body_of(Kind::hold, {{"reason", std::string(ledger::entry_limit, 'x')}})) ==
        "`body`: is larger than 1048576 bytes");
  Json deep = 1;
  for (int i = 0; i < 40; ++i) deep = Json::array({deep});
  CHECK(why(body_of(Kind::hold, {{"deep", deep}})) == "`body`: is nested deeper than 32");
}

TEST_CASE("members that the ledger understands must be well-formed") {
  const Json produced{{"number", 1}, {"disclosure", {{"id", other}, {"number", 1}}}};
  CHECK(why(body_of(Kind::produced, produced)) == "accepted");
  CHECK(why(body_of(Kind::produced, produced, "")) == "`body`: `/report_id`: is missing");
  CHECK(why(body_of(Kind::produced, produced, "5B0C0A3E-5d0a-4b3e-9c55-0d9a4b1f7e21")) ==
        "`body`: `/report_id`: must be in lower case");
  CHECK(why(body_of(Kind::held, Json::object(), "not a uuid")).starts_with("`body`: `/report_id`: must be a"));
  CHECK(why_with(Kind::produced, produced, "number", 0).starts_with("`body`: `/number`: must be a whole number"));
  CHECK(why_with(Kind::produced, produced, "number", "1").starts_with("`body`: `/number`: must be a whole number"));
  CHECK(why_with(Kind::decided, produced, "number", 1e300).starts_with("`body`: `/number`: must be a whole number"));
  CHECK(why_with(Kind::produced, produced, "disclosure", "x") == "`body`: `/disclosure`: must be an object");
  CHECK(why_with(Kind::produced, produced, "disclosure", Json::object()) == "`body`: `/disclosure/id`: is missing");
  CHECK(why_with(Kind::decided, produced, "disclosure", {{"id", other}}) == "`body`: `/disclosure/number`: is missing");

  for (const Kind kind : {Kind::sealed, Kind::released, Kind::queued, Kind::attempted, Kind::sent, Kind::withdrawn,
                          Kind::abandoned, Kind::payload_lost}) {
    CHECK(why(body_of(kind, Json::object())) == "`body`: `/disclosure_id`: is missing");
    CHECK(why(body_of(kind, sealed_members(), "")) == "`body`: `/report_id`: is missing");
    CHECK(why(body_of(kind, sealed_members())) == "accepted");
  }
  CHECK(why(body_of(Kind::queued, {{"disclosure_id", other}})) == "`body`: `/file`: is missing");
  CHECK(
      why_with(Kind::handed_over, Json::object(), "disclosure_id", 7).starts_with("`body`: `/disclosure_id`: must be"));

  const Json failed{
      {"disclosure_id", other}, {"error", "x"}, {"delivered", "no"}, {"next_try", "2026-11-01T12:00:00Z"}};
  CHECK(why(body_of(Kind::send_failed, failed)) == "accepted");
  CHECK(why_with(Kind::send_failed, failed, "next_try", "soon").starts_with("`body`: `/next_try`: must be a UTC time"));
  CHECK(why_with(Kind::send_failed, failed, "final", true) ==
        "`body`: `/next_try`: must be there unless sending was given up, and only then");
  CHECK(why_with(Kind::send_failed, failed, "delivered", "yes") ==
        "`body`: `/delivered`: is `yes`, not one of `no`, `unknown`");
  for (const char* member : {"error", "delivered", "next_try"}) {
    Json without = failed;
    without.erase(member);
    CHECK(why(body_of(Kind::send_failed, without)).starts_with("`body`: `/" + std::string(member) + "`"));
  }

  const auto sealed = sealed_members();
  for (const char* name : {"../x.p7m", ".hidden", "a/b", ".."}) {
    CHECK(why_with(Kind::sealed, sealed, "file", name) ==
          "`body`: `/file`: must be a name without `/` that does not start with a dot");
  }
  CHECK_FALSE(why_with(Kind::sealed, sealed, "file", "") == "accepted");
  CHECK_FALSE(why_with(Kind::sealed, sealed, "file", std::string(256, 'x')) == "accepted");
  CHECK_FALSE(why_with(Kind::sealed, sealed, "file_sha256", std::string(64, 'A')) == "accepted");
  CHECK_FALSE(why_with(Kind::sealed, sealed, "content_sha256", "aa") == "accepted");
  CHECK_FALSE(why_with(Kind::sealed, sealed, "size", -1) == "accepted");
  CHECK(why_with(Kind::sealed, sealed, "checkpoint", 1) == "`body`: `/checkpoint`: must be a signed note");
}
