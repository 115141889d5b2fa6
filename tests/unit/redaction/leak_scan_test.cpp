#include "redaction/leak_scan.hpp"

#include <doctest/doctest.h>

#include "core/text.hpp"
#include "kit.hpp"
#include "report/editor.hpp"

namespace leak_scan_test {

using namespace airlock::redaction;
using namespace airlock::redaction::kit;
using airlock::core::to_base64;
using airlock::core::to_hex;

namespace {

std::string report(std::string_view members) { return R"({"event":"report","p":{)" + std::string(members) + "}}"; }

/// Drops everything that the redactions select.
Plan dropping(const std::vector<std::string>& selectors) {
  std::vector<std::string> redactions;
  for (const auto& selector : selectors) redactions.push_back("{" + selector + R"(,"do":"drop"})");
  return make_plan(small_dictionary(), redactions);
}

/// Redacts a report with the members `taken`, then scans one with the members `left`.
std::string scan_left(const Plan& plan, std::string_view taken, std::string_view left,
                      const std::vector<FreeText>& texts = {}) {
  const auto outcome = redact(small_dictionary(), plan, report(taken));
  REQUIRE(outcome.result);
  return scan_bytes(small_dictionary(), report(left), *outcome.value().taken, texts);
}

std::string found_at(std::string_view path, std::string_view cls) {
  return "leak scan: `" + std::string(path) + "` holds a value of class `" + std::string(cls) + "` that was taken out";
}

const std::string host = "playground.posthog.net";
const std::string host_member = R"("host":")" + host + "\"";

/// What the scan says where the host name was taken out and `text` stays.
std::string scan_host(std::string_view text) {
  return scan_left(dropping({R"("path":"/p/host")"}), host_member,
                   R"("deployment":)" + airlock::report::json_string(text));
}

}  // namespace

TEST_CASE("what was redacted as the plan says passes") {
  const std::string members = host_member + R"(,"deployment":"x","ip":"10.0.0.1","teams":{"2":{"size":3}},"total":5)";
  for (const auto* action : {"drop", "mask", "pseudonymise"}) {
    const auto plan = make_plan(small_dictionary(), {R"({"class":"identifier","do":")" + std::string(action) + "\"}"});
    CHECK(scan(small_dictionary(), redact(small_dictionary(), plan, report(members))).empty());
  }
}

TEST_CASE("a value that was taken out and stays where it was is found, and the message does not tell it") {
  CHECK(scan_left(dropping({R"("path":"/p/host")"}), host_member, host_member) == found_at("/p/host", "identifier"));
  CHECK(scan_host("on " + host) == found_at("/p/deployment", "identifier"));
  CHECK(scan_host("elsewhere").empty());
}

TEST_CASE("copies in another case, in percent-encoding, base64, hex and within JSON are found") {
  for (const std::string& copy :
       {std::string("PLAYGROUND.PostHog.net"), std::string("https://playground%2Eposthog%2enet/"), to_base64(host),
        "x" + to_base64("https://" + host + "/"), to_hex(host), "id=" + to_hex(host) + "0",
        R"({"host":")" + host + "\"}", std::string(R"({\"host\":\"playground\u002eposthog.net\"})"),
        to_base64(R"({"h":"playground%2eposthog.net"})")}) {
    CAPTURE(copy);
    CHECK(scan_host(copy) == found_at("/p/deployment", "identifier"));
  }
}

TEST_CASE("a value that was taken out in an encoded form is found decoded") {
  for (const std::string& form : {to_base64("ada@example.com"), to_hex("ada@example.com")}) {
    CHECK(scan_left(dropping({R"("path":"/p/key")"}), R"("key":")" + form + "\"",
                    R"("deployment":"by Ada@example.com")") == found_at("/p/deployment", "licence"));
  }
}

TEST_CASE("a host name that holds an address is found") {
  CHECK(scan_left(dropping({R"("path":"/p/ip")"}), R"("ip":"165.22.112.27")",
                  R"("host":"165.22.112.27.example.net")") == found_at("/p/host", "identifier"));
}

