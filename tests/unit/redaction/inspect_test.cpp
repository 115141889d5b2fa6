#include <doctest/doctest.h>

#include "kit.hpp"
#include "redaction/inspect.hpp"

using namespace airlock::redaction;
using namespace airlock::redaction::kit;
using airlock::core::Code;

namespace {

airlock::core::Result<Inspection> inspect_text(std::string_view text,
                                               const airlock::dictionary::Dictionary& dictionary) {
  return inspect(airlock::core::MemoryBlob(text), dictionary, {}, airlock::crypto::Secret(std::string(16, 'f')));
}

/// A dictionary of one value that tells when a report was made, and of an event that no report names.
const airlock::dictionary::Dictionary& ping_dictionary() {
  static const auto parsed = airlock::dictionary::Dictionary::parse(R"({
    "format": "airlock-dictionary/2", "name": "ping", "product": "p",
    "roles": {"event": {"always": "ping"}, "at": "/at"},
    "fields": [{"path": "/at", "type": "time", "class": "time"}, {"path": "/n", "type": "count", "class": "usage"}]})",
                                                                    "ping");
  return parsed.value();
}

std::string why(std::string_view text) { return inspect_text(text, small_dictionary()).error().message; }

}  // namespace

TEST_CASE("a report is known by its event, its period and its size") {
  const auto found = inspect_text(published_report(), shipped_dictionary()).value();
  CHECK(found.event == "user instance status report");
  CHECK(found.period_start == "2022-04-25");
  CHECK(found.period_end == "2022-05-01");
  CHECK(inspect_text(R"({"event":"report","p":{"labels":["a","b"],"users":[]}})", small_dictionary()).value().members ==
        6);
}

TEST_CASE("a report without period or with an ill-typed one has none") {
  const auto found = inspect_text(R"({"event":"report","p":{"from":"monday"}})", small_dictionary()).value();
  CHECK(found.event == "report");
  CHECK_FALSE(found.period_start);
  CHECK_FALSE(found.period_end);
}

TEST_CASE("an event that the dictionary does not have is refused, and not told") {
  CHECK(why(R"({"p":{}})") == "`/event` is missing");
  CHECK(why("{}") == "`/event` is missing");
  for (const auto* event : {R"("secret")", "7", "null", R"({"event":"report"})", R"(["report"])", "[]", R"("")"}) {
    CAPTURE(event);
    const auto found = inspect_text(R"({"event":)" + std::string(event) + "}", small_dictionary());
    CHECK(found.error().message == "`/event` is not an event of the dictionary");
    CHECK(found.error().code == Code::refused);
  }
  CHECK(why(R"({"p":{"event":"report"}})") == "`/event` is missing");
}

TEST_CASE("a report is read to its end before its event counts") {
  CHECK(inspect_text(R"({"event":"report")", small_dictionary()).error().code == Code::bad_input);
  CHECK(inspect_text(R"({"event":"report"}x)", small_dictionary()).error().code == Code::bad_input);
  CHECK(inspect_text(R"({"event":"report","p":{"x":1,"x":2}})", small_dictionary()).error().code == Code::bad_input);
  for (const auto* other : {"[]", "3", "\"report\"", "null"}) CHECK(why(other) == "the report is not a JSON object");
}

TEST_CASE("the event is found without reading what comes after it") {
  const auto event = [](std::string_view text) {
    return find_event(airlock::core::MemoryBlob(text), small_dictionary(), {},
                      airlock::crypto::Secret(std::string(16, 'f')))
        .value_or("none");
  };
  CHECK(event(R"({"event":"report","p":{"x":1}})") == "report");
  CHECK(event(R"({"p":{"x":[{}]},"event":"report"})") == "report");
  CHECK(event(R"({"event":"report",,)") == "report");
  CHECK(event(R"({"p":,"event":"report"})") == "none");
  CHECK(event(R"({"event":"secret"})") == "none");
  CHECK(event(R"({"event":7})") == "none");
  CHECK(event(R"({"p":{"event":"report"}})") == "none");
  for (const auto* other : {"", "{}", "[]", "3", "\"report\""}) CHECK(event(other) == "none");
}

TEST_CASE("a walk that redacts a report inspects it as well") {
  const auto outcome = redact(shipped_dictionary(), shipped_plan("strict"), published_report());
  const auto alone = inspect_text(published_report(), shipped_dictionary()).value();
  const Inspection& seen = outcome.value().inspection.value();
  CHECK(seen.event == alone.event);
  CHECK(seen.period_start == alone.period_start);
  CHECK(seen.period_end == alone.period_end);
  CHECK(seen.members == alone.members);
  CHECK(seen.missing == alone.missing);
  const auto nameless = redact(small_dictionary(), dropping({}), R"({"event":"secret"})");
  CHECK(nameless.value().inspection.error().message == "`/event` is not an event of the dictionary");
}

TEST_CASE("a constant event is that of every object, and one moment is a whole period") {
  const auto found = inspect_text(R"({"at":"2026-11-27T23:30:00-02:00","n":1})", ping_dictionary()).value();
  CHECK(found.event == "ping");
  CHECK(found.period_start == "2026-11-28");
  CHECK(found.period_end == "2026-11-28");
  CHECK(inspect_text("{}", ping_dictionary()).value().event == "ping");
  CHECK(inspect_text("[]", ping_dictionary()).error().message == "the report is not a JSON object");
  CHECK(find_event(airlock::core::MemoryBlob("]"), ping_dictionary(), {},
                   airlock::crypto::Secret(std::string(16, 'f'))) == "ping");
}

TEST_CASE("a report of many objects lasts from the earliest to the latest, and needs figures in each") {
  const auto of = [](std::string_view document) {
    return airlock::dictionary::Dictionary::parse(R"({"format": "airlock-dictionary/2", "name": "d", "product": "p",
      "document": ")" + std::string(document) + R"(", "roles": {"event": {"always": "ping"}, "at": "/at"},
      "fields": [{"path": "/at", "type": ["epoch_ms"], "class": "time"},
                 {"path": "/n", "type": "count", "class": "usage", "required": true, "nullable": true}]})",
                                                  "d")
        .value();
  };
  const auto array = of("array");
  const auto found = inspect_text(R"([{"at":1795748400000,"n":1},{"n":2,"at":1795575600000},{"at":7,"n":0}])", array);
  CHECK(found.value().period_start == "1970-01-01");
  CHECK(found.value().period_end == "2026-11-27");
  CHECK(found.value().members == 9);
  CHECK(found.value().missing.empty());
  CHECK(inspect_text(R"([{"n":1},{},{"n":1}])", array).value().missing == "/n");
  CHECK(inspect_text(R"([{"n":null}])", array).value().missing == "/n");
  CHECK(inspect_text(R"([{"n":1},7])", array).value().missing.empty());
  CHECK(inspect_text("[]", array).value().missing == "/n");
  CHECK(inspect_text(R"({"n":1})", array).error().message == "the report is not a JSON array");
  const auto lines = of("lines");
  CHECK(inspect_text("{\"n\":1}\n{\"n\":2,\"at\":86400000}\n", lines).value().period_end == "1970-01-02");
  CHECK(inspect_text("{\"n\":1}\n{}", lines).value().missing == "/n");
  CHECK(inspect_text("[{\"n\":1}]", lines).error().message == "the report has no line with a JSON object");
  CHECK(inspect_text("", lines).error().code == Code::bad_input);
}
