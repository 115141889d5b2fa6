#include "redaction/leak_scan.hpp"
#include "core/encoding.hpp"

#include <doctest/doctest.h>

#include <random>

#include "kit.hpp"
#include "report/editor.hpp"

using namespace airlock::redaction;
using namespace airlock::redaction::kit;
using airlock::core::to_base64;
using airlock::core::to_hex;

namespace {

/// A copy at `path` of what stood at `source`.
std::string copied(const std::string& path, const std::string& source, int count = 1) {
  return path + " <- " + source + " " + std::to_string(count);
}

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
    CHECK(scan(small_dictionary(), plan, redact(small_dictionary(), plan, report_with(members))).empty());
  }
}

TEST_CASE("copies as they are, in another case, in percent-encoding, base64, hex and within JSON are found") {
  CHECK(scan_host("on " + host) == copied("/p/deployment", "/p/host"));
  CHECK(scan_host("elsewhere").empty());
  for (const std::string& copy :
       {std::string("PLAYGROUND.PostHog.net"), std::string("https://playground%2Eposthog%2enet/"), to_base64(host),
        "x" + to_base64("https://" + host + "/"), to_hex(host), "id=" + to_hex(host) + "0",
        R"({"host":")" + host + "\"}", std::string(R"({\"host\":\"playground\u002eposthog.net\"})"),
        to_base64(R"({"h":"playground%2eposthog.net"})")}) {
    CAPTURE(copy);
    CHECK(scan_host(copy) == copied("/p/deployment", "/p/host"));
  }
}

TEST_CASE("a value that was taken out in an encoded form is found decoded") {
  for (const std::string& form : {to_base64("ada@example.com"), to_hex("ada@example.com")}) {
    CHECK(scan_left(dropping({R"("path":"/p/key")"}), R"("key":")" + form + "\"",
                    R"("deployment":"by Ada@example.com")") == copied("/p/deployment", "/p/key"));
  }
}

TEST_CASE("copies are found in texts of every class, wildcard keys among them, but not in what the dictionary spells") {
  const auto plan = dropping({R"("path":"/p/key")"});
  const auto left_with = [&](const std::string& licence, const std::string& left) {
    return scan_left(plan, R"("key":")" + licence + "\"", left);
  };
  CHECK(left_with("ABCDEFGH", R"("labels":["x","abcdefgh"])") == copied("/p/labels/*", "/p/key"));
  CHECK(left_with("ABCDEFGH", R"("teams":{"abcdefgh":{}})") == copied("/p/teams/*", "/p/key"));
  CHECK(left_with("ABCDEFGH", R"("teams":{"2":{"names":{"xABCDEFGHx":1}}})") == copied("/p/teams/*/names/*", "/p/key"));
  CHECK(left_with("ABCDEFGH", R"("site":"https://x.example/ABCDEFGH")") == copied("/p/site", "/p/key"));
  CHECK(left_with("deployment", R"("deployment":"x")").empty());
  CHECK(left_with("report", R"("total":1)").empty());
  CHECK(left_with("unknown", R"("site":"unknown")").empty());
  CHECK(left_with("report", R"("labels":["report"])") == copied("/p/labels/*", "/p/key"));
}

TEST_CASE("what is short or of another class is found only as the whole of something of its class") {
  const auto content = make_plan(small_dictionary(), {R"({"path":"/p/labels","do":"drop"})"});
  const std::string lead = R"("labels":["Lead"])";
  CHECK(scan_left(content, lead, R"("teams":{"2":{"names":{"LEAD":1}}})") ==
        copied("/p/teams/*/names/*", "/p/labels/*"));
  CHECK(scan_left(content, lead, R"("teams":{"2":{"names":{"Leads":1}}})").empty());
  CHECK(
      scan_left(content, R"("labels":["Checkout started"])", R"("teams":{"2":{"names":{"Checkout started twice":1}}})")
          .empty());
  CHECK(scan_left(content, lead, R"("deployment":"Lead","teams":{"Lead":{}})").empty());
  CHECK(scan_left(content, R"("labels":["Le%61d"])", R"("teams":{"2":{"names":{"Lead":1}}})") ==
        copied("/p/teams/*/names/*", "/p/labels/*"));
}

TEST_CASE("numbers are found only of tell-tale classes, from nine digits, and not beside another digit") {
  const auto person = dropping({R"("path":"/p/users")"});
  const std::string number = R"("users":[{"age":123456789},{"name":"987654321"}])";
  CHECK(scan_left(person, number, R"("deployment":"user 123456789!")") == copied("/p/deployment", "/p/users/*/age"));
  CHECK(scan_left(person, number, R"("deployment":"987654321")") == copied("/p/deployment", "/p/users/*/name"));
  CHECK(scan_left(person, number, R"("teams":{"x123456789":{}})") == copied("/p/teams/*", "/p/users/*/age"));
  CHECK(scan_left(person, number, R"("deployment":"1234567890 0123456789")").empty());
  CHECK(scan_left(person, R"("users":[{"age":12345678}])", R"("deployment":"12345678")").empty());
  // Not as a JSON number, and not in what is made of numbers.
  CHECK(scan_left(person, number, R"("change":123456789,"version":"1.123456789","mix":{"1.987654321":"x"})").empty());
  CHECK(scan_left(dropping({R"("path":"/p/total")"}), R"("total":123456789)", R"("deployment":"123456789")").empty());
}

TEST_CASE("words of letters are found as words, and what begins or ends with a digit not beside another digit") {
  const auto person = dropping({R"("path":"/p/users")"});
  const auto names = [](const std::string& name) { return R"("users":[{"name":")" + name + "\"}]"; };
  const auto is_found = [&](const std::string& name, const std::string& text) {
    return !scan_left(person, names(name), R"("deployment":)" + airlock::report::json_string(text)).empty();
  };
  for (const auto* text : {"austin", "AUSTIN", "austin2", "austin_x", "in-austin", "7austin"})
    CHECK(is_found("Austin", text));
  for (const auto* text : {"austinite", "faustin", "austinö"}) CHECK_FALSE(is_found("Austin", text));
  CHECK(is_found("Wolfeschlegelstein", "xwolfeschlegelsteinx"));  // 12 letters and more: no coincidence
  CHECK(is_found("Zürich", "zürich-1"));
  CHECK_FALSE(is_found("Zürich", "zürichs"));
  CHECK(is_found("10.0.0.1", "at 10.0.0.1:80"));
  CHECK_FALSE(is_found("10.0.0.1", "10.0.0.128"));
  CHECK_FALSE(is_found("10.0.0.1", "110.0.0.1"));
  CHECK(is_found("10.0.0.1", "10.0.0.12 10.0.0.1"));
  // Licence keys are no words.
  CHECK(scan_left(dropping({R"("path":"/p/key")"}), R"("key":"abcdefg")", R"("deployment":"xabcdefgx")") ==
        copied("/p/deployment", "/p/key"));
}

