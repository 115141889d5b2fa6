#include "walk.hpp"

#include <doctest/doctest.h>

#include <array>
#include <fstream>
#include <iterator>

#include "core/json.hpp"
#include "dictionary/classifier.hpp"

namespace airlock::dictionary::test {

using report::TokenKind;

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
    if (token->get().kind == TokenKind::key) member = open.back().path + "/" + core::pointer_step(token->get().text);
    std::string path = member;
    if (token->get().closes()) {
      path = open.back().path;
      open.pop_back();
    } else if (open.empty()) {
      path.clear();
    } else if (open.back().is_array) {
      path = open.back().path + "/" + std::to_string(open.back().index++);
    }
    out.push_back({path, token->get().kind, classifier.place(*token)});
    if (token->get().opens()) open.push_back({token->get().kind == TokenKind::begin_array, 0, path});
    if (token->get().kind == TokenKind::end) return out;
  }
}

std::string told(const Dictionary& dictionary, std::string_view report, std::string_view path) {
  std::string out;
  for (const Placed& at : walk(dictionary, report)) {
    const bool closes = at.kind == TokenKind::end_object || at.kind == TokenKind::end_array;
    if (at.path != path || closes || at.kind == TokenKind::end) continue;
    out += (out.empty() ? "" : ", ") + std::string(name(at.placement.status));
    if (at.placement.field != no_field) {
      out += " by " + dictionary.fields()[at.placement.field].path;
      if (at.placement.status == TokenStatus::declared)
        out += " as " + std::string(dictionary::name(at.placement.type));
      out += " of " + std::string(dictionary::name(at.placement.cls));
    }
  }
  return out;
}

std::map<std::string, int> standings(const Dictionary& dictionary, std::string_view report) {
  std::map<std::string, int> out;
  for (const Placed& at : walk(dictionary, report)) {
    const bool closes = at.kind == TokenKind::end_object || at.kind == TokenKind::end_array;
    if (!closes && at.placement.status != TokenStatus::structure) ++out[std::string(name(at.placement.status))];
  }
  return out;
}

std::string_view name(TokenStatus status) {
  static constexpr std::array<std::string_view, 5> names{"structure", "declared", "ill-typed", "undeclared", "twin"};
  return names.at(static_cast<std::size_t>(status));
}

std::string file(const std::string& path) {
  std::ifstream in(AIRLOCK_SOURCE_ROOT "/" + path, std::ios::binary);
  REQUIRE_MESSAGE(in, path);
  return {std::istreambuf_iterator<char>(in), {}};
}

const Dictionary& shipped() {
  static const auto parsed = Dictionary::parse(file("policy/dictionary/posthog-status-report.json"), "posthog");
  REQUIRE_MESSAGE(parsed, parsed.error().message);
  return *parsed;
}

bool is_value(report::TokenKind kind) {
  return kind != report::TokenKind::key && kind != report::TokenKind::end_object &&
         kind != report::TokenKind::end_array && kind != report::TokenKind::end;
}

std::map<std::string, int> values(const std::string& report) {
  std::map<std::string, int> out;
  for (const Placed& at : walk(shipped(), report)) {
    if (is_value(at.kind)) ++out[std::string(name(at.placement.status))];
  }
  return out;
}

std::map<std::string, std::string> faults(const std::string& report) {
  std::map<std::string, std::string> out;
  for (const Placed& at : walk(shipped(), report)) {
    const TokenStatus status = at.placement.status;
    if (status == TokenStatus::ill_typed || status == TokenStatus::undeclared) out[at.path] = name(status);
  }
  return out;
}

}  // namespace airlock::dictionary::test
