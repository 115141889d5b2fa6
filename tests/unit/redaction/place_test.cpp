// The first question of the leak scan: does each place hold only what its treatment allows?
#include "redaction/place.hpp"

#include <doctest/doctest.h>

#include "kit.hpp"

using namespace airlock::redaction;
using namespace airlock::redaction::kit;

namespace {

std::string still(std::string_view path, std::string_view what) {
  return "leak scan: `" + std::string(path) + "` still has " + std::string(what) + " after redaction";
}

}  // namespace

TEST_CASE("what stands where its treatment would have dropped or changed it is a fault") {
  const std::string untreated = "a value that had to be taken out or changed";
  const auto check = [&](const std::string& redaction, const std::string& members, const std::string& path) {
    CAPTURE(redaction);
    const auto plan = make_plan(small_dictionary(), {redaction});
    CHECK(scan_left(plan, "", members) == still(path, untreated));
  };
  for (const std::string action : {"drop", "mask", "pseudonymise"}) {
    const auto by_path = [&](const std::string& path) {
      return R"({"path":")" + path + R"(","do":")" + action + "\"}";
    };
    check(by_path("/p/host"), host_member, "/p/host");
    check(by_path("/p/total"), R"("total":5)", "/p/total");
    check(by_path("/p/flag"), R"("flag":true)", "/p/flag");
    check(by_path("/p/site"), R"("site":"unknown")", "/p/site");
    check(by_path("/p/blank"), R"("blank":"")", "/p/blank");
    check(by_path("/p/users"), R"("users":[{"age":3}])", "/p/users/*/age");
  }
  check(R"({"path":"/p/teams/*","of":"key","do":"drop"})", R"("teams":{"2":{}})", "/p/teams/*");
  check(R"({"path":"/p/teams/*","of":"key","do":"pseudonymise"})", R"("teams":{"2":{}})", "/p/teams/*");
  check(R"({"path":"/p/ip","do":"truncate_ip","v4":24,"v6":48})", R"("ip":"10.0.0.1")", "/p/ip");
  check(R"({"path":"/p/total","do":"round","to":10})", R"("total":5)", "/p/total");
  check(R"({"path":"/p/total","do":"suppress_below","k":10})", R"("total":5)", "/p/total");
  check(R"({"path":"/p/from","do":"truncate_time","to":"day"})", R"("from":"2026-11-01T10:00:00Z")", "/p/from");
  check(R"({"path":"/p/version","do":"truncate_version","to":"minor"})", R"("version":"1.2.3")", "/p/version");
  check(R"({"path":"/p/host","do":"host_to_domain"})", R"("host":"db.example.com")", "/p/host");
}

TEST_CASE("what a partial treatment leaves unchanged may stand") {
  const auto passes = [&](const std::string& redaction, const std::string& members) {
    CAPTURE(redaction);
    CHECK(scan_left(make_plan(small_dictionary(), {redaction}), "", members).empty());
  };
  passes(R"({"path":"/p/ip","do":"truncate_ip","v4":24,"v6":48})", R"("ip":"10.0.0.0")");
  passes(R"({"path":"/p/total","do":"round","to":10})", R"("total":50)");
  passes(R"({"path":"/p/from","do":"truncate_time","to":"day"})", R"("from":"2026-11-01T00:00:00Z")");
  passes(R"({"path":"/p/host","do":"host_to_domain"})", R"("host":"example.com")");
}

TEST_CASE("anything undeclared, ill-typed or twin in what would leave is a fault") {
  const auto plan = dropping({R"("path":"/p/key")"});
  CHECK(scan_left(plan, "", R"("odd":1)") == still("/p", "a value that the dictionary does not declare"));
  CHECK(scan_left(plan, "", R"("teams":{"2":7})") ==
        still("/p/teams/*", "a value that the dictionary does not declare"));
  CHECK(scan_left(plan, "", R"("total":"1")") == still("/p/total", "a value that is not of its declared type"));
  CHECK(scan_left(plan, "", R"("hosts":{"x":1})") == still("/p/hosts/*", "a value that is not of its declared type"));
  CHECK(scan_left(plan, "", R"("blank":[1])") == still("/p/blank", "a value that is not of its declared type"));
  CHECK(scan_left(plan, "", R"("teams__2__size":1)") == still("/p", "a twin, although all twins had to be dropped"));
  const auto nothing = make_plan(small_dictionary(), {}, Undeclared::refuse);
  CHECK(scan_left(nothing, R"("teams__2__size":1)", R"("teams__2__size":1)").empty());
}

TEST_CASE("a mask or a pseudonym may have another type than declared, and nothing else") {
  const auto plan = make_plan(small_dictionary(), {R"({"path":"/p/total","do":"mask"})"});
  CHECK(scan_left(plan, R"("total":1)", R"("total":"[masked]")").empty());
  CHECK_FALSE(scan_left(plan, R"("total":1)", R"("total":"[unmasked]")").empty());
  CHECK_FALSE(scan_left(dropping({R"("path":"/p/total")"}), R"("total":1)", R"("total":"[masked]")").empty());
  const auto hidden = make_plan(small_dictionary(), {R"({"path":"/p/total","do":"pseudonymise"})"});
  const std::string pseudonym = pseudonym_of(airlock::dictionary::Class::usage, "/p/total", "1");
  CHECK(scan_left(hidden, R"("total":1)", R"("total":")" + pseudonym + "\"").empty());
  CHECK_FALSE(scan_left(hidden, R"("total":1)", R"("total":")" + pseudonym.substr(1) + "\"").empty());
  CHECK_FALSE(scan_left(hidden, R"("total":1)", R"("total":"person)" + pseudonym.substr(5) + "\"").empty());
}
