#include <algorithm>

#include "dictionary/tree.hpp"
#include "dictionary/twins.hpp"

namespace airlock::dictionary {

using report::Kind;
using report::Token;

struct Classifier::State {
  /// An open container whose content is looked up in the tree.
  struct Frame {
    const Node* node;
    Placement placement;  ///< of the container's two ends
    Placement stray;      ///< of what stands in it undeclared
    bool is_array;
  };

  explicit State(const Dictionary::Tree& declared) : tree(declared), twins(declared) {}

  Placement place(const Token& token);
  Placement place_key(const Token& token);
  Placement place_value(const Token& token);
  Placement place_declared(const Token& token, const Node& node);
  Placement place_twin(const Token& token);

  Placement enter(const Token& token, const Node& node, Placement placement, Placement stray);
  Placement settle(const Token& token, Placement placement);

  const Dictionary::Tree& tree;
  TwinMatcher twins;
  const Node nothing;         ///< stands for a container that may only be empty
  std::vector<Frame> frames;  ///< from the report itself inwards

  // What the key before declares its value to be.
  const Node* value = nullptr;                          ///< one node, or
  const std::vector<const Node*>* originals = nullptr;  ///< the paths that it may copy

  // The subtree whose tokens are all placed alike, until its end is seen.
  bool is_settled = false;
  Placement settled;
  std::size_t settled_depth = 0;
};

namespace {

Placement of_field(Standing standing, const Node& node, Type type = Type::text) {
  return {standing, node.index, node.field->cls.value_or(Class::content), type, false, false};
}

/// The placement of a value that fits its field, or stands in for one.
std::optional<Placement> fitting(Standing standing, const Node& node, const Token& token) {
  const Shape& shape = node.field->shape;
  if (const auto type = first_fit(shape, token.kind, token.text)) return of_field(standing, node, *type);
  const auto type = stand_in(shape, token.kind, token.text);
  if (!type) return std::nullopt;
  Placement out = of_field(standing, node, *type);
  out.stands_in = true;
  return out;
}

/// Of the first original that has a type; a mere prefix has no field.
Placement of_originals(Standing standing, const std::vector<const Node*>& originals) {
  const auto leaf = std::find_if(originals.begin(), originals.end(), [](const Node* node) { return node->is_leaf(); });
  Placement placement;
  if (leaf != originals.end()) return of_field(standing, **leaf);
  placement.standing = standing;
  return placement;
}

constexpr Placement undeclared{Standing::undeclared, Placement::no_field, Class::content, Type::text, false, false};

}  // namespace

Placement Classifier::State::place(const Token& token) {
  if (is_settled) {
    is_settled = token.depth != settled_depth || !(token.is_scalar() || token.closes());
    return settled;
  }
  switch (token.kind) {
    case Kind::end:
      return {};
    case Kind::key:
      return place_key(token);
    case Kind::end_object:
    case Kind::end_array: {
      const Placement placement = frames.back().placement;
      frames.pop_back();
      return placement;
    }
    default:
      return place_value(token);
  }
}

/// A key settles its member, an opening token its container; a scalar is over with its one token.
Placement Classifier::State::settle(const Token& token, Placement placement) {
  if (!token.is_scalar()) {
    is_settled = true;
    settled = placement;
    settled_depth = token.depth;
  }
  return placement;
}

Placement Classifier::State::enter(const Token& token, const Node& node, Placement placement, Placement stray) {
  if (token.opens()) frames.push_back({&node, placement, stray, token.kind == Kind::begin_array});
  return placement;
}

Placement Classifier::State::place_key(const Token& token) {
  const Frame& frame = frames.back();
  const Node& node = *frame.node;
  value = nullptr;
  originals = nullptr;
  if (const auto at = node.literals.find(token.text); at != node.literals.end()) {
    value = at->second.get();
    return {};
  }
  if (&node == tree.twins_under) {
    const auto& found = twins.match(token.text);
    if (!found.empty()) {
      originals = &found;
      return of_originals(Standing::twin, found);
    }
  }
  if (node.keys == nullptr) return settle(token, frame.stray);
  const Node& member = *node.wildcard;
  if (const auto type = first_fit(node.keys->shape, token.kind, token.text)) {
    value = &member;
    return {Standing::declared, member.index, node.keys->cls, *type, true, false};
  }
  settle(token, {Standing::ill_typed, member.index, member.field->cls.value_or(node.keys->cls), Type::text, false, false});
  return {Standing::ill_typed, member.index, node.keys->cls, Type::text, true, false};
}

Placement Classifier::State::place_value(const Token& token) {
  if (frames.empty()) return place_declared(token, tree.root);
  const Frame& frame = frames.back();
  if (!frame.is_array) return originals != nullptr ? place_twin(token) : place_declared(token, *value);
  const Node& node = *frame.node;
  if (!node.wildcard || node.keys != nullptr) return settle(token, frame.stray);
  return place_declared(token, *node.wildcard);
}

Placement Classifier::State::place_declared(const Token& token, const Node& node) {
  if (!node.is_leaf()) return token.opens() ? enter(token, node, {}, undeclared) : undeclared;
  const Placement ill_typed = of_field(Standing::ill_typed, node);
  if (const auto placement = fitting(Standing::declared, node, token)) {
    return enter(token, nothing, *placement, ill_typed);
  }
  return settle(token, ill_typed);
}

Placement Classifier::State::place_twin(const Token& token) {
  const Placement ill_typed = of_originals(Standing::ill_typed, *originals);
  for (const Node* node : *originals) {
    if (!node->is_leaf()) {
      if (token.opens()) return enter(token, nothing, {Standing::twin}, ill_typed);
    } else if (const auto placement = fitting(Standing::twin, *node, token)) {
      return enter(token, nothing, *placement, ill_typed);
    }
  }
  return settle(token, ill_typed);
}

Classifier::Classifier(const Dictionary& dictionary) : state_(std::make_unique<State>(dictionary.tree())) {}
Classifier::Classifier(Classifier&&) noexcept = default;
Classifier& Classifier::operator=(Classifier&&) noexcept = default;
Classifier::~Classifier() = default;

Placement Classifier::place(const Token& token) { return state_->place(token); }

std::vector<std::size_t> Classifier::twin_fields() const {
  std::vector<std::size_t> out;
  if (state_->originals == nullptr) return out;
  for (const Node* node : *state_->originals) {
    if (node->is_leaf()) out.push_back(node->index);
  }
  return out;
}

}  // namespace airlock::dictionary