TEST_CASE("values are found in every class, wildcard keys among them, but not in what the dictionary spells out") {
  const auto plan = dropping({R"("path":"/p/key")"});
  const auto left_with = [&](const std::string& licence, const std::string& left) {
    return scan_left(plan, R"("key":")" + licence + "\"", left);
  };
  CHECK(left_with("ABCDEFGH", R"("labels":["x","abcdefgh"])") == found_at("/p/labels/*", "licence"));
  CHECK(left_with("ABCDEFGH", R"("teams":{"abcdefgh":{}})") == found_at("/p/teams/*", "licence"));
  CHECK(left_with("ABCDEFGH", R"("teams":{"2":{"names":{"xABCDEFGHx":1}}})") ==
        found_at("/p/teams/*/names/*", "licence"));
  CHECK(left_with("ABCDEFGH", R"("site":"https://x.example/ABCDEFGH")") == found_at("/p/site", "licence"));
  CHECK(left_with("deployment", R"("deployment":"x")").empty());
  CHECK(left_with("report", R"("total":1)").empty());
  CHECK(left_with("unknown", R"("site":"unknown")").empty());
  CHECK(left_with("report", R"("labels":["report"])") == found_at("/p/labels/*", "licence"));
}

TEST_CASE("what is short, a number or of another class is found only as the whole of something of its class") {
  const auto content = dropping({R"("path":"/p/labels")"});
  CHECK(scan_left(content, R"("labels":["Lead"])", R"("labels":["lead"])") == found_at("/p/labels/*", "content"));
  CHECK(scan_left(content, R"("labels":["Lead"])", R"("teams":{"2":{"names":{"LEAD":1}}})") ==
        found_at("/p/teams/*/names/*", "content"));
  CHECK(scan_left(content, R"("labels":["Lead"])", R"("labels":["Leads"])").empty());
  CHECK(scan_left(content, R"("labels":["Checkout started"])", R"("labels":["Checkout started twice"])").empty());
  CHECK(scan_left(content, R"("labels":["Lead"])", R"("deployment":"Lead","teams":{"Lead":{}})").empty());
  CHECK(scan_left(content, R"("labels":["Le%61d"])", R"("labels":["Lead"])") == found_at("/p/labels/*", "content"));
  const auto person = dropping({R"("class":"person")"});
  CHECK(scan_left(person, R"("users":[{"age":1234567}])", R"("users":[{"age":1234567}])") ==
        found_at("/p/users/*/age", "person"));
  CHECK(scan_left(person, R"("users":[{"age":1234567}])", R"("deployment":"1234567","change":1234567)").empty());
  const auto location = dropping({R"("path":"/p/ratio")"});
  CHECK(scan_left(location, R"("ratio":51.5368)", R"("ratio":51.5368)") == found_at("/p/ratio", "location"));
}

TEST_CASE("counts, booleans, enum values and empty values are not searched") {
  const auto all = dropping({R"("path":"/**")"});
  const std::string members = R"("total":1616800,"flag":true,"site":"unknown","blank":"")";
  CHECK(scan_left(all, members, members).empty());
  CHECK(scan_left(all, R"("change":1616800)", R"("change":1616800)") == found_at("/p/change", "usage"));
}

TEST_CASE("what was undeclared or ill-typed is found again, its keys too") {
  const auto plan = dropping({R"("path":"/p/blank")"});
  CHECK(scan_left(plan, R"("odd":{"Secret":"hush","n":17})", R"("labels":["secret"])") ==
        found_at("/p/labels/*", "content"));
  CHECK(scan_left(plan, R"("odd":{"Secret":"hush","n":17})", R"("labels":["hush"])") ==
        found_at("/p/labels/*", "content"));
  CHECK(scan_left(plan, R"("odd":{"Secret":"hush","n":17})", R"("labels":["17"])") ==
        found_at("/p/labels/*", "content"));
  CHECK(scan_left(plan, R"("owner":"Ada Lovelace")", R"("deployment":"ada lovelace's")") ==
        found_at("/p/deployment", "person"));
  CHECK(scan_left(plan, R"("total":"someone")", R"("deployment":"someone")").empty());
}

TEST_CASE("truncated values are searched, and no pseudonym or mask that stands alone is") {
  // An address elsewhere that is just what is left of another.
  const auto plan = make_plan(small_dictionary(), {R"({"path":"/p/ip","do":"truncate_ip","v4":24,"v6":48})",
                                                   R"({"path":"/p/seen","do":"drop"})"});
  const auto outcome = redact(small_dictionary(), plan, report(R"("ip":"10.0.0.1","seen":"10.0.0.0")"));
  CHECK(scan(small_dictionary(), outcome) == found_at("/p/ip", "location"));

  const auto mask =
      make_plan(small_dictionary(), {R"({"class":"identifier","do":"mask"})", R"({"class":"licence","do":"drop"})"});
  const std::string members = R"("host":"x.example","key":"masked")";
  CHECK(scan(small_dictionary(), redact(small_dictionary(), mask, report(members))).empty());
  const auto taken = redact(small_dictionary(), mask, report(members)).value().taken;
  CHECK(scan_bytes(small_dictionary(), report(R"("deployment":"a [masked]")"), *taken) ==
        found_at("/p/deployment", "licence"));
}

TEST_CASE("a pseudonym that airlock did not write is a value like any other") {
  const auto plan = make_plan(small_dictionary(), {R"({"path":"/p/key","do":"drop"})"});
  const std::string forged = pseudonym_of(airlock::dictionary::Class::licence, "/p/key", "x");
  CHECK(scan_left(plan, R"("key":")" + forged + "\"", R"("deployment":")" + forged + "\"") ==
        found_at("/p/deployment", "licence"));
}

TEST_CASE("anything undeclared, ill-typed or twin in what would leave is refused") {
  const auto plan = dropping({R"("path":"/p/key")"});
  const auto still = [](std::string_view path, std::string_view what) {
    return "leak scan: `" + std::string(path) + "` still holds " + std::string(what) + " after redaction";
  };
  CHECK(scan_left(plan, "", R"("odd":1)") == still("/p", "something that the dictionary does not declare"));
  CHECK(scan_left(plan, "", R"("teams":{"2":7})") ==
        still("/p/teams/*", "something that the dictionary does not declare"));
  CHECK(scan_left(plan, "", R"("total":"1")") == still("/p/total", "something that is not of its declared type"));
  CHECK(scan_left(plan, "", R"("hosts":{"x":1})") == still("/p/hosts/*", "something that is not of its declared type"));
  CHECK(scan_left(plan, "", R"("blank":[1])") == still("/p/blank", "something that is not of its declared type"));
  CHECK(scan_left(plan, "", R"("teams__2__size":1)") == still("/p", "a twin, and all were to be dropped"));
  const auto nothing = make_plan(small_dictionary(), {}, Undeclared::refuse);
  CHECK(scan_left(nothing, R"("teams__2__size":1)", R"("teams__2__size":1)").empty());
}

TEST_CASE("a mask or a pseudonym may have another type than declared, and nothing else") {
  const auto plan = make_plan(small_dictionary(), {R"({"path":"/p/total","do":"mask"})"});
  CHECK(scan_left(plan, R"("total":1)", R"("total":"[masked]")").empty());
  CHECK_FALSE(scan_left(plan, R"("total":1)", R"("total":"[unmasked]")").empty());
  CHECK_FALSE(scan_left(dropping({R"("path":"/p/total")"}), R"("total":1)", R"("total":"[masked]")").empty());
}

TEST_CASE("the note is searched for whole words of every class, other text only for what is found anywhere") {
  const auto plan = dropping({R"("path":"/p/labels")", R"("path":"/p/host")", R"("path":"/p/total")"});
  const std::string members = R"("labels":["Lead","job"],"total":1616800,)" + host_member;
  const auto with = [&](const std::string& text, bool is_note) {
    return scan_left(plan, members, "", {{is_note ? "note" : "file name", text, is_note}});
  };
  const auto found_in = [](std::string_view where, std::string_view cls) {
    return "leak scan: the " + std::string(where) + " holds a value of class `" + std::string(cls) +
           "` that was taken out";
  };
  CHECK(with("more leads", true).empty());
  CHECK(with("the new lead, weekly", true) == found_in("note", "content"));
  CHECK(with("the new Le%61d, weekly", true) == found_in("note", "content"));
  CHECK(with("1616800 events", true) == found_in("note", "usage"));
  CHECK(with("a job well done", true).empty());
  CHECK(with("see " + host + "!", true) == found_in("note", "identifier"));
  CHECK(with("see " + to_base64(host), true) == found_in("note", "identifier"));
  CHECK(with("the new lead, weekly", false).empty());
  CHECK(with("for-" + host + ".p7m", false) == found_in("file name", "identifier"));
}

TEST_CASE("a refusal has the code of one, and malformed bytes are bad input") {
  const auto outcome = redact(small_dictionary(), dropping({R"("path":"/p/host")"}), report(host_member));
  const auto code_of = [&](const std::string& bytes) {
    return scan(airlock::core::MemoryBlob(bytes), {}, small_dictionary(), *outcome.value().taken, {},
                airlock::crypto::Secret(std::string(16, 'f')))
        .error()
        .code;
  };
  CHECK(code_of(report(host_member)) == airlock::core::Code::refused);
  CHECK(code_of("{") == airlock::core::Code::bad_input);
}

TEST_CASE("what redaction wrote may be longer than a report may be") {
  const std::string text = report(R"("labels":["a","b","c"])");
  const auto plan = make_plan(small_dictionary(), {R"({"class":"content","do":"pseudonymise"})"});
  const auto outcome = redact(small_dictionary(), plan, text);
  REQUIRE(outcome.bytes.size() > text.size());
  CHECK(scan(airlock::core::MemoryBlob(outcome.bytes), {}, small_dictionary(), *outcome.value().taken,
             {.bytes = text.size()}, airlock::crypto::Secret(std::string(16, 'f'))));
}

}  // namespace leak_scan_test