TEST_CASE("what is not looked for: booleans, enum values, times, and what went only because its key went") {
  const auto all = dropping({R"("path":"/p/site")", R"("path":"/p/from")", R"("path":"/p/teams/*","of":"key")"});
  CHECK(scan_left(all, R"("site":"unknown","from":"2026-11-01T00:00:00Z","teams":{"2":{"names":{"Lead":1}}})",
                  R"("deployment":"unknown since 2026-11-01T00:00:00Z","labels":["Lead"])")
            .empty());
}

TEST_CASE("of what the dictionary did not know only addresses of persons are looked for") {
  const auto plan = dropping({R"("path":"/p/blank")"});
  const std::string odd = R"("odd":{"Secret thing":"hush-hush","n":123456789,"who":"ada@example.com"})";
  CHECK(scan_left(plan, odd, R"("labels":["secret thing","hush-hush","123456789"])").empty());
  CHECK(scan_left(plan, odd, R"("deployment":"by Ada@example.com")") == copied("/p/deployment", "/p"));
  CHECK(scan_left(plan, R"("odd":{"ada@example.com":1})", R"("deployment":"ada@example.com")") ==
        copied("/p/deployment", "/p"));
  CHECK(scan_left(plan, R"("owner":"Ada Lovelace")", R"("deployment":"ada lovelace's")").empty());
  // Where the field itself goes, what is ill-typed in it goes for the same reason.
  CHECK(scan_left(dropping({R"("class":"person")"}), R"("owner":"Ada Lovelace")", R"("deployment":"ada lovelace's")") ==
        copied("/p/deployment", "/p/owner"));
}

TEST_CASE("a twin's value is looked for as every path that it may copy and that takes it out") {
  const auto plan = dropping({R"("class":"person")"});
  CHECK(scan_left(plan, R"("users__0__name":"Ada Lovelace")", R"("deployment":"ada lovelace's")") ==
        copied("/p/deployment", "/p/users/*/name"));
  CHECK(scan_left(plan, R"("deployment__x":"Ada Lovelace","labels__0":"Ada Lovelace")",
                  R"("deployment":"ada lovelace's")")
            .empty());
}

TEST_CASE("truncated values are searched, and no pseudonym or mask that airlock wrote is") {
  const auto plan = make_plan(small_dictionary(), {R"({"path":"/p/ip","do":"truncate_ip","v4":24,"v6":48})",
                                                   R"({"path":"/p/seen","do":"drop"})"});
  const auto outcome = redact(small_dictionary(), plan, report_with(R"("ip":"10.0.0.1","seen":"10.0.0.0")"));
  CHECK(scan(small_dictionary(), plan, outcome) == copied("/p/ip", "/p/seen"));

  const auto mask =
      make_plan(small_dictionary(), {R"({"class":"identifier","do":"mask"})", R"({"class":"licence","do":"drop"})"});
  const std::string members = R"("host":"x.example","key":"masked")";
  CHECK(scan(small_dictionary(), mask, redact(small_dictionary(), mask, report_with(members))).empty());
  CHECK(scan_left(mask, members, R"("deployment":"a [masked]")") == copied("/p/deployment", "/p/key"));
}

TEST_CASE("a pseudonym that airlock did not write is a value like any other") {
  const auto plan = make_plan(small_dictionary(), {R"({"path":"/p/key","do":"drop"})"});
  const std::string forged = pseudonym_of(airlock::dictionary::Class::licence, "/p/key", "x");
  CHECK(scan_left(plan, R"("key":")" + forged + "\"", R"("deployment":")" + forged + "\"") ==
        copied("/p/deployment", "/p/key"));
}

TEST_CASE("the note is searched for whole words of all that does not leave, other text for what is found anywhere") {
  const auto plan = dropping({R"("path":"/p/labels")", R"("path":"/p/host")", R"("path":"/p/total")"});
  const std::string members = R"("labels":["Lead","job"],"total":16168,"odd":"hush-hush","n":"short",)" + host_member;
  const auto with = [&](const std::string& text, bool is_note) {
    return scan_left(plan, members, "", {{is_note ? "note" : "file name", text, is_note}});
  };
  const std::string word = "leak scan: the note repeats a value of the report that may not leave";
  const auto found_in = [](std::string_view where) {
    return "leak scan: the " + std::string(where) + " has a value of class `identifier` that was taken out";
  };
  CHECK(with("more leads", true).empty());
  CHECK(with("the new lead, weekly", true) == word);
  CHECK(with("the new Le%61d, weekly", true) == word);
  CHECK(with("16168 events", true) == word);
  CHECK(with("161689 events", true).empty());
  CHECK(with("hush-hush!", true) == word);
  CHECK(with("short", true).empty());
  CHECK(with("a job well done", true).empty());
  CHECK(with("see " + host + "!", true) == found_in("note"));
  CHECK(with("see " + to_base64(host), true) == found_in("note"));
  CHECK(with("the new lead, weekly", false).empty());
  CHECK(with("for-" + host + ".p7m", false) == found_in("file name"));
}

TEST_CASE("every copy goes with its member or element, byte for byte nothing else does, and a second look finds none") {
  const auto plan = make_plan(small_dictionary(), {R"({"path":"/p/host","do":"drop"})"});
  const auto left = [&](const std::string& members) {
    return without_copies(small_dictionary(), plan, redact(small_dictionary(), plan, report_with(members)));
  };
  CHECK(left(host_member + R"( , "deployment" : "on )" + host + R"(" , "total" : 1)") ==
        report_with(R"( "total" : 1)"));
  CHECK(left(R"("labels": [ 1, "a" , "x )" + host + R"(" , "b" ], )" + host_member) ==
        report_with(R"("labels": [ "a" , "b" ])"));
  CHECK(left(host_member + R"(,"teams":{"on )" + host + R"(":{"size":1,"names":{")" + host +
             R"(":1}},"2":{"size":2}})") == report_with(R"("teams":{"2":{"size":2}})"));
  CHECK(left(host_member + R"(,"labels":[")" + host + R"("])") == report_with(R"("labels":[])"));
  CHECK(left(host_member + R"(,"mix":{"1.0":")" + host + R"(","2.0":"y"})") == report_with(R"("mix":{"2.0":"y"})"));
}

