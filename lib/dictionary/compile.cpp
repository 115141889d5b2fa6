#include <algorithm>

#include "core/text.hpp"
#include "dictionary/tree.hpp"

namespace airlock::dictionary {
namespace {

using core::Result;

class Compiler {
 public:
  Compiler(const DocumentName& name, Tree& tree) : name_(name), tree_(tree) {}

  Result<void> run() {
    for (std::size_t i = 0; i < tree_.fields.size(); ++i) AIRLOCK_CHECK(add(i));
    AIRLOCK_CHECK(add_patterns());
    for (std::size_t i = 0; i < tree_.fields.size(); ++i) {
      AIRLOCK_CHECK(check_shape(i));
      AIRLOCK_CHECK(check_relation(i, "/sum_of", tree_.fields[i].sum_of));
      AIRLOCK_CHECK(check_relation(i, "/delta_of", tree_.fields[i].delta_of));
    }
    return find_twins();
  }

 private:
  [[nodiscard]] tl::unexpected<core::Error> refuse(const std::string& place, const std::string& why) const {
    return refuse(Origin{std::string(name_.document), place}, "", why);
  }
  [[nodiscard]] static tl::unexpected<core::Error> refuse(const Origin& origin, const std::string& member,
                                                          const std::string& why) {
    return core::fail(core::Code::bad_input,
                      core::quote(origin.file) + ": " + core::quote(origin.place + member) + ": " + why);
  }

  Result<void> add(std::size_t index) {
    const Field& field = tree_.fields[index];
    const auto [at, is_new] = tree_.by_path.emplace(field.path, index);
    if (!is_new) {
      const Origin here = name_.of(index);
      const Origin before = name_.of(at->second);
      return refuse(here, "/path",
                    core::quote(field.path) + " is declared already by " + core::quote(before.place) +
                        (before.file == here.file ? "" : " of " + core::quote(before.file)));
    }
    PlaceNumber parent = no_place;
    PlaceNumber node = 0;
    std::size_t path_end = 0;
    for (std::size_t step = 0; step < field.steps.size(); ++step) {
      parent = node;
      path_end = field.path.find('/', path_end + 1);
      node = child_of(parent, field, step, std::string_view(field.path).substr(0, path_end));
    }
    tree_.nodes[node].field = &field;
    tree_.nodes[node].index = static_cast<std::uint32_t>(index);
    if (field.key && !field.key->is_pattern()) tree_.nodes[parent].keys = &*field.key;
    return {};
  }

  /// The node to which a step of the field leads from `parent`; made if it is new.
  PlaceNumber child_of(PlaceNumber parent, const Field& field, std::size_t step, std::string_view path) {
    const std::string& name = field.steps[step];
    const PlaceNumber known = child(parent, field, step);
    if (known != no_place) return known;
    const auto made = static_cast<PlaceNumber>(tree_.nodes.size());
    tree_.nodes.push_back({});
    tree_.nodes[made].path = path;
    tree_.nodes[made].parent = parent;
    Node& from = tree_.nodes[parent];
    if (field.is_wildcard[step] && name == "*") {
      from.wildcard = made;
      return made;
    }
    if (field.is_wildcard[step]) {
      tree_.pattern_steps.add(parent, name, made);
      return made;
    }
    tree_.steps.add(parent, name, made);
    from.longest_literal = std::max(from.longest_literal, name.size());
    from.has_separated |= !tree_.twins.separator.empty() && name.find(tree_.twins.separator) != name.npos;
    return made;
  }

  /// The node to which a step of the field leads from `parent`, or `no_place`.
  [[nodiscard]] PlaceNumber child(PlaceNumber parent, const Field& field, std::size_t step) const {
    const std::string& name = field.steps[step];
    if (!field.is_wildcard[step]) return tree_.literal(parent, name);
    return name == "*" ? tree_.nodes[parent].wildcard : tree_.pattern_steps.find(parent, name);
  }

  /// Collects the patterns of each object. A step that is a pattern must be declared by a `key`.
  Result<void> add_patterns() {
    for (std::size_t i = 0; i < tree_.fields.size(); ++i) {
      const Field& field = tree_.fields[i];
      PlaceNumber parent = 0;
      for (std::size_t step = 0; step < field.steps.size(); ++step) {
        const PlaceNumber at = child(parent, field, step);
        const Field* declared = tree_.nodes[at].field;
        const bool is_pattern = field.is_wildcard[step] && field.steps[step] != "*";
        if (is_pattern && (declared == nullptr || !declared->key)) {
          return refuse(name_.of(i), "/path",
                        core::quote(field.path) + " has the step " + core::quote(field.steps[step]) +
                            ", which no `key` declares as its `pattern`; write `~2` for a "
                            "literal `*`");
        }
        if (is_pattern && declared == &field) AIRLOCK_CHECK(add_pattern(i, parent, at));
        parent = at;
      }
    }
    for (Patterns& patterns : tree_.patterns) patterns.sort();
    return {};
  }

