// docs/formats/dictionary.md: its example is a dictionary, and places reports as the page's table says.
#include <doctest/doctest.h>

#include <string>

#include "walk.hpp"

using namespace airlock::dictionary;

TEST_CASE("the documented example places reports as documented") {
  const std::string page = test::file("docs/formats/dictionary.md");
  const std::string fence = "```json\n";
  const auto begin = page.find(fence);
  REQUIRE(begin != std::string::npos);
  const auto parsed =
      Dictionary::parse(std::string_view(page).substr(begin + fence.size(),
                                                      page.find("```", begin + fence.size()) - begin - fence.size()),
                        "dictionary.md");
  REQUIRE_MESSAGE(parsed, parsed.error().message);

  struct Row {
    std::string member;
    std::string path;
    std::string placed;
  };
  const Row rows[] = {
      {R"("event": "weekly report")", "/event", "structure, declared by /event as enum of usage"},
      {R"("data": {})", "/data", "structure, structure"},
      {R"("data": [])", "/data", "structure, structure"},
      {R"("data": "none")", "/data", "structure, undeclared"},
      {R"("data": {"total": -1})", "/data/total", "structure, ill-typed by /data/total of usage"},
      {R"("data": {"total": [1, 2]})", "/data/total/0", "ill-typed by /data/total of usage"},
      {R"("data": {"teams": {"2": {"events": 7}}})", "/data/teams/2",
       "declared by /data/teams/* as text of identifier, structure"},
      {R"("data": {"teams": {"2": {"events": 7}}})", "/data/teams/2/events",
       "structure, declared by /data/teams/*/events as count of usage"},
      {R"("data": {"teams": {"": {"events": 7}}})", "/data/teams//events",
       "ill-typed by /data/teams/* of identifier, ill-typed by /data/teams/* of identifier"},
      {R"("data": {"teams": [{"events": 7}]})", "/data/teams/0", "undeclared"},
      {R"("data": {"users": [{"email": "ada@example.com"}]})", "/data/users/0/email",
       "structure, declared by /data/users/*/email as email of person"},
      {R"("data": {"users": {"0": {"email": "ada@example.com"}}})", "/data/users/0", "undeclared, undeclared"},
      {R"("data": {"teams__2__events": 7})", "/data/teams__2__events",
       "twin by /data/teams/*/events of usage, twin by /data/teams/*/events of usage"},
      {R"("data": {"teams__2": {}})", "/data/teams__2", "twin, twin"},
      {R"("data": {"teams__2": {"events": 7}})", "/data/teams__2/events", "ill-typed, ill-typed"},
      {R"("data": {"total__x": 7})", "/data/total__x", "undeclared, undeclared"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.member);
    CHECK(page.find("`" + row.member + "`") != std::string::npos);
    CHECK(test::told(*parsed, "{" + row.member + "}", row.path) == row.placed);
  }
}
