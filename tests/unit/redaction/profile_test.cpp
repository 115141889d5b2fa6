#include "core/json.hpp"
#include "redaction/plan.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace airlock::redaction;
using airlock::core::parse_json;
using airlock::dictionary::Class;
using airlock::dictionary::Dictionary;

namespace {

const Dictionary& dictionary() {
  static const Dictionary parsed = Dictionary::parse(R"({
    "format": "airlock-dictionary/1", "name": "small", "product": "p",
    "roles": {"event": "/event", "period_start": "/p/from", "period_end": "/p/to", "every": "P7D"},
    "events": ["report"],
    "twins": {"under": "/p", "separator": "__"},
    "fields": [
      {"path": "/event", "type": "enum", "values": ["report"], "class": "usage", "purpose": "routing", "about": "a"},
      {"path": "/p/from", "type": "time", "class": "time", "purpose": "routing", "about": "a"},
      {"path": "/p/to", "type": "time", "class": "time", "purpose": "routing", "about": "a"},
      {"path": "/p/ip", "type": "ip", "class": "identifier", "purpose": "routing", "about": "a"},
      {"path": "/p/seen", "type": ["time", "ip"], "class": "location", "purpose": "routing", "about": "a"},
      {"path": "/p/a~1b", "type": "text", "class": "deployment", "purpose": "routing", "about": "a"},
      {"path": "/p/a~2b", "type": "text", "class": "deployment", "purpose": "routing", "about": "a"},
      {"path": "/p/teams/*", "key": {"type": "text", "class": "identifier"}, "purpose": "routing", "about": "a"},
      {"path": "/p/teams/*/size", "type": "count", "class": "usage", "purpose": "routing", "about": "a"},
      {"path": "/p/teams/*/names/*", "type": "count", "class": "usage", "purpose": "routing", "about": "a",
       "key": {"type": "text", "class": "content"}},
      {"path": "/p/hosts/*", "type": "count", "class": "usage", "purpose": "routing", "about": "a",
       "key": {"type": "ip", "class": "transport"}},
      {"path": "/p/users/*/email", "type": "email", "class": "person", "purpose": "routing", "about": "a"}]})",
                                                     "small.json")
                                       .value();
  return parsed;
}

airlock::core::Result<Redaction> redaction(std::string_view text) {
  return redaction_from(parse_json(text, "x").value(), "policy.json", "/profiles/x/redactions/0");
}

std::string why_refused(std::string_view text) {
  const auto read = redaction(text);
  return read ? "accepted" : read.error().message;
}

airlock::core::Result<Plan> plan_of(const std::vector<std::string>& redactions,
                                    Undeclared undeclared = Undeclared::refuse) {
  Profile profile{"x", undeclared, {}};
  for (const auto& text : redactions) profile.redactions.push_back(redaction(text).value());
  return Plan::make(dictionary(), std::vector{profile});
}

std::string plan_error(const std::vector<std::string>& redactions) {
  const auto plan = plan_of(redactions);
  return plan ? "accepted" : plan.error().message;
}

std::string value(const Plan& plan, std::string_view path) { return describe(plan.value(*dictionary().find(path))); }
std::string key(const Plan& plan, std::string_view path) { return describe(plan.key(*dictionary().find(path))); }

/// Paths of all fields whose value (or key) has another treatment than keep.
std::vector<std::string> touched(const Plan& plan, bool keys = false) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < dictionary().fields().size(); ++i) {
    if ((keys ? plan.key(i) : plan.value(i)).base.action != Action::keep) out.push_back(dictionary().fields()[i].path);
  }
  return out;
}
using Paths = std::vector<std::string>;

const std::string place = "`policy.json`: `/profiles/x/redactions/0`: ";

}  // namespace