  Result<void> add_pattern(std::size_t index, PlaceNumber parent, PlaceNumber at) {
    Node& node = tree_.nodes[parent];
    if (!node.has_patterns()) {
      node.patterns = tree_.patterns.size();
      tree_.patterns.emplace_back();
    }
    Patterns& patterns = tree_.patterns[node.patterns];
    if (patterns.size() == patterns_limit) {
      return refuse(name_.of(index), "",
                    "is one of more than " + std::to_string(patterns_limit) + " patterns of an object");
    }
    const Field& field = tree_.fields[index];
    patterns.add(*field.key, field.steps.back(), at);
    return {};
  }

  static bool has_wildcard(const Field& path) {
    return std::find(path.is_wildcard.begin(), path.is_wildcard.end(), true) != path.is_wildcard.end();
  }

  /// The node at a path without wildcards, or `no_place`.
  [[nodiscard]] PlaceNumber literal_node(const Field& path) const {
    PlaceNumber node = 0;
    for (std::size_t step = 0; step < path.steps.size() && node != no_place; ++step) {
      node = tree_.literal(node, path.steps[step]);
    }
    return node;
  }

  /// A node is a leaf or has children, or both, and its children are either members or elements.
  [[nodiscard]] Result<void> check_shape(std::size_t index) const {
    const Field& field = tree_.fields[index];
    PlaceNumber at = 0;
    for (std::size_t step = 0; step < field.steps.size(); ++step) {
      const Node& node = tree_.nodes[at];
      if (node.wildcard != no_place && node.keys == nullptr && (node.has_literals() || node.has_patterns())) {
        const bool is_star = field.is_wildcard[step] && field.steps[step] == "*";
        return refuse(name_.of(index), "/path",
                      core::quote(field.path) + " is beside " + (is_star ? "literal members" : "a `*` for elements") +
                          "; a `*` for members needs a `key`");
      }
      at = child(at, field, step);
    }
    const Node& node = tree_.nodes[at];
    if (!node.is_leaf() && !node.has_children()) {
      return refuse(name_.of(index), "",
                    core::quote(field.path) + " has no `type`, and no other declared path goes on from it");
    }
    return {};
  }

  static bool is_numeric(const Shape& shape) {
    return !shape.types.empty() && std::all_of(shape.types.begin(), shape.types.end(), is_figure);
  }

  [[nodiscard]] Result<void> check_relation(std::size_t index, const std::string& member,
                                            const std::string& other) const {
    if (other.empty()) return {};
    const auto at = tree_.by_path.find(other);
    if (at == tree_.by_path.end()) return refuse(name_.of(index), member, core::quote(other) + " is not declared");
    if (at->second == index) return refuse(name_.of(index), member, "names the field itself");
    if (!is_numeric(tree_.fields[index].shape) || !is_numeric(tree_.fields[at->second].shape)) {
      return refuse(name_.of(index), member, "both fields must have only the types `count`, `integer` or `number`");
    }
    return {};
  }

  /// Twins and a `*` for members exclude each other in one object, since a name could otherwise be both.
  Result<void> find_twins() {
    if (tree_.twins.under.empty()) return {};
    const auto refuse_path = [&](const std::string& why) {
      return refuse("/twins/under", core::quote(tree_.twins.under) + " " + why);
    };
    Field path;
    if (const auto fault = read_path(tree_.twins.under, path)) return refuse_path(*fault);
    if (has_wildcard(path)) return refuse_path("has a `*`");
    const PlaceNumber node = literal_node(path);
    if (node == no_place || !tree_.nodes[node].has_literals()) {
      return refuse_path("is not an object with declared members");
    }
    if (tree_.nodes[node].wildcard != no_place) return refuse_path("has a `*` for members");
    if (tree_.nodes[node].has_patterns()) return refuse_path("has members with a pattern");
    tree_.twins_under = node;
    return {};
  }

  const DocumentName& name_;
  Tree& tree_;
};

}  // namespace

Result<void> compile(const DocumentName& name, Tree& tree) {
  AIRLOCK_CHECK(Compiler(name, tree).run());
  return check_roles(name.document, tree);
}

}  // namespace airlock::dictionary
