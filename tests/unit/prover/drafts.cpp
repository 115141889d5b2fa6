#include "drafts.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "crypto/hash.hpp"
#include "dictionary/classifier.hpp"

namespace airlock::test {

using core::Json;

namespace {

const crypto::Secret& scanner_key() {
  static const crypto::Secret key(std::string(16, 'k'));
  return key;
}

}  // namespace

std::string source_file(const std::string& path) {
  std::ifstream in(std::string(AIRLOCK_SOURCE_ROOT) + "/" + path);
  REQUIRE_MESSAGE(in, path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<std::string> objects_of(const std::string& sample, report::Document document) {
  if (document == report::Document::object) return {sample};
  std::vector<std::string> out;
  if (document == report::Document::array) {
    const Json elements = Json::parse(sample);
    for (const Json& element : elements) out.push_back(element.dump());
    return out;
  }
  std::istringstream lines(sample);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) out.push_back(line);
  }
  return out;
}

prover::Draft draft_of(const std::vector<std::string>& samples) {
  prover::Drafter drafter;
  for (const std::string& sample : samples) {
    const auto added = drafter.add_sample(sample, "sample.json");
    REQUIRE_MESSAGE(added, added.error().message);
  }
  auto draft = drafter.finish({.product = "example", .event = ""});
  REQUIRE_MESSAGE(draft, draft.error().message);
  return std::move(*draft);
}

std::map<std::string, Json> declarations_in(const std::string& dictionary) {
  std::map<std::string, Json> out;
  const Json document = Json::parse(dictionary);
  for (const Json& declaration : document["fields"]) {
    out[declaration["path"].get<std::string>()] = declaration;
  }
  return out;
}

std::vector<std::string> not_declared(const std::string& report, const std::string& dictionary) {
  const auto parsed = dictionary::Dictionary::parse(dictionary, "dictionary.json");
  REQUIRE_MESSAGE(parsed, parsed.error().message);
  const core::MemoryBlob blob(report);
  report::Scanner scanner(blob, {}, scanner_key());
  dictionary::Classifier classifier(*parsed);
  std::vector<std::string> out;
  for (;;) {
    const auto token = scanner.next();
    REQUIRE_MESSAGE(token, token.error().message);
    if (token->get().kind == report::TokenKind::end) return out;
    const auto placement = classifier.place(*token);
    if (placement.status == dictionary::TokenStatus::undeclared ||
        placement.status == dictionary::TokenStatus::ill_typed) {
      out.push_back(report.substr(token->get().begin, 60));
    }
  }
}

std::string for_elements(const std::string& dictionary) {
  Json json = Json::parse(dictionary);
  json.erase("document");
  return json.dump();
}

prover::Misfits misfits_of(const std::string& report, const std::string& dictionary) {
  auto found = prover::find_misfits(core::MemoryBlob(report), dictionary, "dictionary.json", {}, scanner_key());
  REQUIRE_MESSAGE(found, found.error().message);
  return std::move(*found);
}

}  // namespace airlock::test
