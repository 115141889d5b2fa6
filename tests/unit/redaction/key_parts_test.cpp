// Keys with a pattern: each part is kept or replaced within the key, and the leak scan knows the parts.

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "kit.hpp"

namespace airlock::redaction::key_parts_test {
namespace {

using namespace kit;
using dictionary::Class;
using dictionary::Dictionary;

using Lines = std::vector<std::string>;

const Dictionary& patterns() {
  static const Dictionary parsed = Dictionary::parse(R"({
    "format": "airlock-dictionary/2", "name": "d", "product": "p", "roles": {"event": {"always": "report"}}, "fields": [
    {"path": "/m/*", "type": "count", "class": "usage",
     "key": {"pattern": "ds.{plugin}.{mode}", "plugin": {"type": "text", "class": "content"},
             "mode": {"type": "enum", "values": ["proxy", "direct"], "class": "usage"}}},
    {"path": "/m/*", "type": "text", "class": "content",
     "key": {"pattern": "user:{name}", "name": {"type": ["email", "text"], "class": "person"}}},
    {"path": "/m/*", "type": "count", "class": "usage",
     "key": {"pattern": "{from}-{to}!", "from": {"type": "text", "class": "location"},
             "to": {"type": "text", "class": "location"}}},
    {"path": "/m/*", "key": {"pattern": "ds.content-{odd}.proxy", "odd": {"type": "text", "class": "version"}},
     "type": "count", "class": "usage"},
    {"path": "/m/*", "key": {"pattern": "host:{host}", "host": {"type": "hostname", "class": "identifier"}},
     "type": "count", "class": "usage"},
    {"path": "/m/*", "key": {"pattern": "by {who}: {what}", "who": {"type": ["uuid", "text"], "class": "person"},
             "what": {"type": ["version", "id", "text"], "class": "version"}}, "type": "count", "class": "usage"},
    {"path": "/mail", "type": "text", "class": "person"},
    {"path": "/note", "type": "text", "class": "content"}]})",
                                                     "d.json")
                                       .value();
  return parsed;
}

Outcome redacted(const Lines& redactions, const std::string& report) {
  return redact(patterns(), make_plan(patterns(), redactions), report);
}

std::string after(const Lines& redactions, const std::string& members) {
  const auto outcome = redacted(redactions, R"({"m":{)" + members + "}}");
  REQUIRE(outcome.result);
  CHECK(scan(patterns(), make_plan(patterns(), redactions), outcome).empty());
  return outcome.bytes.substr(6, outcome.bytes.size() - 8);
}

const std::string hide_content = R"({"class":"content","do":"pseudonymise"})";
const std::string hide_person = R"({"class":"person","do":"pseudonymise"})";

std::string plugin(const std::string& text) { return pseudonym_of(Class::content, "/m/ds.*.*", text); }

}  // namespace

TEST_CASE("a class is replaced within the key, and literal text and other parts stay") {
  CHECK(after({hide_content}, R"("ds.bank-core.direct":3)") == R"("ds.)" + plugin("bank-core") + R"(.direct":3)");
  CHECK(after({hide_person}, R"("user:jane@bank.example":"x")") ==
        R"("user:)" + pseudonym_of(Class::person, "/m/user:*", "jane@bank.example") + R"(":"x")");
  CHECK(after({hide_person}, R"("ds.bank-core.direct":3)") == R"("ds.bank-core.direct":3)");
}

TEST_CASE("what drops a part drops the member") {
  CHECK(after({R"({"class":"content","do":"drop"})"}, R"("ds.a.proxy":3,"host:a.example":1)") ==
        R"("host:a.example":1)");
  // No part can be masked, and an enum not be replaced.
  CHECK(after({R"({"class":"content","do":"mask"})"}, R"("ds.a.proxy":3)").empty());
  CHECK(after({hide_content, R"({"class":"usage","do":"pseudonymise"})"}, R"("ds.a.proxy":3)").empty());
  CHECK(after({R"({"class":"identifier","do":"host_to_domain"})"}, R"("host:a.example":3)").empty());
}