TEST_CASE("a redaction is read with its settings") {
  const auto by_class = redaction(R"({"class": "person", "do": "drop"})").value();
  CHECK(by_class.cls == Class::person);
  CHECK(by_class.treatment.action == Action::drop);
  CHECK(by_class.place == "`policy.json`: `/profiles/x/redactions/0`");
  const auto by_path = redaction(R"({"path": "/p/ip", "do": "truncate_ip", "v4": 24, "v6": 48})").value();
  CHECK_FALSE(by_path.cls);
  CHECK(by_path.path == "/p/ip");
  CHECK_FALSE(by_path.of_key);
  CHECK(describe(by_path.treatment) == "truncate_ip to /24 and /48");
  CHECK(redaction(R"({"path": "/p/*", "of": "key", "do": "pseudonymise"})").value().of_key);
  CHECK(describe(redaction(R"({"class": "time", "do": "truncate_time", "to": "month"})").value().treatment) ==
        "truncate_time to month");
  CHECK(describe(redaction(R"({"class": "version", "do": "truncate_version", "to": "major"})").value().treatment) ==
        "truncate_version to major");
  CHECK(redaction(R"({"class": "usage", "do": "mask"})").value().treatment.action == Action::mask);
}

TEST_CASE("a redaction that is not understood to the letter is refused with its place") {
  CHECK(why_refused(R"([])") == place + "must be an object");
  CHECK(why_refused(R"({"do": "drop"})") == place + "must have either `class` or `path`");
  CHECK(why_refused(R"({"class": "usage", "path": "/p", "do": "drop"})") ==
        place + "must have either `class` or `path`");
  const auto at = [](std::string_view member) {
    return "`policy.json`: `/profiles/x/redactions/0/" + std::string(member) + "`: ";
  };
  CHECK(why_refused(R"({"class": "people", "do": "drop"})") == at("class") + "is `people`, which is not a class");
  CHECK(why_refused(R"({"class": "usage"})") == at("do") + "is missing");
  for (const std::string action : {"blur", "keep", "Drop"}) {
    CHECK(why_refused(R"({"class": "usage", "do": ")" + action + "\"}") ==
          at("do") + "is `" + action +
              "`, which this version does not know; it knows `drop`, `mask`, `pseudonymise`, "
              "`suppress_below`, `round`, `truncate_ip`, `truncate_time`, `truncate_version`, `host_to_domain`");
  }
  CHECK(why_refused(R"({"class": "usage", "do": "suppress_below"})") == at("k") + "is missing");
  CHECK(why_refused(R"({"class": "usage", "do": "suppress_below", "k": 0})") != "accepted");
  CHECK(why_refused(R"({"class": "usage", "do": "round"})") == place + "must have either `to` or `significant`");
  CHECK(why_refused(R"({"class": "usage", "do": "round", "to": 10, "significant": 2})") ==
        place + "must have either `to` or `significant`");
  CHECK(why_refused(R"({"class": "usage", "do": "round", "to": 1})") != "accepted");
  CHECK(why_refused(R"({"class": "usage", "do": "round", "significant": 16})") != "accepted");
  CHECK(why_refused(R"({"class": "usage", "do": "round", "to": 100})") == "accepted");
  CHECK(why_refused(R"({"class": "usage", "do": "host_to_domain", "to": 100})") == at("to") + "is not a known member");
  CHECK(why_refused(R"({"class": "usage", "do": "drop", "to": "day"})") == at("to") + "is not a known member");
  CHECK(why_refused(R"({"class": "usage", "do": "drop", "of": "key"})") == at("of") + "is not a known member");
  CHECK(why_refused(R"({"path": "/p", "do": "drop", "of": "value"})") == at("of") + "is `value`, not one of `key`");
  CHECK(why_refused(R"({"class": "usage", "do": "truncate_ip", "v4": 24})") == at("v6") + "is missing");
  CHECK(why_refused(R"({"class": "usage", "do": "truncate_ip", "v4": 33, "v6": 1})") ==
        at("v4") + "must be a whole number from 0 to 32");
  CHECK(why_refused(R"({"class": "usage", "do": "truncate_ip", "v4": 0, "v6": 129})") ==
        at("v6") + "must be a whole number from 0 to 128");
  CHECK(why_refused(R"({"class": "usage", "do": "truncate_ip", "v4": -1, "v6": 0})") ==
        at("v4") + "must be a whole number from 0 to 32");
  CHECK(why_refused(R"({"class": "time", "do": "truncate_time"})") == at("to") + "is missing");
  CHECK(why_refused(R"({"class": "time", "do": "truncate_time", "to": "year"})") ==
        at("to") + "is `year`, not one of `day`, `week`, `month`");
  CHECK(why_refused(R"({"class": "version", "do": "truncate_version", "to": "patch"})") ==
        at("to") + "is `patch`, not one of `major`, `minor`");
  CHECK(why_refused(R"({"path": "p", "do": "drop"})") == at("path") + "must start with `/`");
  CHECK(why_refused(R"({"path": "/p/a**", "do": "drop"})") ==
        at("path") + "has a `**` within a step; write `~2` for the character itself");
  CHECK(why_refused(R"({"path": "/p/***", "do": "drop"})").starts_with(at("path") + "has a `**` within a step"));
  for (const std::string path : {"/p/~", "/p/~3", "/~x/p"}) {
    CHECK(why_refused(R"({"path": ")" + path + R"(", "do": "drop"})") ==
          at("path") + "has a `~` that is not `~0`, `~1` or `~2`");
  }
  std::string deep;
  for (int i = 0; i < 65; ++i) deep += "/a";
  CHECK(why_refused(R"({"path": ")" + deep + R"(", "do": "drop"})") == at("path") + "has more than 64 steps");
}

TEST_CASE("a class takes values and keys of that class and no others") {
  const auto plan = plan_of({R"({"class": "identifier", "do": "pseudonymise"})"}).value();
  CHECK(touched(plan) == Paths{"/p/ip"});
  CHECK(touched(plan, true) == Paths{"/p/teams/*"});
  CHECK(value(plan, "/p/ip") == "pseudonymise");
  CHECK(key(plan, "/p/teams/*") == "pseudonymise");
}

TEST_CASE("a path takes what it names, below containers too, and a step with a star any one or any number") {
  const auto touches = [](const std::string& path) {
    return touched(plan_of({R"({"path": ")" + path + R"(", "do": "drop"})"}).value());
  };
  const Paths in_teams{"/p/teams/*/size", "/p/teams/*/names/*"};
  CHECK(touches("/p/ip") == Paths{"/p/ip"});
  CHECK(touches("/p/teams") == in_teams);
  CHECK(touches("/p/teams/*") == in_teams);
  CHECK(touches("/p/teams/*/names") == Paths{"/p/teams/*/names/*"});
  CHECK(touches("/*/*/*/size") == Paths{"/p/teams/*/size"});
  CHECK(touches("/p/*/*/email") == Paths{"/p/users/*/email"});
  CHECK(touches("/**/email") == Paths{"/p/users/*/email"});
  CHECK(touches("/**/p/**/email/**") == Paths{"/p/users/*/email"});
  CHECK(touches("/**").size() == 11);
  CHECK(touches("/p").size() == 10);
  CHECK(touches("/p/a~1b") == Paths{"/p/a~1b"});
  CHECK(touches("/p/a~2b") == Paths{"/p/a~2b"});
}

TEST_CASE("a path takes keys only when asked, and then the key it names or all keys below a container") {
  const auto touches = [](const std::string& path) {
    const auto plan = plan_of({R"({"path": ")" + path + R"(", "of": "key", "do": "drop"})"}).value();
    CHECK(touched(plan) == Paths{});
    return touched(plan, true);
  };
  CHECK(touched(plan_of({R"({"path": "/p", "do": "drop"})"}).value(), true) == Paths{});
  CHECK(touches("/p/teams/*") == Paths{"/p/teams/*"});
  CHECK(touches("/p/teams/*/names/*") == Paths{"/p/teams/*/names/*"});
  CHECK(touches("/p/teams/*/names") == Paths{"/p/teams/*/names/*"});
  CHECK(touches("/p/teams") == Paths{"/p/teams/*", "/p/teams/*/names/*"});
  CHECK(touches("/p/teams/**") == Paths{"/p/teams/*", "/p/teams/*/names/*"});
  CHECK(touches("/p") == Paths{"/p/teams/*", "/p/teams/*/names/*", "/p/hosts/*"});
}

TEST_CASE("a path that selects nothing is an error, also one that is true of a report but not of the dictionary") {
  const auto nothing = [](const std::string& path, const std::string& what) {
    return place + "`" + path + "` selects no declared " + what;
  };
  CHECK(plan_error({R"({"path": "/nothing", "do": "drop"})"}) == nothing("/nothing", "value"));
  CHECK(plan_error({R"({"path": "/p/teams/2/size", "do": "drop"})"}) == nothing("/p/teams/2/size", "value"));
  CHECK(plan_error({R"({"path": "/p/teams/~2/size", "do": "drop"})"}) == nothing("/p/teams/~2/size", "value"));
  CHECK(plan_error({R"({"path": "/p/ip/more", "do": "drop"})"}) == nothing("/p/ip/more", "value"));
  CHECK(plan_error({R"({"path": "/*", "do": "drop"})", R"({"path": "/p/ip", "of": "key", "do": "drop"})"}) ==
        nothing("/p/ip", "key"));
}

TEST_CASE("a path redaction that fits no type of a field it selects is an error that names the field") {
  CHECK(plan_error({R"({"path": "/p/ip", "do": "truncate_time", "to": "day"})"}) ==
        place + "`truncate_time` does not fit any type of `/p/ip`");
  CHECK(plan_error({R"({"path": "/p", "do": "truncate_ip", "v4": 8, "v6": 8})"}) ==
        place + "`truncate_ip` does not fit any type of `/p/from`");
  CHECK(plan_error({R"({"path": "/p/teams/*", "of": "key", "do": "truncate_ip", "v4": 8, "v6": 8})"}) ==
        place + "`truncate_ip` does not fit any type of the keys of `/p/teams/*`");
  CHECK(plan_error({R"({"path": "/p/hosts/*", "of": "key", "do": "pseudonymise"})"}) ==
        place + "`pseudonymise` does not fit any type of the keys of `/p/hosts/*`");
  CHECK(plan_error({R"({"path": "/p/teams/*", "of": "key", "do": "mask"})"}) ==
        place + "`mask` does not fit the keys of `/p/teams/*`, since all would become the same");
}

TEST_CASE("a class redaction drops what it does not fit, and applies where it fits one of several types") {
  const auto plan = plan_of({R"({"class": "identifier", "do": "truncate_time", "to": "day"})",
                             R"({"class": "location", "do": "truncate_time", "to": "day"})"})
                        .value();
  CHECK(value(plan, "/p/ip") == "drop");
  CHECK(key(plan, "/p/teams/*") == "drop");
  CHECK(value(plan, "/p/seen") == "truncate_time to day");
}

TEST_CASE("keys of a class that are to be masked are dropped, and so are those that would not be keys as pseudonyms") {
  const auto plan =
      plan_of({R"({"class": "content", "do": "mask"})", R"({"class": "transport", "do": "pseudonymise"})"});
  CHECK(key(plan.value(), "/p/teams/*/names/*") == "drop");
  CHECK(key(plan.value(), "/p/hosts/*") == "drop");
  CHECK(key(plan_of({R"({"class": "transport", "do": "truncate_ip", "v4": 8, "v6": 8})"}).value(), "/p/hosts/*") ==
        "truncate_ip to /8 and /8");
}

TEST_CASE("redactions of all profiles join, whatever their order") {
  const Profile a{
      "a", Undeclared::drop, {redaction(R"({"path": "/p/seen", "do": "truncate_time", "to": "day"})").value()}};
  const Profile b{"b",
                  Undeclared::drop,
                  {redaction(R"({"class": "location", "do": "truncate_ip", "v4": 24, "v6": 48})").value(),
                   redaction(R"({"class": "time", "do": "truncate_time", "to": "week"})").value()}};
  const Profile c{
      "c", Undeclared::refuse, {redaction(R"({"path": "/p/to", "do": "truncate_time", "to": "day"})").value()}};
  for (const auto& profiles : {std::vector{a, b, c}, std::vector{c, b, a}, std::vector{b, a, c, b}}) {
    const auto plan = Plan::make(dictionary(), profiles).value();
    CHECK(value(plan, "/p/seen") == "drop");
    CHECK(value(plan, "/p/from") == "truncate_time to week");
    CHECK(value(plan, "/p/to") == "truncate_time to week");
    CHECK(plan.undeclared() == Undeclared::refuse);
    CHECK(plan.profiles().size() == profiles.size());
  }
  CHECK(Plan::make(dictionary(), std::vector{a, b}).value().undeclared() == Undeclared::drop);
}

TEST_CASE("a plan of nothing refuses what is undeclared, and redacts only if something may be taken out") {
  const auto none = Plan::make(dictionary(), {}).value();
  CHECK(none.undeclared() == Undeclared::refuse);
  CHECK_FALSE(none.redacts());
  CHECK(touched(none) == Paths{});
  CHECK_FALSE(plan_of({}).value().redacts());
  CHECK(plan_of({}, Undeclared::drop).value().redacts());
  CHECK(plan_of({R"({"class": "licence", "do": "drop"})"}).value().redacts());
  CHECK(none.with_value(0, {.action = Action::drop}).redacts());
  CHECK(none.with_key(0, {.action = Action::drop}).redacts());
}

TEST_CASE("one treatment of a plan can be replaced without touching the others") {
  const auto plan =
      plan_of({R"({"path": "/p", "do": "mask"})", R"({"path": "/p", "of": "key", "do": "drop"})"}).value();
  const auto without = plan.with_value(*dictionary().find("/p/ip"), {});
  CHECK(touched(without).size() + 1 == touched(plan).size());
  CHECK(value(without, "/p/ip") == "keep");
  CHECK(touched(without, true) == touched(plan, true));
  CHECK(without.redacts());
  const auto without_key = plan.with_key(*dictionary().find("/p/hosts/*"), {});
  CHECK(touched(without_key, true).size() + 1 == touched(plan, true).size());
  CHECK(touched(without_key) == touched(plan));
}

TEST_CASE("a hand-made profile with a path that is none is refused too") {
  Redaction redaction;
  redaction.path = "p";
  redaction.treatment.action = Action::drop;
  redaction.place = "here";
  const Profile profile{"x", Undeclared::drop, {redaction}};
  CHECK(Plan::make(dictionary(), std::vector{profile}).error().message == "here: `p`: must start with `/`");
}
