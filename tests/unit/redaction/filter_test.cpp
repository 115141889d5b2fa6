#include "redaction/filter.hpp"

#include <doctest/doctest.h>

#include "kit.hpp"

using namespace airlock::redaction;
using namespace airlock::redaction::kit;
using airlock::dictionary::Class;

namespace {

using Lines = std::vector<std::string>;
using Set = std::set<std::string>;

/// The members of `/p` in a report that is otherwise as small as can be.
Outcome redact_small(const Lines& redactions, std::string_view members, Undeclared undeclared = Undeclared::drop) {
  return redact(small_dictionary(), make_plan(small_dictionary(), redactions, undeclared), report_with(members));
}

/// What becomes of the members of `/p`.
std::string members_after(const Lines& redactions, std::string_view members) {
  const auto outcome = redact_small(redactions, members);
  if (!outcome.result) return outcome.error();
  const std::string before = report_with("");
  const std::string start = before.substr(0, before.size() - 2);
  REQUIRE(outcome.bytes.starts_with(start));
  return outcome.bytes.substr(start.size(), outcome.bytes.size() - start.size() - 2);
}

std::string refusal(std::string_view members) { return redact_small({}, members, Undeclared::refuse).error(); }

}  // namespace

TEST_CASE("what no redaction names stays byte for byte, white space, escapes and numbers included") {
  const std::string odd =
      " \n{ \"event\":\t\"report\",\r\n \"p\" : {\"total\":10 ,\"ratio\": -1.50E+1,\"deployment\":\"\\u0061\\/b\" } } ";
  for (const auto& plan : {make_plan(small_dictionary(), {}), make_plan(small_dictionary(), {}, Undeclared::refuse),
                           make_plan(small_dictionary(), {R"({"class":"person","do":"drop"})"})}) {
    const auto outcome = redact(small_dictionary(), plan, odd);
    CHECK(outcome.bytes == odd);
    CHECK(outcome.value().counts.empty());
    CHECK(outcome.needles().empty());
  }
}

TEST_CASE("each action does to a value what it says") {
  const auto after = [](const std::string& action, const std::string& member) {
    return members_after({R"({"path":"/p",)" + action + "}"}, member);
  };
  CHECK(after(R"("do":"drop")", R"("owner":"a@example.com")").empty());
  CHECK(after(R"("do":"mask")", R"("owner":"a@example.com")") == R"("owner":"[masked]")");
  CHECK(after(R"("do":"mask")", R"("total":7)") == R"("total":"[masked]")");
  CHECK(after(R"("do":"mask")", R"("flag":true)") == R"("flag":"[masked]")");
  CHECK(after(R"("do":"pseudonymise")", R"("owner":"a@example.com")") ==
        R"("owner":")" + pseudonym_of(Class::person, "/p/owner", "a@example.com") + '"');
  CHECK(after(R"("do":"drop")", R"("labels":["a","b"])") == R"("labels":[])");
  CHECK(after(R"("do":"mask")", R"("labels":["a", "b"])") == R"("labels":["[masked]", "[masked]"])");
  CHECK(members_after({R"({"path":"/p/version","do":"truncate_version","to":"minor"})"}, R"("version":"v1.22.7")") ==
        R"("version":"v1.22")");
  CHECK(members_after({R"({"path":"/p/ip","do":"truncate_ip","v4":24,"v6":48})"}, R"("ip":"165.22.112.27")") ==
        R"("ip":"165.22.112.0")");
  CHECK(members_after({R"({"class":"time","do":"truncate_time","to":"day"})"},
                      R"("from":"2022-05-02T01:00:00+02:00")") == R"("from":"2022-05-01T00:00:00Z")");
}

