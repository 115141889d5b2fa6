#pragma once
/// \file
/// The compiled dictionary, for this module only: the declared paths as a tree of steps. The classifier walks down the
/// tree along with a report.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/result.hpp"
#include "dictionary/field.hpp"

namespace airlock::dictionary {

/// The place that one sequence of steps leads to.
struct Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> wildcard;
  /// Declares the keys that `wildcard` stands for; null if it stands for array elements.
  const KeyDeclaration* keys = nullptr;
  /// The declaration with exactly this path, or null; and its index.
  const Field* field = nullptr;
  std::size_t index = no_field;

  /// Whether a value is declared here. Every other node is a proper prefix of declared paths.
  [[nodiscard]] bool is_leaf() const { return field != nullptr && !field->shape.types.empty(); }
  [[nodiscard]] bool has_children() const { return wildcard != nullptr || !literals.empty(); }
};

struct Tree {
  std::string name;
  std::string product;
  std::vector<Field> fields;  ///< must not change once compiled: nodes point into it
  std::vector<std::string> events;
  Roles roles;
  Twins twins;

  std::map<std::string, std::size_t, std::less<>> by_path;
  Node root;
  const Node* twins_under = nullptr;  ///< the node at `twins.under`, or null
};

/// Reads a declared path into `path`, `steps` and `is_wildcard` of `field`. Returns the fault of the path, or nothing.
[[nodiscard]] std::optional<std::string> read_path(std::string_view path, Field& field);

/// Reads the document into the members of `tree` from `name` to `twins`. Checks each declaration by itself.
/// Error: bad_input naming `document`, the JSON path and the reason.
[[nodiscard]] core::Result<void> read_document(const core::Json& json, std::string_view document, Tree& tree);

/// Builds the nodes of `tree`, and checks the declarations against each other. Errors as for `read_document`.
[[nodiscard]] core::Result<void> compile(std::string_view document, Tree& tree);

}  // namespace airlock::dictionary
