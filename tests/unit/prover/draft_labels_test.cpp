// What a draft guesses of other products' samples, compared with classes that a person gave. Nothing may be guessed
// looser than labelled without a mark.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "drafts.hpp"
#include "prover/class_guess.hpp"

using namespace airlock;
using core::Json;
using prover::strictness;
using test::source_file;

namespace {

/// The strictness that a claim of a policy cares about.
bool is_strict(dictionary::Class cls) { return strictness(cls) >= strictness(dictionary::Class::identifier); }

std::vector<std::string> samples_of(const std::string& product) {
  const std::string folder = "tests/kit/products/";
  if (product == "grafana")
    return {source_file(folder + "grafana.json"), source_file(folder + "grafana-new-data-source.json")};
  if (product == "kibana") return test::objects_of(source_file(folder + "kibana.json"), report::Document::array);
  if (product == "mattermost")
    return test::objects_of(source_file(folder + "mattermost.ndjson"), report::Document::lines);
  return {source_file(folder + product + ".json")};
}

/// The declaration that a labelled path has in the draft: itself, or with `*` for free names.
const Json* declared_at(const std::map<std::string, Json>& declarations, const std::string& path) {
  const auto found = declarations.find(path);
  return found == declarations.end() ? nullptr : &found->second;
}

}  // namespace

TEST_CASE("no field is guessed looser than labelled without a mark, and most are right without one") {
  const Json labels = Json::parse(source_file("tests/kit/products/labels.json"));
  int fields = 0;
  int right = 0;
  int marked = 0;
  for (const auto& [product, of_product] : labels.items()) {
    const auto declarations = test::declarations_in(test::draft_of(samples_of(product)).text);
    for (const auto& [path, label] : of_product.items()) {
      const Json* declaration = declared_at(declarations, path);
      REQUIRE_MESSAGE(declaration != nullptr, product << " " << path);
      const auto wanted = *dictionary::class_from(label.get<std::string>());
      const auto guessed = *dictionary::class_from((*declaration)["class"].get<std::string>());
      const bool has_mark = declaration->contains("review");
      ++fields;
      marked += has_mark ? 1 : 0;
      right += !has_mark && guessed == wanted ? 1 : 0;
      if (has_mark || guessed != wanted) std::cout << "  " << product << " " << label << ": " << *declaration << "\n";
      const bool is_looser =
          (is_strict(wanted) && !is_strict(guessed)) || (wanted == dictionary::Class::person && guessed != wanted);
      CHECK_MESSAGE((has_mark || !is_looser),
                    product << " " << path << " is labelled " << label << ", guessed " << dictionary::name(guessed));
    }
  }
  std::cout << "counted: labels: " << fields << " fields, " << right << " right without a mark ("
            << 100 * right / fields << " %), " << marked << " marked\n";
  CHECK(right * 100 >= fields * 75);
}

TEST_CASE("every sample is declared whole by its own draft") {
  for (const auto* product : {"posthog", "gitlab", "vault", "grafana", "homeassistant", "kibana", "mattermost"}) {
    CAPTURE(product);
    const auto samples = samples_of(product);
    const auto draft = test::draft_of(samples);
    CHECK(draft.problems.empty());
    for (const std::string& sample : samples) {
      for (const std::string& object : test::objects_of(sample, draft.document)) {
        CHECK(test::not_declared(object, test::for_elements(draft.text)) == std::vector<std::string>{});
      }
    }
    std::cout << "counted: draft of " << product << ": " << draft.declarations << " declarations, " << draft.marked
              << " marked\n";
    if (const char* folder = std::getenv("AIRLOCK_DRAFTS")) {
      std::ofstream(std::string(folder) + "/" + product + ".json") << draft.text;
    }
  }
}
