// Classes from names and values: names that no sample of the source tree has.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "drafts.hpp"

using namespace airlock;
using core::Json;

namespace {

/// What the draft of a report with this one value says of it: its class, and `?` if it is marked.
std::string guess(const Json& report, const std::string& path) {
  const auto declarations = test::declarations_in(test::draft_of({report.dump()}).text);
  const auto found = declarations.find(path);
  if (found == declarations.end()) return "not declared";
  return found->second["class"].get<std::string>() + (found->second.contains("review") ? "?" : "");
}

std::string guess_of_member(const std::string& name, const Json& value) {
  return guess(Json{{name, value}, {"other", 1}}, "/" + name);
}

}  // namespace

TEST_CASE("what is about people is person, whatever its type and the style of its name") {
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, Json>>{{"surname", "Lund"},
                                                 {"givenName", "Ada"},
                                                 {"EmailAddress", "ada@example.com"},
                                                 {"contact", "ada@example.com"},
                                                 {"mobile_phone", 46701234567},
                                                 {"phone-number", "+46 70 123 45 67"},
                                                 {"age", 42},
                                                 {"date_of_birth", "1970-01-01"},
                                                 {"userId", 17},
                                                 {"user_uuid", "476fde3c-2a7a-4ba8-8b18-d24c6099ac60"},
                                                 {"createdBy", "ada"},
                                                 {"avatarUrl", "https://example.com/a"},
                                                 {"salary", 52000.5},
                                                 {"job_title", "chief"}}) {
    CHECK_MESSAGE(guess_of_member(name, value).starts_with("person"), name << ": " << guess_of_member(name, value));
  }
}

TEST_CASE("what is in a record of a person is person, except ids of another kind, and marked if it is not clear") {
  const Json users = {
      {"users", Json::array({{{"id", 3}, {"role", "chief"}, {"theme", "dark"}, {"logins", 7}, {"active", true}}})}};
  CHECK(guess(users, "/users/*/id") == "person");
  CHECK(guess(users, "/users/*/role") == "person?");
  CHECK(guess(users, "/users/*/theme") == "person?");
  CHECK(guess(users, "/users/*/logins") == "person?");
  CHECK(guess(users, "/users/*/active") == "person?");
  const Json figures = {{"users", {{"total", 3}, {"active", 1}}}};
  CHECK(guess(figures, "/users/total") == "usage");
}

TEST_CASE("figures and switches are usage") {
  for (const auto* name :
       {"user_count", "emails_sent", "licensed_seats", "storageBytes", "teams", "x", "avg_latency_ms"}) {
    CHECK_MESSAGE(guess_of_member(name, 5) == "usage", name << ": " << guess_of_member(name, 5));
  }
  CHECK(guess_of_member("email_enabled", true) == "usage");
  CHECK(guess_of_member("user", 5) == "person?");
}

TEST_CASE("numbers may be places, ids and times") {
  CHECK(guess_of_member("latitude", 59.3) == "location");
  CHECK(guess_of_member("zip", 22222) == "location");
  CHECK(guess_of_member("tenantId", 9) == "identifier");
  CHECK(guess_of_member("license_number", 99) == "licence");
  CHECK(guess_of_member("created_at", 1795748400) == "time");
  CHECK(guess_of_member("total_bytes", 1795748400) == "usage");
  CHECK(guess_of_member("thing", 1234567890123456789) == "identifier?");
}

TEST_CASE("texts take the class of their name") {
  const std::vector<std::array<std::string, 3>> texts{{"country_code", "SE", "location"},
                                                      {"timezone", "Europe/Stockholm", "location"},
                                                      {"fqdn", "git.example.com", "identifier"},
                                                      {"company", "Lund AB", "identifier"},
                                                      {"tenantName", "lund", "identifier"},
                                                      {"api_key", "abc", "identifier"},
                                                      {"licenseKey", "AAAA-BBBB", "licence"},
                                                      {"subscription_id", "S-1", "licence"},
                                                      {"database_engine", "postgres", "deployment"},
                                                      {"cpuArch", "arm64", "deployment"},
                                                      {"os_name", "linux", "deployment"},
                                                      {"dashboard_title", "Sales", "content"},
                                                      {"index_name", "orders", "content"},
                                                      {"build_number", "77a", "version"},
                                                      {"server_version", "1.2.3.4", "version"},
                                                      {"install_date", "2026-01-02", "time"},
                                                      {"mac_address", "02:42:ac:11:00:02", "identifier"}};
  for (const auto& [name, value, wanted] : texts) {
    CHECK_MESSAGE(guess_of_member(name, value) == wanted, name << ": " << guess_of_member(name, value));
  }
}

TEST_CASE("a text whose name says nothing is content and marked; an address in it is an identifier") {
  CHECK(guess_of_member("qqq", "something") == "content?");
  CHECK(guess_of_member("qqq", "git.example.com") == "identifier?");
  CHECK(guess_of_member("qqq", "9i4q8yh2yykyt6np32e7u0dbd1") == "identifier");
  CHECK(guess_of_member("edition", "Åsas egen") == "content?");
  CHECK(guess_of_member("qqq", nullptr).ends_with("?"));
  CHECK(guess_of_member("qqq", Json::array()).ends_with("?"));
}

TEST_CASE("names that are data take the class of what they name") {
  const Json report = {{"teams", {{"1", {{"n", 1}}}, {"2", {{"n", 2}}}}},
                       {"queries_by_user", {{"ada", 1}, {"bob", 2}}}};
  const auto declarations = test::declarations_in(test::draft_of({report.dump()}).text);
  CHECK(declarations.at("/teams/*")["key"] == Json{{"type", "text"}, {"class", "identifier"}});
  CHECK(declarations.at("/queries_by_user/*")["key"]["class"] == "person");
}
