// Redactions by class and type, and values that are opaque.

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "kit.hpp"

using namespace airlock::redaction;
using airlock::dictionary::Dictionary;
using airlock::dictionary::Type;

namespace {

const Dictionary& figures() {
  static const auto parsed = Dictionary::parse(R"({
    "format": "airlock-dictionary/2", "name": "figures", "product": "p", "roles": {"event": {"always": "report"}},
    "fields": [
      {"path": "/n", "type": ["count", "number", "boolean", "enum"], "values": ["many"], "class": "usage", "nullable": true},
      {"path": "/m", "type": "count", "class": "usage", "sentinels": [-1]},
      {"path": "/on", "type": "boolean", "class": "usage"},
      {"path": "/who", "type": ["uuid", "text"], "class": "person"},
      {"path": "/kept", "type": "text", "class": "content"},
      {"path": "/hosts/*", "type": "count", "class": "usage", "key": {"type": ["ip", "text"], "class": "identifier"}},
      {"path": "/day", "type": ["date", "epoch", "duration"], "class": "time"},
      {"path": "/blob", "type": ["opaque", "empty"], "class": "content"}]})",
                                               "figures.json")
                                 .value();
  return parsed;
}

Plan typed_plan(const std::vector<std::string>& redactions) { return kit::make_plan(figures(), redactions); }

/// The report after these redactions. What is left has stood the last look by place.
std::string left_by(const std::vector<std::string>& redactions, const std::string& report) {
  const Plan plan = typed_plan(redactions);
  const auto outcome = kit::redact(figures(), plan, report);
  if (!outcome.result) return outcome.error();
  CHECK(kit::scan(figures(), plan, outcome).empty());
  return outcome.bytes;
}

std::string words_of(const std::vector<std::string>& redactions, std::string_view path) {
  return describe(typed_plan(redactions).value(*figures().find(path)));
}

const std::string round_counts = R"({"class": "usage", "type": ["count"], "do": "round", "to": 10})";
const std::string some_uuid = "01808211-23a9-0000-354b-a5da0697932b";

}  // namespace

TEST_CASE("a redaction by class and type meets values of the type and no others") {
  CHECK(left_by({round_counts}, R"({"n":14})") == R"({"n":10})");
  for (const std::string value : {"14.5", "true", R"("many")", "-1", "null"}) {
    CHECK(left_by({round_counts}, R"({"n":)" + value + "}") == R"({"n":)" + value + "}");
  }
  CHECK(left_by({round_counts}, R"({"m":-1})") == R"({"m":-1})");
  CHECK(left_by({round_counts}, R"({"on":true})") == R"({"on":true})");
  CHECK(left_by({R"({"class": "usage", "type": "boolean", "do": "drop"})"}, R"({"n":true,"on":false,"who":"x"})") ==
        R"({"who":"x"})");
  CHECK(words_of({round_counts}, "/n") == "keep; type count: round to multiples of 10");
  CHECK(words_of({round_counts}, "/on") == "keep");
}

TEST_CASE("what it cannot be applied to is dropped as without the type") {
  const std::string round_all = R"({"class": "usage", "type": ["count", "boolean"], "do": "round", "to": 10})";
  CHECK(left_by({round_all}, R"({"n":14,"on":true})") == R"({"n":10})");
  CHECK(left_by({round_all}, R"({"n":true})") == "{}");
  CHECK(left_by({round_all}, R"({"n":"many"})") == R"({"n":"many"})");
  const Plan plan = typed_plan({round_all});
  CHECK(plan.value_reasons(*figures().find("/on")).at(0).unfit == std::vector{Type::boolean});
}

TEST_CASE("it joins with redactions of all types") {
  const std::string below = R"({"path": "/n", "do": "suppress_below", "k": 5})";
  CHECK(words_of({round_counts, below}, "/n") == "suppress_below 5; type count: drop");
  CHECK(words_of({round_counts, R"({"class": "usage", "do": "mask"})"}, "/n") == "mask");
  CHECK(words_of({round_counts, R"({"class": "usage", "type": "count", "do": "round", "to": 100})"}, "/n") ==
        "keep; type count: round to multiples of 100");
}