TEST_CASE("a part is replaced only if a reader can see where the pseudonym ends") {
  // A `-` stands in every pseudonym; `!` does not, and ends the key.
  CHECK(after({R"({"class":"location","do":"pseudonymise"})"}, R"("leeds-york!":3)").empty());
  const auto plan = make_plan(patterns(), {R"({"class":"location","do":"pseudonymise"})"});
  CHECK(plan.key_part(2, 0).base.action == Action::drop);
  CHECK(plan.key_part(2, 1).base.action == Action::pseudonymise);
  CHECK(plan.key(2).base.action == Action::drop);
}

TEST_CASE("a key that would then be of another pattern is dropped") {
  CHECK(after({hide_content}, R"("ds.content-x.proxy":1,"ds.x.proxy":2)") == R"("ds.content-x.proxy":1)");
  CHECK(after({hide_content}, R"("ds.x.direct":2)") == R"("ds.)" + plugin("x") + R"(.direct":2)");
}

TEST_CASE("a path redaction takes all parts of the key, and must fit each") {
  const auto refused = [](const std::string& redaction) {
    const auto read = redaction_from(core::parse_json(redaction, "t").value(), "t", "/0");
    REQUIRE(read);
    const Profile profile{"t", Undeclared::drop, {*read}};
    const auto plan = Plan::make(patterns(), std::span(&profile, 1));
    return plan ? "" : plan.error().message;
  };
  CHECK(refused(R"({"path":"/m/user:*","of":"key","do":"pseudonymise"})").empty());
  CHECK(refused(R"({"path":"/m/*","of":"key","do":"drop"})").empty());
  CHECK(refused(R"({"path":"/m/ds.*.*","do":"round","to":10})").empty());
  CHECK(refused(R"({"path":"/m/ds.*.*","of":"key","do":"pseudonymise"})") ==
        "`t`: `/0`: `pseudonymise` does not fit part `mode` of the keys of `/m/ds.*.*`");
  CHECK(refused(R"({"path":"/m/host:*","of":"key","do":"host_to_domain"})") ==
        "`t`: `/0`: `host_to_domain` does not fit part `host` of the keys of `/m/host:*`");
  CHECK(refused(R"({"path":"/m/ds.x.*","of":"key","do":"drop"})") == "`t`: `/0`: `/m/ds.x.*` selects no declared key");
}

TEST_CASE("what was taken out of a key is looked for, by the class of the part") {
  const auto outcome = redacted({hide_content, hide_person}, R"({"m":{"ds.bank-core.direct":3,"user:jane.roe":"x"}})");
  CHECK(outcome.needles() == std::set<std::string>{"content: bank-core", "person: jane.roe", "content: x"});
  const auto dropped = redacted({R"({"class":"usage","do":"drop"})"}, R"({"m":{"ds.bank-core.direct":3}})");
  CHECK(dropped.needles().contains("note: bank-core"));
  const auto ill_typed = redacted({hide_content}, R"({"m":{"ds.bank-core.other":3,"host:jane@bank.example":1}})");
  CHECK(ill_typed.bytes == R"({"m":{}})");
  CHECK(ill_typed.needles().contains("content: bank-core"));
  CHECK(ill_typed.needles().contains("person: jane@bank.example"));
}

TEST_CASE("kept parts are searched for copies, and what Airlock wrote is not") {
  const std::string drop_mail = R"({"path":"/mail","do":"drop"})";
  const auto copied = [](const Lines& redactions, const std::string& report) {
    return scan(patterns(), make_plan(patterns(), redactions), redacted(redactions, report));
  };
  CHECK(copied({drop_mail}, R"({"mail":"Jane Roehampton","m":{"ds.by Jane Roehampton.direct":1}})") ==
        "/m/ds.*.* <- /mail 1");
  CHECK(copied({drop_mail, hide_content}, R"({"mail":"Jane Roehampton","m":{"ds.by Jane Roehampton.direct":1}})")
            .empty());
  CHECK(copied({drop_mail}, R"({"mail":"direct","m":{"ds.x.direct":1}})").empty());
}

TEST_CASE("a part is treated by the type that its text was taken for") {
  const std::string uuid = "01808211-23a9-0000-354b-a5da0697932b";
  const std::string of_texts = R"({"class":"person","type":"text","do":"pseudonymise"})";
  const auto who = [](const std::string& text) { return pseudonym_of(Class::person, "/m/by *: *", text); };
  CHECK(after({of_texts}, R"("by Anna: 1.2":3)") == R"("by )" + who("Anna") + R"(: 1.2":3)");
  CHECK(after({of_texts}, R"("by )" + uuid + R"(: 1.2":3)") == R"("by )" + uuid + R"(: 1.2":3)");
  CHECK(after({of_texts, R"({"class":"version","type":["id","text"],"do":"drop"})"},
              R"("by Anna: 1.2":3,"by Anna: beta":4,"by )" + uuid + R"(: V1StGXR8_Z5jdHi6B-myT":5)") ==
        R"("by )" + who("Anna") + R"(: 1.2":3)");
  // Other redactions of the class add to it, and what fits no part drops the member.
  CHECK(after({of_texts, R"({"class":"person","do":"pseudonymise"})"}, R"("by )" + uuid + R"(: 1.2":3)") ==
        R"("by )" + who(uuid) + R"(: 1.2":3)");
  CHECK(after({R"({"class":"version","type":"version","do":"truncate_version","to":"major"})"},
              R"("by Anna: 1.2":3,"by Anna: beta":4)") == R"("by Anna: beta":4)");
  const auto plan = make_plan(patterns(), {of_texts, R"({"class":"version","type":"version","do":"mask"})"});
  CHECK(describe(plan.key_part(5, 0)) == "keep; type text: pseudonymise");
  CHECK(describe(plan.key_part(5, 1)) == "keep; type version: drop");
  CHECK(describe(plan.key(5)) == "keep; type text: pseudonymise; type version: drop");
  REQUIRE(plan.key_reasons(5).size() == 2);
  CHECK(plan.key_reasons(5)[0].part == 0);
  CHECK(plan.key_reasons(5)[1].part == 1);
  CHECK(plan.key_reasons(5)[1].unfit == std::vector{dictionary::Type::version});
}

TEST_CASE("of a part only the types that are taken out are looked for, and the kept ones are searched") {
  const Lines of_texts{R"({"class":"person","type":"text","do":"pseudonymise"})"};
  const std::string uuid = "01808211-23a9-0000-354b-a5da0697932b";
  CHECK(redacted(of_texts, R"({"m":{"by Anna Lund: 1.2":3}})").needles() == std::set<std::string>{"person: Anna Lund"});
  CHECK(redacted(of_texts, R"({"m":{"by )" + uuid + R"(: 1.2":3}})").needles().empty());
  const auto plan = make_plan(patterns(), of_texts);
  const auto fault = [&](const std::string& who) {
    return scan_bytes(patterns(), plan, R"({"m":{"by )" + who + R"(: 1.2":1}})", TakenOut());
  };
  CHECK(fault(uuid).empty());
  CHECK(fault(pseudonym_of(Class::person, "/m/by *: *", "x")).empty());
  CHECK(fault("Anna").find("a value that had to be taken out or changed") != std::string::npos);
}

TEST_CASE("a place with a pattern holds what the treatment of each part allows") {
  const auto plan = make_plan(patterns(), {hide_content});
  const auto fault = [&](const std::string& key) {
    return scan_bytes(patterns(), plan, R"({"m":{")" + key + R"(":1}})", TakenOut());
  };
  CHECK(fault("ds." + plugin("x") + ".direct").empty());
  CHECK(fault("ds.bank-core.direct").find("a value that had to be taken out or changed") != std::string::npos);
  CHECK(fault("ds." + pseudonym_of(Class::person, "/", "x") + ".direct").find("taken out or changed") !=
        std::string::npos);
  CHECK(fault("ds." + plugin("x") + ".other").find("not of its declared type") != std::string::npos);
}

}  // namespace airlock::redaction::key_parts_test
