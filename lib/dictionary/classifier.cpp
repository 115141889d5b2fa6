#include "dictionary/classifier.hpp"

#include <algorithm>

#include "dictionary/fits.hpp"
#include "dictionary/tree.hpp"
#include "dictionary/twins.hpp"

namespace airlock::dictionary {

using report::Token;
using report::TokenKind;

struct Classifier::State {
  /// An open container whose content is looked up in the tree.
  struct Frame {
    const Node* node;
    Placement placement;  ///< of its opening and closing token
    Placement stray;      ///< of undeclared members and elements in it
    bool is_array;
  };

  explicit State(const Tree& declared) : tree(declared), twins(declared) {}

  Placement place(const Token& token);
  Placement place_key(const Token& token);
  Placement place_value(const Token& token);
  Placement place_declared(const Token& token, const Node& node);
  Placement place_twin(const Token& token);

  Placement enter(const Token& token, const Node& node, Placement placement, Placement stray);
  Placement settle(const Token& token, Placement placement);

  const Tree& tree;
  TwinMatcher twins;
  const Node nothing;         ///< the node of a container that must be empty
  std::vector<Frame> frames;  ///< from the outermost container inwards

  // What the last key declares its value to be.
  const Node* value = nullptr;                          ///< the node of a declared member, or
  const std::vector<const Node*>* originals = nullptr;  ///< the nodes that a twin may copy

  // While `is_settled`, all tokens are placed alike, until the subtree at this depth ends.
  bool is_settled = false;
  Placement settled;
  std::size_t settled_depth = 0;
};

namespace {

Placement of_field(TokenStatus status, const Node& node, Type type = Type::text) {
  return {status, node.index, node.field->cls.value_or(Class::content), type, false, false};
}

/// The placement of a token that fits its field, or says that there is no value. Nothing for other tokens.
std::optional<Placement> fitting(TokenStatus status, const Node& node, const Token& token) {
  const Shape& shape = node.field->shape;
  if (const auto type = first_fit(shape, token.kind, token.text)) return of_field(status, node, *type);
  const auto type = stand_in(shape, token.kind, token.text);
  if (!type) return std::nullopt;
  Placement out = of_field(status, node, *type);
  out.stands_in = true;
  return out;
}

/// The placement by the first original that has a type, or without a field if none has.
Placement of_originals(TokenStatus status, const std::vector<const Node*>& originals) {
  const auto leaf = std::find_if(originals.begin(), originals.end(), [](const Node* node) { return node->is_leaf(); });
  Placement placement;
  if (leaf != originals.end()) return of_field(status, **leaf);
  placement.status = status;
  return placement;
}

constexpr Placement undeclared{TokenStatus::undeclared, no_field, Class::content, Type::text, false, false};

}  // namespace

Placement Classifier::State::place(const Token& token) {
  if (is_settled) {
    is_settled = token.depth != settled_depth || !(token.is_scalar() || token.closes());
    return settled;
  }
  switch (token.kind) {
    case TokenKind::end:
      return {};
    case TokenKind::key:
      return place_key(token);
    case TokenKind::end_object:
    case TokenKind::end_array: {
      const Placement placement = frames.back().placement;
      frames.pop_back();
      return placement;
    }
    default:
      return place_value(token);
  }
}

/// Gives the same placement to everything below the token: the value of a key, the content of a container.
Placement Classifier::State::settle(const Token& token, Placement placement) {
  if (!token.is_scalar()) {
    is_settled = true;
    settled = placement;
    settled_depth = token.depth;
  }
  return placement;
}

Placement Classifier::State::enter(const Token& token, const Node& node, Placement placement, Placement stray) {
  if (token.opens()) frames.push_back({&node, placement, stray, token.kind == TokenKind::begin_array});
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
      return of_originals(TokenStatus::twin, found);
    }
  }
  if (node.keys == nullptr) return settle(token, frame.stray);
  const Node& member = *node.wildcard;
  if (const auto type = first_fit(node.keys->shape, token.kind, token.text)) {
    value = &member;
    return {TokenStatus::declared, member.index, node.keys->cls, *type, true, false};
  }
  settle(token,
         {TokenStatus::ill_typed, member.index, member.field->cls.value_or(node.keys->cls), Type::text, false, false});
  return {TokenStatus::ill_typed, member.index, node.keys->cls, Type::text, true, false};
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
  const Placement ill_typed = of_field(TokenStatus::ill_typed, node);
  if (const auto placement = fitting(TokenStatus::declared, node, token)) {
    return enter(token, nothing, *placement, ill_typed);
  }
  return settle(token, ill_typed);
}

Placement Classifier::State::place_twin(const Token& token) {
  const Placement ill_typed = of_originals(TokenStatus::ill_typed, *originals);
  for (const Node* node : *originals) {
    if (!node->is_leaf()) {
      if (token.opens()) return enter(token, nothing, {TokenStatus::twin}, ill_typed);
    } else if (const auto placement = fitting(TokenStatus::twin, *node, token)) {
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
