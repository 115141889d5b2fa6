#pragma once
/// \file
/// Drafts a dictionary from samples of a product's reports, from a JSON Schema, or from both:
///
///     Drafter drafter;
///     AIRLOCK_CHECK(drafter.add_sample(text, "report.json"));
///     AIRLOCK_TRY(const Draft draft, drafter.finish({.product = "example"}));
///
/// Types are what all values fit. Classes are guesses from types and names; a guess that is not certain is marked with
/// `review`. The draft declares every sample as a whole, except the places that it lists as problems. Of the samples'
/// values it contains only those of an `enum`.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "prover/seen.hpp"
#include "report/document.hpp"

namespace airlock::prover {

using report::Document;

struct DraftOptions {
  std::string product;  ///< a name (`core::is_name`)
  std::string event;    ///< of every report; empty: a member says it, or `PRODUCT report`
};

/// A place that a draft does not declare, or not for all values.
struct DraftProblem {
  std::string path;
  std::string problem;  ///< why, as the end of a sentence
};

struct Draft {
  std::string text;  ///< the dictionary, one declaration a line
  Document document = Document::object;
  std::size_t declarations = 0;
  std::size_t marked = 0;          ///< of the declarations
  std::vector<std::string> enums;  ///< paths whose `values` come from the samples
  std::vector<DraftProblem> problems;
  std::string event;  ///< the constant event; empty if a member says it
};

class Drafter {
 public:
  Drafter();
  Drafter(const Drafter&) = delete;
  Drafter& operator=(const Drafter&) = delete;
  ~Drafter();

  /// Adds a sample: an object, a list of objects, or one object a line. Errors: bad_input naming `name` if it is
  /// malformed, empty, has no object, is over a limit of reports, or is of another kind than the samples before.
  [[nodiscard]] core::Result<void> add_sample(std::string_view sample, std::string_view name);
  /// Adds what a JSON Schema (json_schema.hpp) describes. Errors as there.
  [[nodiscard]] core::Result<void> add_schema(std::string_view schema, std::string_view name);
  /// Call once, at the end. Error: bad_input if the draft would be over a limit of dictionaries.
  [[nodiscard]] core::Result<Draft> finish(const DraftOptions& options);

 private:
  core::Result<void> add_lines(std::string_view sample, std::string_view name);
  core::Result<void> add_list(std::string_view sample, std::string_view name);

  Seen root_;
  std::size_t places_ = 0;
  std::optional<Document> document_;
};

}  // namespace airlock::prover
