#pragma once
/// \file
/// The compiled dictionary, for this module only: the declared paths as a tree of steps. The classifier walks down the
/// tree along with a report.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/members.hpp"
#include "core/result.hpp"
#include "dictionary/field.hpp"
#include "dictionary/origin.hpp"
#include "dictionary/patterns.hpp"
#include "dictionary/steps.hpp"
#include "report/document.hpp"

namespace airlock::dictionary {

/// The place that one sequence of steps leads to. Its literal steps are in `Tree::steps`, its patterns in
/// `Tree::pattern_steps`.
struct Node {
  std::string_view path;            ///< as declarations write it; empty for the report itself
  PlaceNumber parent = no_place;    ///< the place around it
  PlaceNumber wildcard = no_place;  ///< where `*` leads
  std::size_t patterns = SIZE_MAX;  ///< its patterns, by index in `Tree::patterns`; SIZE_MAX if there are none
  std::size_t longest_literal = 0;  ///< bytes of the longest literal step; 0 if there is none
  bool has_separated = false;       ///< whether a literal step contains the separator of twins
  /// Declares the keys that `wildcard` stands for; null if it stands for array elements.
  const KeyDeclaration* keys = nullptr;
  /// The declaration with exactly this path, or null; and its index.
  const Field* field = nullptr;
  std::uint32_t index = no_field;

  /// Whether a value is declared here. A node that is no leaf has children.
  [[nodiscard]] bool is_leaf() const { return field != nullptr && !field->shape.types.empty(); }
  [[nodiscard]] bool has_literals() const { return longest_literal != 0; }
  [[nodiscard]] bool has_patterns() const { return patterns != SIZE_MAX; }
  /// Whether this is a proper prefix of declared paths: a container here is entered, also at a leaf.
  [[nodiscard]] bool has_children() const { return wildcard != no_place || has_literals() || has_patterns(); }
};

struct Tree {
  std::string name;
  std::string product;
  std::vector<Field> fields;  ///< must not change once compiled: nodes and steps point into it
  std::vector<std::string> events;
  Roles roles;
  Twins twins;
  report::Document document = report::Document::object;

  std::map<std::string, std::size_t, std::less<>> by_path;
  std::vector<Node> nodes = std::vector<Node>(1);  ///< by number
  Steps steps;
  Steps pattern_steps;                 ///< as paths write them
  std::vector<Patterns> patterns;      ///< of each object that has some
  PlaceNumber twins_under = no_place;  ///< the node at `twins.under`, or `no_place`

  /// Where a literal step leads from a node, or `no_place`.
  [[nodiscard]] PlaceNumber literal(PlaceNumber from, std::string_view step) const {
    return step.size() > nodes[from].longest_literal ? no_place : steps.find(from, step);
  }
  /// Where a key leads that is no literal step: to the node of its pattern, or to `*` for members; otherwise
  /// `no_place`.
  [[nodiscard]] PlaceNumber keyed(PlaceNumber from, std::string_view key) const {
    const Node& node = nodes[from];
    const PlaceNumber pattern = node.has_patterns() ? patterns[node.patterns].find(key) : no_place;
    return pattern != no_place || node.keys == nullptr ? pattern : node.wildcard;
  }
};

/// Reads a declared path into `path`, `steps` and `is_wildcard` of `field`. Returns the fault of the path, or nothing.
[[nodiscard]] std::optional<std::string> read_path(std::string_view path, Field& field);

/// Reads the document into the members of `tree` from `name` to `twins`. Checks each declaration by itself.
/// Error: bad_input naming the document, the JSON path and the reason.
[[nodiscard]] core::Result<void> read_document(const core::Json& json, const DocumentName& name, Tree& tree);

/// Reads the object `roles`. Whether it fits the declarations is checked later, by `check_roles`.
[[nodiscard]] Roles read_roles(core::Members& in);

/// Checks that the fields that the roles name are declared, with fitting types. Errors as for `read_document`.
[[nodiscard]] core::Result<void> check_roles(std::string_view document, const Tree& tree);

/// Builds the nodes of `tree`, and checks the declarations and roles against each other. Errors as for `read_document`.
[[nodiscard]] core::Result<void> compile(const DocumentName& name, Tree& tree);

}  // namespace airlock::dictionary
