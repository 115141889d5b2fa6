#include "walk.hpp"

#include <doctest/doctest.h>

#include <array>
#include <fstream>
#include <iterator>

#include "core/json.hpp"

namespace airlock::dictionary::test {

using report::Kind;

std::string_view example() {
  return R"({
    "format": "airlock-dictionary/1", "name": "example", "product": "product",
    "roles": {"event": "/event", "period_start": "/from", "period_end": "/to", "every": "P7D"},
    "events": ["a", "b"],
    "twins": {"under": "/props", "separator": "__"},
    "fields": [
      {"path": "/event", "type": "enum", "values": ["a", "b"], "class": "usage"},
      {"path": "/from", "type": "time", "class": "time"},
      {"path": "/to", "type": "time", "class": "time"},
      {"path": "/chain", "type": "empty", "class": "transport"},
      {"path": "/props/total", "type": "count", "class": "usage", "purpose": "billing", "about": "all", "sum_of": "/props/teams/*/n"},
      {"path": "/props/teams/*", "key": {"type": "text", "class": "identifier"}},
      {"path": "/props/teams/*/n", "type": "count", "class": "usage"},
      {"path": "/props/teams/*/by/*", "type": "count", "class": "usage", "key": {"type": "text", "class": "content"}},
      {"path": "/props/words/*", "type": "count", "class": "usage", "key": {"type": ["text", "empty"], "class": "content"}},
      {"path": "/props/words/it", "type": "boolean", "class": "deployment"},
      {"path": "/props/hosts/*", "type": "ip", "class": "location", "key": {"type": "hostname", "class": "identifier"}},
      {"path": "/props/tags/*", "type": "text", "class": "content"},
      {"path": "/props/users/*/mail", "type": "email", "class": "person"},
      {"path": "/props/a__b", "type": "boolean", "class": "deployment"}]})";
}

const Dictionary& example_dictionary() {
  static const auto parsed = Dictionary::parse(example(), "example");
  REQUIRE_MESSAGE(parsed, parsed.error().message);
  return *parsed;
}

std::vector<Placed> walk(const Dictionary& dictionary, std::string_view report) {
  const core::MemoryBlob blob(report);
  const crypto::Secret key(std::string(16, 'k'));
  report::Scanner scanner(blob, {}, key);
  Classifier classifier(dictionary);
  struct Open {
    bool is_array;
    std::size_t index;
    std::string path;
  };
  std::vector<Open> open;
  std::string member;
  std::vector<Placed> out;
  for (;;) {
    const auto token = scanner.next();
    if (!token) FAIL(token.error().message);
    if (token->kind == Kind::key) member = open.back().path + "/" + core::pointer_step(token->text);
    std::string path = member;
    if (token->closes()) {
      path = open.back().path;
      open.pop_back();
    } else if (open.empty()) {
      path.clear();
    } else if (open.back().is_array) {
      path = open.back().path + "/" + std::to_string(open.back().index++);
    }
    out.push_back({path, token->kind, classifier.place(*token)});
    if (token->opens()) open.push_back({token->kind == Kind::begin_array, 0, path});
    if (token->kind == Kind::end) return out;
  }
}

std::string told(const Dictionary& dictionary, std::string_view report, std::string_view path) {
  std::string out;
  for (const Placed& at : walk(dictionary, report)) {
    const bool closes = at.kind == Kind::end_object || at.kind == Kind::end_array;
    if (at.path != path || closes || at.kind == Kind::end) continue;
    out += (out.empty() ? "" : ", ") + std::string(name(at.placement.standing));
    if (at.placement.field != Placement::no_field) {
      out += " by " + dictionary.fields()[at.placement.field].path;
      if (at.placement.standing == Standing::declared) out += " as " + std::string(dictionary::name(at.placement.type));
      out += " of " + std::string(dictionary::name(at.placement.cls));
    }
  }
  return out;
}

std::map<std::string, int> standings(const Dictionary& dictionary, std::string_view report) {
  std::map<std::string, int> out;
  for (const Placed& at : walk(dictionary, report)) {
    const bool closes = at.kind == Kind::end_object || at.kind == Kind::end_array;
    if (!closes && at.placement.standing != Standing::structure) ++out[std::string(name(at.placement.standing))];
  }
  return out;
}

std::string_view name(Standing standing) {
  static constexpr std::array<std::string_view, 5> names{"structure", "declared", "ill-typed", "undeclared", "twin"};
  return names.at(static_cast<std::size_t>(standing));
}

std::string file(const std::string& path) {
  std::ifstream in(AIRLOCK_SOURCE_ROOT "/" + path, std::ios::binary);
  REQUIRE_MESSAGE(in, path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace airlock::dictionary::test