TEST_CASE("a report is held where a copy cannot go: in what is needed, or where the profile says so") {
  const auto plan = dropping({R"("path":"/p/host")"});
  const std::string message = "leak scan: `/p/deployment` has a value of class `identifier` that was taken out";
  const auto taken = redact(small_dictionary(), plan, report_with(host_member)).value().taken;
  const std::string left = report_with(R"("deployment":")" + host + "\"");
  CHECK(scan_bytes(small_dictionary(), plan, left, *taken, {}, {"/p", "/p/deployment"}) == message);
  CHECK(scan_bytes(small_dictionary(), plan, left, *taken, {}, {"/p"}) == copied("/p/deployment", "/p/host"));

  Profile holding{"test", Undeclared::drop, {}};
  holding.redactions.push_back({std::nullopt, "/p/host", false, {.action = Action::drop}, "here"});
  holding.copies = CopiesAre::held;
  const auto strict =
      Plan::make(small_dictionary(), std::vector{holding, Profile{"other", Undeclared::drop, {}}}).value();
  CHECK(strict.copies() == CopiesAre::held);
  CHECK(scan_bytes(small_dictionary(), strict, left, *taken) == message);
}

TEST_CASE("a message names no source, the hint does, with both ways out") {
  const auto plan = dropping({R"("path":"/p/host")"});
  const auto taken = redact(small_dictionary(), plan, report_with(host_member)).value().taken;
  const airlock::core::MemoryBlob left(R"({"event":"report","p":{"deployment":"playground.posthog.net"}})");
  const std::vector<std::string> needed{"/p/deployment"};
  const auto held = airlock::redaction::scan({left, {}, needed}, small_dictionary(), plan, {*taken}, {},
                                             airlock::crypto::Secret(std::string(16, 'f')));
  CHECK(held.error().code == airlock::core::Code::refused);
  CHECK(held.error().message.find("/p/host") == std::string::npos);
  for (const auto* part : {"`/p/host`", "`redact_also`", "`enum`"}) {
    CHECK(held.error().hint.find(part) != std::string::npos);
  }
  const airlock::core::MemoryBlob malformed("{");
  CHECK(airlock::redaction::scan({malformed, {}, {}}, small_dictionary(), plan, {*taken}, {},
                                 airlock::crypto::Secret(std::string(16, 'f')))
            .error()
            .code == airlock::core::Code::bad_input);
}

