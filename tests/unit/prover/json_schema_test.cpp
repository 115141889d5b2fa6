// Drafts from a JSON Schema.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "drafts.hpp"
#include "prover/json_schema.hpp"

using namespace airlock;
using core::Json;

namespace {

std::map<std::string, Json> declarations_of(const std::string& schema) {
  prover::Drafter drafter;
  const auto added = drafter.add_schema(schema, "schema.json");
  REQUIRE_MESSAGE(added, added.error().message);
  const auto draft = drafter.finish({.product = "example", .event = ""});
  REQUIRE_MESSAGE(draft, draft.error().message);
  return test::declarations_in(draft->text);
}

std::string schema_error(const std::string& schema) {
  const auto read = prover::read_schema(schema, "schema.json");
  REQUIRE_FALSE(read);
  return read.error().message;
}

}  // namespace

TEST_CASE("types, formats, values and descriptions of a schema become declarations") {
  const auto declarations = declarations_of(R"({
    "type": "object", "required": ["seats"],
    "properties": {
      "seats": {"type": "integer", "minimum": 0, "description": "seats in\nuse"},
      "delta": {"type": ["integer", "null"]},
      "ratio": {"type": "number"},
      "at": {"type": "string", "format": "date-time"},
      "admin": {"type": "string", "format": "email"},
      "database_engine": {"enum": ["mysql", "postgres"]},
      "kind": {"const": "usage"},
      "projects": {"type": "array", "items": {"$ref": "#/$defs/project"}},
      "labels": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}},
    "$defs": {"project": {"type": "object", "properties": {"name": {"type": "string"}}}}})");
  CHECK(declarations.at("/seats") ==
        Json{{"path", "/seats"}, {"type", "count"}, {"class", "usage"}, {"required", true}, {"about", "seats in use"}});
  CHECK(declarations.at("/delta") ==
        Json{{"path", "/delta"}, {"type", "integer"}, {"nullable", true}, {"class", "usage"}});
  CHECK(declarations.at("/ratio")["type"] == "number");
  CHECK(declarations.at("/at")["type"] == "time");
  CHECK(declarations.at("/admin")["class"] == "person");
  CHECK(declarations.at("/database_engine")["values"] == Json{"mysql", "postgres"});
  CHECK(declarations.at("/projects/*/name")["class"] == "content");
  CHECK(declarations.at("/labels/*")["type"] == "count");
  CHECK(declarations.at("/labels/*").contains("key"));
}

TEST_CASE("a schema with a mistake is refused with its place") {
  CHECK(schema_error(R"({"properties": {"a": {"$ref": "#/none"}}})") ==
        "`schema.json`: `/properties/a/$ref`: `#/none` leads nowhere");
  CHECK(schema_error(R"({"properties": {"a": {"$ref": "other.json"}}})").find("within the document") !=
        std::string::npos);
  CHECK(schema_error(R"({"properties": {"a": {"$ref": "#"}}})").find("refers to itself") != std::string::npos);
  CHECK(schema_error(R"({"properties": {"a": {"type": "date"}}})").find("is not a type of JSON Schema") !=
        std::string::npos);
  CHECK(schema_error(R"({"type": "string"})") == "`schema.json`: describes no object with members");
  CHECK(schema_error("[]").find("is neither an object nor") != std::string::npos);
}
