#pragma once
/// \file
/// The dictionary (docs/formats/dictionary.md): every field that a report may have, with its type and its class. Reads
/// and checks the document; classifier.hpp applies it to a report. Knows no policy.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "dictionary/field.hpp"
#include "dictionary/origin.hpp"
#include "report/document.hpp"

namespace airlock::dictionary {

using core::Result;

struct Tree;  ///< the compiled form; for this module only

class Dictionary {
 public:
  /// Reads and checks a document of format `airlock-dictionary/1` or `airlock-dictionary/2`. Both may have every word.
  /// docs/formats/dictionary.md lists every check.
  /// `name` is what messages call the document. Error: bad_input naming `name`, the JSON path and the reason. `origins`
  /// has what to name instead for each element of `fields`, or is empty.
  [[nodiscard]] static Result<Dictionary> parse(std::string_view text, std::string_view name,
                                                const std::vector<Origin>& origins = {});
  Dictionary(Dictionary&&) noexcept;
  Dictionary& operator=(Dictionary&&) noexcept;
  ~Dictionary();

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] const std::string& product() const;
  /// In the order of the document.
  [[nodiscard]] const std::vector<Field>& fields() const;
  /// The events that a report may be: the values that the field at `roles().event` may have, or the constant event.
  [[nodiscard]] const std::vector<std::string>& events() const;
  [[nodiscard]] const Roles& roles() const;
  [[nodiscard]] const Twins& twins() const;
  /// What a report is as a whole. If it is no single object, paths and twins are those of each object in it.
  [[nodiscard]] report::Document document() const;
  /// Index in `fields()` of the declaration with exactly this path.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view path) const;

  /// The path of a place: `/` for the report itself.
  [[nodiscard]] std::string_view path_of(PlaceNumber place) const;

  /// Whether a member with this name would be one of those that `place` stands for, a pattern of keys or a `*` for
  /// members: it is of that pattern and of no stronger one, no literal step has that name, and its parts fit their
  /// types.
  [[nodiscard]] bool is_key_at(PlaceNumber place, std::string_view key) const;

  /// For this module only.
  [[nodiscard]] const Tree& tree() const;

 private:
  explicit Dictionary(std::unique_ptr<Tree> tree);
  std::unique_ptr<Tree> tree_;
};

}  // namespace airlock::dictionary
