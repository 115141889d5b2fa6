#include <doctest/doctest.h>

#include "core/encoding.hpp"
#include "delivery/backoff.hpp"
#include "delivery/sender.hpp"
#include "delivery/target.hpp"
#include "policy/permits.hpp"

using namespace airlock;
using delivery::AttemptEnd;

namespace {

const core::Time noon = core::Time::from_text("2026-11-26T12:00:00Z").value();

net::Reply answer(long status, const std::string& retry_after = {}) {
  net::Reply reply;
  reply.answer = net::Answer{.status = status, .location = {}, .retry_after = retry_after, .text = {}};
  reply.begun = true;
  return reply;
}

std::int64_t wait(std::uint64_t attempts, std::uint64_t random, const std::string& retry_after = {}) {
  return (delivery::next_try(attempts, retry_after, noon, random) - noon).count();
}

std::string batch(const std::string& payload, const std::string& key = "k") {
  const core::MemoryBlob blob(payload);
  const auto body = delivery::posthog_batch(blob, key, "ID");
  return body ? core::to_string(*body, 1 << 20).value() : body.error().message;
}

}  // namespace

TEST_CASE("only an answer of success is a delivery") {
  for (long status = 100; status < 600; ++status) {
    CHECK((delivery::judge(answer(status)).end == AttemptEnd::delivered) == (status >= 200 && status < 300));
  }
  CHECK(delivery::judge(answer(413)).end == AttemptEnd::given_up);
  CHECK(delivery::judge(answer(400)).end == AttemptEnd::report_trouble);
  CHECK(delivery::judge(answer(401)).end == AttemptEnd::destination_trouble);
}

TEST_CASE("what is recorded of an answer is its status and one word, whatever the receiver says") {
  for (long status = 0; status < 1200; ++status) {
    net::Reply reply = answer(status);
    reply.answer->text = "secret";
    reply.answer->location = "https://secret.example/";
    reply.answer->retry_after = "secret";
    const auto verdict = delivery::judge(reply);
    CHECK(verdict.recorded.find("secret") == std::string::npos);
    CHECK((verdict.end == AttemptEnd::delivered) == verdict.recorded.empty());
  }
  CHECK(delivery::judge(answer(503)).recorded == "answers 503: busy");
  CHECK(delivery::judge(answer(413)).recorded == "answers 413: too_large");
  CHECK(delivery::judge(answer(1000)).recorded == "unexpected");
  net::Reply none;
  none.error.message = "secret";
  none.trouble = net::Trouble::tls;
  CHECK(delivery::judge(none).recorded == "tls");
  CHECK(delivery::judge(none).error == "secret");
}

TEST_CASE("what a failed server or a lost answer may have stored is not taken for undelivered") {
  CHECK(delivery::judge(answer(500)).maybe_delivered);
  CHECK(delivery::judge(answer(408)).maybe_delivered);
  CHECK_FALSE(delivery::judge(answer(404)).maybe_delivered);
  net::Reply none;
  CHECK_FALSE(delivery::judge(none).maybe_delivered);
  none.begun = true;
  CHECK(delivery::judge(none).maybe_delivered);
  CHECK(delivery::judge(none).end == AttemptEnd::destination_trouble);
}

TEST_CASE("waiting doubles up to six hours, and between a half and all of it is waited") {
  for (const auto& [attempts, most] : std::initializer_list<std::pair<std::uint64_t, std::int64_t>>{
           {0, 60}, {1, 60}, {2, 120}, {3, 240}, {9, 15360}, {10, 21600}, {1000000, 21600}, {UINT64_MAX, 21600}}) {
    CHECK(wait(attempts, 0) == most);
    for (const std::uint64_t random : {1ULL, 77ULL, 123456789ULL, 18446744073709551615ULL}) {
      CHECK(wait(attempts, random) <= most);
      CHECK(wait(attempts, random) >= most / 2);
    }
  }
}

TEST_CASE("a receiver's Retry-After is kept, up to a day, in seconds or as a date") {
  CHECK(wait(1, 0, "7200") == 7200);
  CHECK(wait(1, 0, "1") == 60);
  CHECK(wait(1, 0, "Thu, 26 Nov 2026 14:00:00 GMT") == 7200);
  CHECK(wait(1, 0, "99999999") == 24 * 3600);
  CHECK(wait(1, 0, "99999999999999999999999") == 24 * 3600);
  for (const std::string nonsense : {"", "-5", "soon", "Thu, 26 Now 2026 14:00:00 GMT", "1e9", "7200 "}) {
    CHECK(wait(1, 0, nonsense) == 60);
  }
}