TEST_CASE("a pseudonym is the HMAC of class, declared path and decoded value, a number's of its text") {
  const auto after = [](const std::string& member) {
    return members_after({R"({"path":"/p","do":"pseudonymise"})"}, member);
  };
  // Computed by other means: HMAC-SHA-256 under 32 times `p`, base32 of the first 16 bytes.
  CHECK(after(R"("owner":"a@example.com")") == R"("owner":"person-qndydq6472l6zkozt56s3xnhyq")");
  CHECK(after(R"("ratio":1.50e1)") == R"("ratio":"location-vblplcwwqwnw3dyhrnbekjal3u")");
  // Equal texts are equal however they are escaped, and differ from path to path.
  CHECK(after(R"("labels":["a","\u0061"])") ==
        R"("labels":["content-lxs7ttkrwxllxbvze72vfkqpgy","content-lxs7ttkrwxllxbvze72vfkqpgy"])");
  CHECK(pseudonym_of(Class::content, "/p/labels/*", "a") != pseudonym_of(Class::content, "/p/other/*", "a"));
  CHECK(pseudonym_of(Class::content, "/p/labels/*", "a") != pseudonym_of(Class::person, "/p/labels/*", "a"));
  // Neither can be shifted into the next.
  CHECK(pseudonym_of(Class::content, "/a", "b") != pseudonym_of(Class::content, "/ab", ""));
}

TEST_CASE("a value whose type the action does not fit is dropped") {
  const Lines day{R"({"class":"location","do":"truncate_time","to":"day"})"};
  CHECK(members_after(day, R"("seen":"2022-05-02T01:00:00Z")") == R"("seen":"2022-05-02T00:00:00Z")");
  CHECK(members_after(day, R"("seen":"165.22.112.27")").empty());
  CHECK(redact_small(day, R"("seen":"165.22.112.27")").counts() == Lines{"/p/seen value drop 1"});
  CHECK(members_after(day, R"("ratio":1.5)").empty());
}

TEST_CASE("an empty value is masked where it is a string and dropped where it is a container") {
  const Lines mask{R"({"class":"content","do":"mask"})"};
  CHECK(members_after(mask, R"("blank":"")") == R"("blank":"[masked]")");
  CHECK(members_after(mask, R"("blank":[],"total":1)") == R"("total":1)");
  CHECK(members_after(mask, R"("total":1,"blank":{ })") == R"("total":1)");
  CHECK(members_after({}, R"("blank":{ },"total":1)") == R"("blank":{ },"total":1)");
}

TEST_CASE("a truncation that changes nothing is not counted, and nothing is looked for") {
  const Lines all{R"({"class":"time","do":"truncate_time","to":"day"})",
                  R"({"path":"/p/ip","do":"truncate_ip","v4":24,"v6":48})",
                  R"({"class":"version","do":"truncate_version","to":"minor"})"};
  const std::string members = R"("from":"2022-05-02T00:00:00Z","ip":"165.22.112.0","version":"1.35")";
  const auto outcome = redact_small(all, members);
  CHECK(outcome.bytes == report_with(members));
  CHECK(outcome.counts().empty());
  CHECK(outcome.needles().empty());
}

