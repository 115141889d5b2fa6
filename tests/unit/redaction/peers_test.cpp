// How the redactions of comparable products leaked, by their own issue trackers, as cases: derived copies of a host
// name (insights-client), secrets in keys and in escaped JSON within JSON (support bundles), host names that hold an
// address, short and cut user names (sos), only the first occurrence replaced. And reports that are honest and must
// pass.

#include <doctest/doctest.h>

#include "kit.hpp"
#include "report/editor.hpp"

using namespace airlock::redaction;
using namespace airlock::redaction::kit;

namespace {

/// What the scan says of a report whose identifiers, persons and licence keys are dropped by path, and nothing else.
std::string scan_of(const std::string& members) {
  const auto plan =
      make_plan(small_dictionary(), {R"({"path":"/p/host","do":"drop"})", R"({"path":"/p/ip","do":"drop"})",
                                     R"({"path":"/p/key","do":"drop"})", R"({"path":"/p/users","do":"drop"})"});
  const auto outcome = redact(small_dictionary(), plan, report_with(members));
  REQUIRE_MESSAGE(outcome.result, outcome.error());
  return scan(small_dictionary(), plan, outcome);
}

bool is_found(const std::string& members, const std::string& source) {
  return scan_of(members).find(" <- " + source) != std::string::npos;
}

}  // namespace

TEST_CASE("a host name is found in whatever was derived from it") {
  const std::string host = R"("host":"ph01.leeds.example.com",)";
  CHECK(is_found(host + R"("site":"https://PH01.leeds.example.com:8443/login")", "/p/host"));
  CHECK(is_found(host + R"("deployment":"helm on ph01.leeds.example.com")", "/p/host"));
  CHECK(is_found(host + R"("deployment":"backup.ph01.leeds.example.com.tar")", "/p/host"));
  CHECK(is_found(host + R"("labels":["a","display name: ph01.leeds.example.com"])", "/p/host"));
  CHECK(scan_of(host + R"("deployment":"helm on leeds.example.com")").empty());  // a part of it is no copy
}

TEST_CASE("a secret is found where it is a key and not a value") {
  CHECK(is_found(R"("key":"phx_secret_0123","teams":{"phx_secret_0123":{"size":1}})", "/p/key"));
  CHECK(is_found(R"("key":"phx_secret_0123","teams":{"2":{"names":{"plugin phx_secret_0123":1}}})", "/p/key"));
}

TEST_CASE("a secret is found in JSON that was escaped into a string, also twice") {
  const std::string json = R"({"api_key":"phx_\u0073ecret_0123"})";
  const std::string once = airlock::report::json_string(json);
  const std::string twice = airlock::report::json_string(once);
  CHECK(is_found(R"("key":"phx_secret_0123","deployment":)" + once, "/p/key"));
  CHECK(is_found(R"("key":"phx_secret_0123","deployment":)" + twice, "/p/key"));
}

TEST_CASE("an address is found in a host name that holds it") {
  CHECK(is_found(R"("ip":"10.17.33.250","deployment":"host-10.17.33.250.example.com")", "/p/ip"));
  CHECK(is_found(R"("ip":"10.17.33.250","site":"http://10.17.33.250.nip.io/")", "/p/ip"));
  CHECK(is_found(R"("ip":"2001:db8::250","deployment":"listens on [2001:DB8::250]:443")", "/p/ip"));
}

TEST_CASE("a short user name is found as the whole of a person's field, a longer one anywhere") {
  const auto plan = make_plan(small_dictionary(), {R"({"path":"/p/users/*/name","do":"drop"})"});
  const auto scan_with = [&](const std::string& members, const std::vector<FreeText>& texts = {}) {
    const auto outcome = redact(small_dictionary(), plan, report_with(R"("users":[{"name":"jose"}],)" + members));
    return scan_bytes(small_dictionary(), plan, outcome.bytes, *outcome.value().taken, texts);
  };
  CHECK(scan_with(R"("owner":"jo@example.com")").empty());
  CHECK(scan_with(R"("total":1)", {{"note", "asked by Jose today", true}}).find("the note") != std::string::npos);
  CHECK(is_found(R"("users":[{"name":"jonathan"}],"deployment":"made by jonathan2")", "/p/users/*/name"));
  CHECK(is_found(R"("users":[{"name":"jonathan"}],"labels":["/home/jonathan/x"])", "/p/users/*/name"));
}

TEST_CASE("every occurrence counts, not the first one only") {
  const std::string many = R"("labels":["none","none","x ph01.example.com","none"],"deployment":"none",)";
  CHECK(is_found(many + R"("host":"ph01.example.com")", "/p/host"));
  CHECK(is_found(R"("host":"ph01.example.com","mix":{"1.0":"clean","2.0":"clean","3.0":"at ph01.example.com"})",
                 "/p/host"));
}

TEST_CASE("an honest report with 60 000 pseudonyms raises no false alarm") {
  std::string names;
  for (int i = 0; i < 60'000; ++i) names += (i == 0 ? "\"event " : ",\"event ") + std::to_string(i) + "\":1";
  const auto plan = make_plan(small_dictionary(), {R"({"class":"content","do":"pseudonymise"})"});
  const auto outcome = redact(small_dictionary(), plan, report_with(R"("teams":{"2":{"names":{)" + names + "}}}"));
  REQUIRE(outcome.result);
  CHECK(outcome.value().counts.size() == 1);
  CHECK(outcome.value().counts[0].count == 60'000);
  CHECK(scan(small_dictionary(), plan, outcome).empty());
}

TEST_CASE("events named after every declared step and every class raise no false alarm") {
  std::set<std::string> words{"report", "[masked]", "drop", "keep"};
  for (const auto& field : shipped_dictionary().fields()) words.insert(field.steps.begin(), field.steps.end());
  for (std::size_t i = 0; i < airlock::dictionary::class_count; ++i) {
    words.emplace(name(static_cast<airlock::dictionary::Class>(i)));
  }
  std::string names;
  for (const auto& word : words) names += (names.empty() ? "" : ",") + airlock::report::json_string(word) + ":3";
  const std::string original = published_report();
  const auto at = original.find("\"events_count_by_name\"");
  REQUIRE(at != std::string::npos);
  const auto open = original.find('{', at);
  const std::string with = original.substr(0, open + 1) + names +
                           (original[original.find_first_not_of(" \n", open + 1)] == '}' ? "" : ",") +
                           original.substr(open + 1);
  for (const auto* profile : {"no-person", "baseline", "strict"}) {
    CAPTURE(profile);
    const auto plan = shipped_plan(profile);
    const auto outcome = redact(shipped_dictionary(), plan, with);
    REQUIRE_MESSAGE(outcome.result, outcome.error());
    CHECK(scan(shipped_dictionary(), plan, outcome).empty());
  }
}