TEST_CASE("what is taken out of one type is looked for, and what is written for it stands the last look") {
  const std::string hide = R"({"class": "person", "type": "uuid", "do": "pseudonymise"})";
  const Plan plan = typed_plan({hide});
  const auto outcome = kit::redact(figures(), plan, R"({"who":")" + some_uuid + R"(","kept":"of )" + some_uuid + "\"}");
  CHECK(outcome.needles() == std::set<std::string>{"person: " + some_uuid});
  CHECK(kit::scan(figures(), plan, outcome) == "/kept <- /who 1");
  CHECK(kit::without_copies(figures(), plan, outcome) ==
        R"({"who":")" + kit::pseudonym_of(airlock::dictionary::Class::person, "/who", some_uuid) + "\"}");
  CHECK(left_by({hide}, R"({"who":"Ada","kept":"of Ada"})") == R"({"who":"Ada","kept":"of Ada"})");
  // A fault of the filter is found: a value of the type as it was, and a value that should be gone.
  const auto whole = kit::redact(figures(), typed_plan({round_counts}), R"({"who":")" + some_uuid + "\"}");
  CHECK_FALSE(kit::scan(figures(), plan, whole).empty());
  CHECK_FALSE(
      kit::scan(figures(), typed_plan({R"({"class": "person", "type": "uuid", "do": "drop"})"}), whole).empty());
  CHECK(left_by({R"({"class": "person", "type": "uuid", "do": "mask"})"}, R"({"who":")" + some_uuid + "\"}") ==
        R"({"who":"[masked]"})");
}

TEST_CASE("keys of a type are treated and others stay") {
  const std::string cut = R"({"class": "identifier", "type": "ip", "do": "truncate_ip", "v4": 8, "v6": 8})";
  CHECK(left_by({cut}, R"({"hosts":{"10.1.2.3":1,"alpha":2}})") == R"({"hosts":{"10.0.0.0":1,"alpha":2}})");
  CHECK(left_by({cut}, R"({"hosts":{"10.1.2.3":1,"10.9.9.9":2,"alpha":3}})") == R"({"hosts":{"alpha":3}})");
  CHECK(left_by({R"({"class": "identifier", "type": "ip", "do": "mask"})"}, R"({"hosts":{"10.1.2.3":1,"alpha":2}})") ==
        R"({"hosts":{"alpha":2}})");
}

TEST_CASE("dates and epochs are truncated and stay what they were; a duration goes") {
  const std::string cut = R"({"class": "time", "do": "truncate_time", "to": "month"})";
  CHECK(left_by({cut}, R"({"day":"2026-11-26"})") == R"({"day":"2026-11-01"})");
  CHECK(left_by({cut}, R"({"day":1651449602})") == R"({"day":1651363200})");
  CHECK(left_by({cut}, R"({"day":"P7D"})") == "{}");
  CHECK(left_by({R"({"class": "time", "type": ["date", "epoch"], "do": "truncate_time", "to": "month"})"},
                R"({"day":"P7D"})") == R"({"day":"P7D"})");
}

TEST_CASE("an opaque value stays whole, unsearched, or goes; its copies are not looked for") {
  const std::string drop_who = R"({"path": "/who", "do": "drop"})";
  CHECK(left_by({drop_who}, R"({"who":"Anna Lindqvist","blob":"by Anna Lindqvist"})") ==
        R"({"blob":"by Anna Lindqvist"})");
  for (const std::string action : {"mask", "pseudonymise", "drop"}) {
    CHECK(left_by({R"({"class": "content", "do": ")" + action + "\"}"}, R"({"blob":"c2lnbmVk"})") == "{}");
  }
  CHECK(left_by({R"({"path": "/blob", "do": "mask"})"}, R"({"blob":"","on":true})") ==
        R"({"blob":"[masked]","on":true})");
  const auto outcome =
      kit::redact(figures(), typed_plan({R"({"path": "/blob", "do": "drop"})"}), R"({"blob":"Anna Lindqvist 1815"})");
  CHECK(outcome.needles().empty());
}

TEST_CASE("a type that there is not, or that is beside a path, is refused") {
  const auto why = [](std::string_view text) {
    const auto read = redaction_from(airlock::core::parse_json(text, "x").value(), "p.json", "/0");
    return read ? "accepted" : read.error().message;
  };
  CHECK(why(R"({"class": "usage", "type": "figure", "do": "drop"})") ==
        "`p.json`: `/0/type`: is `figure`, which is not a type");
  CHECK(why(R"({"class": "usage", "type": [], "do": "drop"})") == "`p.json`: `/0/type`: is an empty list");
  CHECK_FALSE(why(R"({"class": "usage", "type": ["count", "count"], "do": "drop"})") == "accepted");
  CHECK_FALSE(why(R"({"path": "/n", "type": "count", "do": "drop"})") == "accepted");
  CHECK(why(R"({"class": "usage", "type": "count", "do": "drop"})") == "accepted");
}