TEST_CASE("dropping a key drops its member, and what went only because of it is looked for in the note alone") {
  const auto outcome = redact_small({R"({"path":"/p/teams/*","of":"key","do":"drop"})"},
                                    R"("teams":{"north":{"size":31,"names":{"Lead":4}}},"total":5)");
  CHECK(outcome.bytes == report_with(R"("teams":{},"total":5)"));
  CHECK(outcome.counts() == Lines{"/p/teams/* key drop 1"});
  CHECK(outcome.needles() == Set{"identifier: north", "note: Lead"});
}

TEST_CASE("keys are pseudonymised and truncated like values") {
  CHECK(members_after({R"({"class":"identifier","do":"pseudonymise"})"}, R"("teams":{"2":{"size":1}})") ==
        R"("teams":{")" + pseudonym_of(Class::identifier, "/p/teams/*", "2") + R"(":{"size":1}})");
  CHECK(members_after({R"({"class":"content","do":"pseudonymise"})"}, R"("teams":{"2":{"names":{"":1}}})") ==
        R"("teams":{"2":{"names":{")" + pseudonym_of(Class::content, "/p/teams/*/names/*", "") + R"(":1}}})");
  CHECK(members_after({R"({"class":"transport","do":"truncate_ip","v4":24,"v6":48})"},
                      R"("hosts":{"10.0.0.1":1,"10.0.1.1" : 2})") == R"("hosts":{"10.0.0.0":1,"10.0.1.0" : 2})");
  CHECK(members_after({R"({"class":"content","do":"mask"})"}, R"("teams":{"2":{"names":{"Lead":1}}})") ==
        R"("teams":{"2":{"names":{}}})");
}

TEST_CASE("keys that would be equal afterwards are dropped together and counted") {
  const Lines ip{R"({"class":"transport","do":"truncate_ip","v4":24,"v6":48})"};
  const auto outcome = redact_small(ip, R"("hosts":{"10.0.0.1":11,"10.0.1.1":12,"10.0.0.2":13,"10.0.0.0":14,"::":15})");
  CHECK(outcome.bytes == report_with(R"("hosts":{"10.0.1.0":12,"::":15})"));
  CHECK(outcome.counts() == Lines{"/p/hosts/* collision drop 3", "/p/hosts/* key truncate_ip 1"});
  CHECK(outcome.needles() ==
        Set{"note: 10.0.0.0", "transport: 10.0.0.1", "transport: 10.0.0.2", "transport: 10.0.1.1"});
}

TEST_CASE("a key that the dictionary spells out collides too") {
  const Lines major{R"({"path":"/p/mix/*","of":"key","do":"truncate_version","to":"minor"})"};
  const auto outcome = redact_small(major, R"("mix":{"1.0":"x","1.0.7":"y","2.0.1":"z"})");
  CHECK(outcome.bytes == report_with(R"("mix":{"2.0":"z"})"));
  CHECK(outcome.counts() ==
        Lines{"/p/mix/* collision drop 1", "/p/mix/* key truncate_version 1", "/p/mix/1.0 collision drop 1"});
  CHECK(outcome.needles() == Set{"version: 1.0.7", "version: 2.0.1"});
}

TEST_CASE("members that are dropped anyway take no part in collisions, and objects do not mix") {
  const Lines day{R"({"class":"time","do":"truncate_time","to":"day"})"};
  CHECK(members_after(day, R"("days":{"2022-05-02T01:00:00Z":-1,"2022-05-02T02:00:00Z":2})") ==
        R"("days":{"2022-05-02T00:00:00Z":2})");
  CHECK(members_after(day, R"("days":{"2022-05-02T01:00:00Z":1},"from":"2022-05-02T02:00:00Z")") ==
        R"("days":{"2022-05-02T00:00:00Z":1},"from":"2022-05-02T00:00:00Z")");
  const auto twice = R"("days":{"2022-05-02T01:00:00Z":1},"teams":{"a":{"names":{"2022-05-02T01:00:00Z":1}}})";
  CHECK(members_after(day, twice) ==
        R"("days":{"2022-05-02T00:00:00Z":1},"teams":{"a":{"names":{"2022-05-02T01:00:00Z":1}}})");
}

TEST_CASE("undeclared values are dropped and counted at the longest declared path, with all below it") {
  const auto outcome = redact_small(
      {},
      R"("extra":{"secret key":"secret value","n":[17,true,null,""]},"teams":{"a":{"odd":"x","size":1}},"labels":["a"],)"
      R"("users":[{"name":"n","more":2}],"mix":5,"hosts":["h"])");
  CHECK(outcome.bytes == report_with(R"("teams":{"a":{"size":1}},"labels":["a"],"users":[{"name":"n"}],"hosts":[])"));
  CHECK(outcome.counts() == Lines{"/p undeclared drop 1", "/p/hosts undeclared drop 1", "/p/mix undeclared drop 1",
                                  "/p/teams/* undeclared drop 1", "/p/users/* undeclared drop 1"});
  CHECK(outcome.needles() == Set{"note: secret value"});
  const auto top = redact(small_dictionary(), make_plan(small_dictionary(), {}), R"({"odd":1,"event":"report"})");
  CHECK(top.bytes == R"({"event":"report"})");
  CHECK(top.counts() == Lines{"/ undeclared drop 1"});
}

TEST_CASE("what is not of its type is dropped and counted at its declaration, with all below it") {
  const auto outcome = redact_small({}, R"("total":-1,"owner":["someone","else"],"flag":null,"hosts":{"bad host":31},)"
                                        R"("deployment":{"k":"v"},"blank":["w"],"version":true)");
  CHECK(outcome.bytes == report_with(R"("hosts":{},"blank":[])"));
  CHECK(outcome.counts() == Lines{"/p/blank ill_typed drop 1", "/p/deployment ill_typed drop 1",
                                  "/p/flag ill_typed drop 1", "/p/hosts/* ill_typed drop 1",
                                  "/p/owner ill_typed drop 1", "/p/total ill_typed drop 1",
                                  "/p/version ill_typed drop 1"});
  CHECK(outcome.needles() == Set{"note: someone", "note: bad host"});
}

TEST_CASE("an undeclared or ill-typed value refuses the report where the plan says so, and no value is told") {
  CHECK(refusal(R"("secret":1)") == "`/p` has a value that the dictionary does not declare");
  CHECK(refusal(R"("teams":{"secret":{"secret":1}})") ==
        "`/p/teams/*` has a value that the dictionary does not declare");
  CHECK(refusal(R"("teams":{"secret":3})") == "`/p/teams/*` has a value that the dictionary does not declare");
  CHECK(refusal(R"("users":[{"secret":1}])") == "`/p/users/*` has a value that the dictionary does not declare");
  CHECK(refusal(R"("hosts":[1])") == "`/p/hosts` has a value that the dictionary does not declare");
  CHECK(refusal(R"("secret__x":1)") == "`/p` has a value that the dictionary does not declare");
  CHECK(refusal(R"("total":"secret")") == "`/p/total` is not `count`");
  CHECK(refusal(R"("seen":"secret")") == "`/p/seen` is not `time` or `ip`");
  CHECK(refusal(R"("users":[{"age":"secret"}])") == "`/p/users/*/age` is not `integer`");
  CHECK(refusal(R"("hosts":{"secret":1})") == "`/p/hosts/*` has a key that is not `ip`");
  CHECK(refusal(R"("labels":[null])") == "`/p/labels/*` is not `text`");
  CHECK(refusal(R"("p__teams":1)") == "`/p` has a value that the dictionary does not declare");
  CHECK(refusal(R"("teams__2__size":"secret")") == "`/p/teams/*/size` is not `count`");
  CHECK(refusal(R"("teams__2":{"secret":1})").starts_with("`/p"));
  CHECK(redact(small_dictionary(), make_plan(small_dictionary(), {}, Undeclared::refuse), R"({"secret":1})").error() ==
        "`/` has a value that the dictionary does not declare");
  const auto outcome = redact_small({}, R"("secret":1)", Undeclared::refuse);
  CHECK(outcome.result.error().code == airlock::core::Code::refused);
}

TEST_CASE("what is ill-typed refuses a report also below something that is dropped") {
  const Lines drop_keys{R"({"class":"content","do":"drop"})"};
  const std::string members = R"("teams":{"a":{"names":{"Lead":-1}}})";
  CHECK(redact_small(drop_keys, members, Undeclared::refuse).error() == "`/p/teams/*/names/*` is not `count`");
  CHECK(redact_small(drop_keys, members).bytes == report_with(R"("teams":{"a":{"names":{}}})"));
}

TEST_CASE("twins are dropped where anything may be taken out, and stay where nothing is") {
  const std::string members = R"("total":5,"teams__2__size":3,"teams__2__names":{},"version__x":1)";
  const std::string twins = R"("total":5,"teams__2__size":3,"teams__2__names":{})";
  const auto outcome = redact_small({R"({"class":"person","do":"drop"})"}, members);
  CHECK(outcome.bytes == report_with(R"("total":5)"));
  CHECK(outcome.counts() == Lines{"/p undeclared drop 1", "twins twin drop 2"});
  CHECK(redact_small({}, twins, Undeclared::refuse).bytes == report_with(twins));
  CHECK(redact_small({}, twins, Undeclared::drop).bytes == report_with(R"("total":5)"));
}

TEST_CASE(
    "of a twin the value is looked for only where its path's own treatment does not keep it, and never the name") {
  const std::string members =
      R"("users__0__name":"Ada Lovelace","users__0__age":36,"teams__north__size":77,"site__":1,"labels__0":"Lead")";
  const auto needles = redact_small({R"({"class":"person","do":"drop"})"}, members).needles();
  CHECK(needles == Set{"person: Ada Lovelace"});
  const Lines day{R"({"path":"/p/mix/*","of":"key","do":"drop"})"};
  CHECK(redact_small(day, R"("mix__2.0":"x")").needles().empty());
}

TEST_CASE("booleans and enum values are not looked for") {
  const auto outcome = redact_small({R"({"path":"/p","do":"drop"})"}, R"("flag":true,"site":"unknown","blank":"")");
  CHECK(outcome.counts() == Lines{"/p/blank value drop 1", "/p/flag value drop 1", "/p/site value drop 1"});
  CHECK(outcome.needles().empty());
}

TEST_CASE("the period is the UTC day of what is disclosed, and nothing where nothing is") {
  const std::string members = R"("from":"2022-05-04T23:30:00-02:00","to":"2022-05-08T23:59:59.999999+00:00")";
  const auto period = [&](const Lines& redactions) {
    const auto outcome = redact_small(redactions, members);
    return outcome.value().period_start.value_or("-") + " " + outcome.value().period_end.value_or("-");
  };
  CHECK(period({}) == "2022-05-05 2022-05-08");
  CHECK(period({R"({"class":"time","do":"truncate_time","to":"day"})"}) == "2022-05-05 2022-05-08");
  CHECK(period({R"({"class":"time","do":"truncate_time","to":"week"})"}) == "2022-05-02 2022-05-02");
  CHECK(period({R"({"path":"/p/to","do":"truncate_time","to":"month"})"}) == "2022-05-05 2022-05-01");
  CHECK(period({R"({"path":"/p/to","do":"drop"})"}) == "2022-05-05 -");
  CHECK(period({R"({"class":"time","do":"mask"})"}) == "- -");
  CHECK(period({R"({"class":"time","do":"pseudonymise"})"}) == "- -");
  CHECK_FALSE(redact_small({}, R"("from":"yesterday","to":7)").value().period_start);
  CHECK_FALSE(redact_small({}, "").value().period_end);
}

TEST_CASE("the same report, plan and key give the same bytes") {
  const Lines redactions{R"({"class":"identifier","do":"pseudonymise"})"};
  const std::string members = R"("teams":{"2":{"size":1}},"ip":"10.0.0.1")";
  CHECK(redact_small(redactions, members).bytes == redact_small(redactions, members).bytes);
}

TEST_CASE("a report that is malformed or no object is bad input") {
  for (const auto* bad :
       {"", "[]", "3", "\"x\"", "null", R"({"event":"report")", R"({"event":"report","event":"report"})"}) {
    CAPTURE(bad);
    const auto outcome = redact(small_dictionary(), make_plan(small_dictionary(), {}), bad);
    CHECK_FALSE(outcome.result);
    CHECK(outcome.result.error().code == airlock::core::Code::bad_input);
  }
  CHECK(redact(small_dictionary(), make_plan(small_dictionary(), {}), "[]").error() ==
        "the report is not a JSON object");
}

TEST_CASE("a sink that fails ends the redaction with its own error") {
  airlock::core::StringSink full(3);
  const std::string text = report_with(R"("total":1)");
  const auto result =
      redact(airlock::core::MemoryBlob(text), small_dictionary(), make_plan(small_dictionary(), {}),
             airlock::crypto::Secret(std::string(32, 'p')), {}, airlock::crypto::Secret(std::string(16, 'f')), full);
  CHECK(result.error().message == "is larger than 3 bytes");
}

TEST_CASE("more distinct values than can be looked for afterwards are refused") {
  TakenOut taken;
  for (std::size_t i = 0; i < needles_limit; ++i) REQUIRE(taken.add_text(std::to_string(i), Class::content, true, 0));
  CHECK(taken.add_text("7", Class::person, true, 0));
  CHECK(taken.add_text("", Class::person, true, 0));
  CHECK(taken.add_text("one more", Class::person, true, 0).error().message ==
        "the report has more than 1000000 distinct values to take out, the maximum for the leak scan");
}

TEST_CASE("figures are rounded as numbers, and small ones go with their members") {
  const auto on = [](const std::string& action) {
    Lines out;
    for (const std::string path : {"total", "change", "teams"})
      out.push_back(R"({"path":"/p/)" + path + "\"," + action);
    return out;
  };
  const auto below = on(R"("do":"suppress_below","k":10})");
  CHECK(members_after(below, R"("total":9,"change":-50)").empty());
  CHECK(members_after(below, R"("total":10, "change":11)") == R"("total":10, "change":11)");
  const auto outcome = redact_small(below, R"("teams":{"2":{"size":9,"names":{"rare":1,"common":10}}})");
  CHECK(outcome.bytes == report_with(R"("teams":{"2":{"names":{"common":10}}})"));
  CHECK(outcome.counts() ==
        Lines{"/p/teams/*/names/* value suppress_below 1", "/p/teams/*/size value suppress_below 1"});
  CHECK(outcome.needles().empty());
  CHECK(scan(small_dictionary(), make_plan(small_dictionary(), below), outcome).empty());

  const auto round = on(R"("do":"round","to":100})");
  CHECK(members_after(round, R"("total":1250,"change":-49)") == R"("total":1300,"change":0)");
  CHECK(members_after(on(R"("do":"round","to":1000})"), R"("total":9223372036854775807)").empty());
  CHECK(redact_small(round, R"("change":-1249)").needles() == Set{});
  CHECK(members_after({R"({"path":"/p/ratio","do":"round","significant":2})"}, R"("ratio":53.8049)") ==
        R"("ratio":54)");
}

TEST_CASE("hosts and addresses of pages become their domain, as values and as keys, and the rest is looked for") {
  const std::string domain = R"({"class":"identifier","do":"host_to_domain"})";
  const auto outcome =
      redact_small({domain}, R"("host":"db.leeds.example.co.uk","site":"https://ph.example.com/x","ip":"10.0.0.1")");
  CHECK(outcome.bytes == report_with(R"("host":"example.co.uk","site":"https://example.com")"));
  CHECK(outcome.counts() ==
        Lines{"/p/host value host_to_domain 1", "/p/ip value drop 1", "/p/site value host_to_domain 1"});
  CHECK(outcome.needles() ==
        Set{"identifier: db.leeds.example.co.uk", "identifier: https://ph.example.com/x", "identifier: 10.0.0.1"});
  CHECK(scan(small_dictionary(), make_plan(small_dictionary(), {domain}), outcome).empty());
  CHECK(members_after({domain}, R"("host":"db.internal","site":"unknown")").empty());
}
