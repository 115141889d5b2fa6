#pragma once
/// \file
/// The compiled dictionary, internal to this module: the declared paths as a tree of steps that the classifier walks
/// down along with a report.

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/result.hpp"
#include "dictionary/dictionary.hpp"

namespace airlock::dictionary {

/// The end of one or more declared paths' first steps.
struct Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> wildcard;
  /// Declares the keys that `wildcard` stands for; null where it stands for array elements.
  const KeyDeclaration* keys = nullptr;
  /// The declaration with exactly this path, or null; and its index.
  const Field* field = nullptr;
  std::size_t index = Placement::no_field;

  /// Whether a value is declared here. All other nodes are proper prefixes of declared paths.
  [[nodiscard]] bool is_leaf() const { return field != nullptr && !field->shape.types.empty(); }
  [[nodiscard]] bool has_children() const { return wildcard != nullptr || !literals.empty(); }
};

struct Dictionary::Tree {
  std::string name;
  std::string product;
  std::vector<Field> fields;  ///< does not change once compiled: nodes point into it
  std::vector<std::string> events;
  Roles roles;
  Twins twins;

  std::map<std::string, std::size_t, std::less<>> by_path;
  Node root;
  const Node* twins_under = nullptr;
};

/// Reads a declared path into the steps of `field`. Gives what is wrong with it, or nothing.
[[nodiscard]] std::optional<std::string> read_path(std::string_view path, Field& field);

/// Reads the document into the members of `tree` from `name` to `twins`: each declaration by itself.
[[nodiscard]] core::Result<void> read_document(const core::Json& json, std::string_view document,
                                               Dictionary::Tree& tree);

/// Builds the tree, and checks the declarations against each other.
[[nodiscard]] core::Result<void> compile(std::string_view document, Dictionary::Tree& tree);

}  // namespace airlock::dictionary
