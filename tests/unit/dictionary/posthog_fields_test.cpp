// Each field of the shipped dictionary by itself: a report that has only this field fits.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/json.hpp"
#include "walk.hpp"

using namespace airlock::dictionary;
using airlock::core::Json;
using test::faults;
using test::is_value;
using test::Placed;
using test::shipped;
using test::values;

namespace {

/// A value that fits the type.
Json sample(const Field& declared) {
  switch (declared.shape.types.front()) {
    case Type::count:
      return 7;
    case Type::integer:
      return -7;
    case Type::number:
      return -0.5;
    case Type::boolean:
      return true;
    case Type::text:
      return "some text";
    case Type::uuid:
      return "01808211-23a9-0000-354b-a5da0697932b";
    case Type::version:
      return "v1.2.3";
    case Type::time:
      return "2022-05-02T00:00:00Z";
    case Type::url:
      return "https://example.com";
    case Type::hostname:
      return "example.com";
    case Type::ip:
      return "192.0.2.1";
    case Type::email:
      return "ada@example.com";
    case Type::date:
      return "2022-05-02";
    case Type::epoch:
      return 1651449602;
    case Type::epoch_ms:
      return 1651449602000;
    case Type::duration:
      return "P7D";
    case Type::mac:
      return "02:42:ac:11:00:02";
    case Type::id:
      return "476fde3c2a7aeba84b18d24c6099ac60";
    case Type::locale:
      return "de-CH";
    case Type::opaque:
      return "c29tZXRoaW5n";
    case Type::enumeration:
      return declared.shape.values.front();
    case Type::empty:
      return "";
  }
  return {};
}

/// A report that holds this one field, and the path at which it stands.
std::pair<std::string, std::string> report_of(const Field& declared) {
  Json json = sample(declared);
  std::string path;
  for (std::size_t i = declared.steps.size(); i-- > 0;) {
    std::string prefix;
    for (std::size_t step = 0; step <= i; ++step) {
      prefix += "/" + (declared.is_wildcard[step] ? "*" : airlock::core::pointer_step(declared.steps[step]));
    }
    const auto at = shipped().find(prefix);
    const bool is_element = declared.is_wildcard[i] && !(at && shipped().fields()[*at].key);
    const std::string member = is_element ? "0" : declared.is_wildcard[i] ? "2" : declared.steps[i];
    path = "/" + airlock::core::pointer_step(member) + path;
    json = is_element ? Json::array({json}) : Json{{member, json}};
  }
  return {json.dump(), path};
}

}  // namespace

TEST_CASE("each field alone makes a report of which nothing is ill-typed or undeclared") {
  int leaves = 0;
  for (const Field& declared : shipped().fields()) {
    if (declared.shape.types.empty()) continue;
    const auto [report, path] = report_of(declared);
    CAPTURE(declared.path);
    CHECK(faults(report).empty());
    bool found = false;
    for (const Placed& at : test::walk(shipped(), report)) {
      found = found || (is_value(at.kind) && at.path == path && at.placement.status == TokenStatus::declared &&
                        &shipped().fields()[at.placement.field] == &declared);
    }
    CHECK(found);
    ++leaves;
  }
  CHECK(leaves == 98);
}

TEST_CASE("each nested field, flattened, is a twin; with a value of another type it is not") {
  int twins = 0;
  for (const Field& declared : shipped().fields()) {
    if (declared.shape.types.empty() || declared.steps[0] != "properties" || declared.steps.size() < 3) continue;
    std::string path = report_of(declared).second.substr(std::string("/properties/").size());
    for (auto at = path.find('/'); at != std::string::npos; at = path.find('/')) path.replace(at, 1, "__");
    CAPTURE(path);
    CHECK(values(Json{{"properties", {{path, sample(declared)}}}}.dump()).at("twin") == 1);
    CHECK(values(Json{{"properties", {{path, nullptr}}}}.dump()).at("ill-typed") == 1);
    ++twins;
  }
  CHECK(twins == 72);
}