TEST_CASE("a batch is made of the payload's unchanged slices") {
  CHECK(
      batch(
          R"({ "properties" : {"a": [1.0, {"event": 2}]} ,"event":"e\u0041","x":[1],"distinct_id": "d", "timestamp":"t"})") ==
      R"({"api_key":"k","batch":[{"event":"e\u0041","distinct_id":"d","properties":{"a": [1.0, {"event": 2}]},)"
      R"("timestamp":"t","uuid":"ID"}]})");
  CHECK(batch(R"({"event":"e","distinct_id":"d"})", "a\"b\\") ==
        R"({"api_key":"a\"b\\","batch":[{"event":"e","distinct_id":"d","uuid":"ID"}]})");
}

TEST_CASE("what is no event, or too large for PostHog, is refused with the reason") {
  CHECK(batch("[]") == "the report is not a JSON object, which `posthog-batch` needs");
  CHECK(batch(R"({"event":"e"})") == "the report has no `distinct_id`, which `posthog-batch` needs");
  std::string large = R"({"event":"e","distinct_id":"d","properties":[)";
  while (large.size() < delivery::posthog_batch_maximum) large += R"("0123456789012345678901234567890123456789",)";
  CHECK(batch(large + "1]}").starts_with("the report is larger than PostHog accepts: "));
}

TEST_CASE("a joined body reads the same in pieces of any size") {
  const core::MemoryBlob blob("0123456789");
  delivery::JoinedBlob joined;
  joined.add("ab");
  joined.add(blob, 3, 7);
  joined.add("");
  joined.add(blob, 0, 1);
  joined.add("z");
  REQUIRE(joined.size() == 8);
  for (std::size_t piece = 1; piece < 10; ++piece) {
    std::string all;
    std::string buffer(piece, '?');
    for (;;) {
      const auto got = joined.read_at(all.size(), buffer).value();
      if (got == 0) break;
      all += buffer.substr(0, got);
    }
    CHECK(all == "ab34560z");
  }
}

TEST_CASE("a permit is given where the decision made again is nowhere stricter") {
  using policy::Disposition;
  using policy::Permits;
  policy::Terms recorded;
  recorded.disposition = Disposition::redact;
  recorded.values["/event"] = {{}, {"text"}};
  recorded.recipients = {"a"};
  const core::Digest leaf = core::Digest::from_hex(std::string(64, 'a')).value();
  CHECK(Permits::give(leaf, recorded, recorded)->leaf() == leaf);

  auto looser = recorded;
  looser.disposition = Disposition::send;
  looser.values["/id"] = {{}, {"uuid"}};
  looser.recipients = {"b"};
  looser.destinations = {"c"};
  CHECK(Permits::give(leaf, recorded, looser));

  for (const auto stricter_disposition : {Disposition::seal, Disposition::withhold}) {
    auto stricter = recorded;
    stricter.disposition = stricter_disposition;
    CHECK(Permits::give(leaf, recorded, stricter).error().code == core::Code::refused);
  }
  auto masked = looser;
  masked.values["/event"].treatment.action = redaction::Action::mask;
  CHECK(Permits::give(leaf, recorded, masked).error().message.find("`/event`") != std::string::npos);
  auto dropped = looser;
  dropped.values.erase("/event");
  CHECK_FALSE(Permits::give(leaf, recorded, dropped));
  auto narrower = looser;
  narrower.values["/event"].takes = {"enum x"};
  CHECK_FALSE(Permits::give(leaf, recorded, narrower));
}

TEST_CASE("the exit code of a round is that of the worst thing in it") {
  delivery::SendRound round;
  CHECK(airlock::core::exit_code(round.code()) == 0);
  round.sent = 3;
  CHECK(airlock::core::exit_code(round.code()) == 0);
  round.withdrawn = 1;
  CHECK(airlock::core::exit_code(round.code()) == 4);
  round.waiting = round.held = 1;
  CHECK(airlock::core::exit_code(round.code()) == 4);
  round.waiting = 2;
  CHECK(airlock::core::exit_code(round.code()) == 7);
  round.lost = 1;
  CHECK(airlock::core::exit_code(round.code()) == 5);
}