TEST_CASE("what redaction wrote may be longer than a report may be") {
  const std::string text = report_with(R"("labels":["a","b","c"])");
  const auto plan = make_plan(small_dictionary(), {R"({"class":"content","do":"pseudonymise"})"});
  const auto outcome = redact(small_dictionary(), plan, text);
  REQUIRE(outcome.bytes.size() > text.size());
  const airlock::core::MemoryBlob blob(outcome.bytes);
  CHECK(airlock::redaction::scan({blob, {}, {}}, small_dictionary(), plan, {*outcome.value().taken},
                                 {.bytes = text.size()}, airlock::crypto::Secret(std::string(16, 'f'))));
}

TEST_CASE("a text in which needles begin everywhere and never end counts as a copy") {
  const auto plan = make_plan(small_dictionary(), {R"({"path":"/p/key","do":"drop"})"});
  const std::string almost(200, 'a');
  CHECK(scan_left(plan, R"("key":")" + almost + R"(b")", R"("deployment":")" + std::string(1000, 'a') + "\"") ==
        copied("/p/deployment", "/p/key"));
  CHECK(scan_left(plan, R"("key":")" + almost + R"(b")", R"("deployment":")" + almost + "\"").empty() == false);
  CHECK(scan_left(plan, R"("key":")" + almost + R"(b")", R"("deployment":"aaaaaaaaaaaaaaaa")").empty());
}

TEST_CASE("redact, scan, take the copies out, scan again: nothing is found, whatever stands where") {
  std::mt19937 random(12);
  const std::vector<std::string> values{
      "Austin", "ada@example.com", "10.0.0.1", "123456789", "playground.posthog.net", "Lead",
      "x",      "東京都千代田",    "1.2.3",    "a%41b",     "Wolfeschlegelstein"};
  const auto pick = [&] { return values[random() % values.size()]; };
  const auto copy = [&] {
    const std::string value = pick();
    const std::vector<std::string> forms{value,         "on " + value + "!", to_base64(value),
                                         to_hex(value), value + "9",         value + "z"};
    return airlock::report::json_string(forms[random() % forms.size()]);
  };
  std::size_t went = 0;
  for (int round = 0; round < 300; ++round) {
    const std::string members = R"("deployment":)" + copy() + R"(,"labels":[)" + copy() + "," + copy() + R"(],"key":)" +
                                copy() + R"(,"teams":{)" + copy() + R"(:{"names":{)" + copy() +
                                R"(:1}}},"users":[{"name":)" + copy() + R"(}],"odd":)" + copy();
    std::vector<std::string> redactions;
    for (const std::string cls : {"person", "licence", "identifier", "content"}) {
      const auto* action = random() % 2 == 0 ? "drop" : "pseudonymise";
      if (random() % 2 == 0) redactions.push_back(R"({"class":")" + cls + R"(","do":")" + action + "\"}");
    }
    const auto plan = make_plan(small_dictionary(), redactions);
    const auto outcome = redact(small_dictionary(), plan, report_with(members));
    REQUIRE_MESSAGE(outcome.result, outcome.error());
    CAPTURE(members);
    std::string left;
    CHECK_NOTHROW(left = without_copies(small_dictionary(), plan, outcome));
    went += left.size() < outcome.bytes.size() ? 1U : 0U;
  }
  CHECK(went > 20);
}
