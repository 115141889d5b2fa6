#include "dictionary/classifier.hpp"

#include <algorithm>

#include "dictionary/fits.hpp"
#include "dictionary/key_pattern.hpp"
#include "dictionary/tree.hpp"
#include "dictionary/twins.hpp"

namespace airlock::dictionary {

using report::Token;
using report::TokenKind;

struct Classifier::State {
  /// An open container whose content is looked up in the tree.
  struct Frame {
    PlaceNumber node;     ///< `no_place` for a container that must be empty
    Placement placement;  ///< of its opening and closing token
    Placement stray;      ///< of undeclared members and elements in it
    bool is_array;
  };

  explicit State(const Tree& declared) : tree(declared), twins(declared) {}

  Placement place(const Token& token);
  Placement place_key(const Token& token);
  Placement place_value(const Token& token);
  Placement place_outermost(const Token& token);
  Placement place_declared(const Token& token, PlaceNumber number, PlaceNumber within);
  Placement place_twin(const Token& token);

  /// Whether the innermost container is the one that holds the objects of a report of many.
  [[nodiscard]] bool holds_objects() const { return frames.size() == report::depth_of_objects(tree.document); }

  [[nodiscard]] Placement of_field(TokenStatus status, PlaceNumber number, Type type = Type::text) const;
  [[nodiscard]] std::optional<Placement> fitting(TokenStatus status, PlaceNumber number, const Token& token) const;
  [[nodiscard]] Placement of_originals(TokenStatus status) const;
  Placement enter(const Token& token, PlaceNumber node, Placement placement, Placement stray);
  Placement settle(const Token& token, Placement placement);

  const Tree& tree;
  TwinMatcher twins;
  std::vector<Frame> frames;  ///< from the outermost container inwards

  // What the last key declares its value to be.
  PlaceNumber value = no_place;                         ///< a declared member, or
  const std::vector<PlaceNumber>* originals = nullptr;  ///< what a twin may copy
  std::vector<std::size_t> original_fields;             ///< the fields of `originals`, if `twin_fields` was asked

  // While `is_settled`, all tokens are placed alike, until the subtree at this depth ends.
  bool is_settled = false;
  Placement settled;
  std::size_t settled_depth = 0;
};

namespace {

Placement undeclared_at(PlaceNumber place) {
  Placement out;
  out.status = TokenStatus::undeclared;
  out.place = place;
  return out;
}

Placement structure_at(PlaceNumber place) {
  Placement out;
  out.place = place;
  return out;
}

/// The type of a key, or of the first part of its pattern, if the whole key fits.
std::optional<Type> key_type(const KeyDeclaration& key, std::string_view text) {
  if (!key.is_pattern()) return first_fit(key.shape, TokenKind::key, text);
  const auto parts = cut(key, text);
  if (!parts || !fits(key, *parts)) return std::nullopt;
  return first_fit(key.shape, TokenKind::key, (*parts)[0]);
}

Placement moved_to(PlaceNumber place, Placement placement) {
  placement.place = place;
  return placement;
}

}  // namespace

Placement Classifier::State::of_field(TokenStatus status, PlaceNumber number, Type type) const {
  const Node& node = tree.nodes[number];
  return {status, node.index, number, node.field->cls.value_or(Class::content), type, false, false};
}

/// The placement of a token that fits its field, or says that there is no value. Nothing for other tokens.
std::optional<Placement> Classifier::State::fitting(TokenStatus status, PlaceNumber number, const Token& token) const {
  const Shape& shape = tree.nodes[number].field->shape;
  if (const auto type = first_fit(shape, token.kind, token.text)) return of_field(status, number, *type);
  const auto type = stand_in(shape, token.kind, token.text);
  if (!type) return std::nullopt;
  Placement out = of_field(status, number, *type);
  out.stands_in = true;
  return out;
}

/// The placement by the first original that has a type, or without a field if none has. A twin is where its object is.
Placement Classifier::State::of_originals(TokenStatus status) const {
  const auto leaf =
      std::find_if(originals->begin(), originals->end(), [&](PlaceNumber node) { return tree.nodes[node].is_leaf(); });
  Placement placement;
  if (leaf != originals->end()) placement = of_field(status, *leaf);
  placement.status = status;
  placement.place = tree.twins_under;
  return placement;
}

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

Placement Classifier::State::enter(const Token& token, PlaceNumber node, Placement placement, Placement stray) {
  if (token.opens()) frames.push_back({node, placement, stray, token.kind == TokenKind::begin_array});
  return placement;
}

Placement Classifier::State::place_key(const Token& token) {
  const Frame& frame = frames.back();
  value = no_place;
  originals = nullptr;
  if (frame.node == no_place) return settle(token, frame.stray);
  value = tree.literal(frame.node, token.text);
  if (value != no_place) return structure_at(value);
  if (frame.node == tree.twins_under) {
    const auto& found = twins.match(token.text);
    if (!found.empty()) {
      originals = &found;
      return of_originals(TokenStatus::twin);
    }
  }
  const PlaceNumber keyed = tree.keyed(frame.node, token.text);
  if (keyed == no_place) return settle(token, frame.stray);
  const Node& member = tree.nodes[keyed];
  const KeyDeclaration& key = *member.field->key;
  if (const auto type = key_type(key, token.text)) {
    value = keyed;
    return {TokenStatus::declared, member.index, keyed, key.cls, *type, true, false};
  }
  Placement ill_typed{
      TokenStatus::ill_typed, member.index, keyed, member.field->cls.value_or(key.cls), Type::text, false, false};
  settle(token, ill_typed);
  ill_typed.cls = key.cls;
  ill_typed.wildcard_key = true;
  return ill_typed;
}

Placement Classifier::State::place_value(const Token& token) {
  if (frames.empty()) return place_outermost(token);
  const Frame& frame = frames.back();
  if (holds_objects()) {
    if (token.kind != TokenKind::begin_object) return settle(token, frame.stray);
    return place_declared(token, 0, 0);
  }
  if (!frame.is_array) return originals != nullptr ? place_twin(token) : place_declared(token, value, value);
  if (frame.node == no_place) return settle(token, frame.stray);
  const Node& node = tree.nodes[frame.node];
  if (node.wildcard == no_place || node.keys != nullptr) return settle(token, frame.stray);
  return place_declared(token, node.wildcard, frame.node);
}

Placement Classifier::State::place_outermost(const Token& token) {
  if (tree.document == report::Document::object) return place_declared(token, 0, 0);
  if (token.kind != TokenKind::begin_array) return settle(token, undeclared_at(0));
  return enter(token, 0, structure_at(0), undeclared_at(0));
}

/// `within` is where the token is if it does not fit: an element that is no value of its `*` is in its array.
Placement Classifier::State::place_declared(const Token& token, PlaceNumber number, PlaceNumber within) {
  const Node& node = tree.nodes[number];
  if (node.has_children() && token.opens()) return enter(token, number, structure_at(number), undeclared_at(number));
  if (!node.is_leaf()) return undeclared_at(within);
  const Placement ill_typed = of_field(TokenStatus::ill_typed, number);
  if (const auto placement = fitting(TokenStatus::declared, number, token)) {
    return enter(token, no_place, *placement, ill_typed);
  }
  return settle(token, moved_to(within, ill_typed));
}

Placement Classifier::State::place_twin(const Token& token) {
  const Placement ill_typed = of_originals(TokenStatus::ill_typed);
  for (const PlaceNumber node : *originals) {
    if (tree.nodes[node].has_children() && token.opens()) {
      Placement twin;
      twin.status = TokenStatus::twin;
      twin.place = tree.twins_under;
      return enter(token, no_place, twin, ill_typed);
    }
    if (!tree.nodes[node].is_leaf()) continue;
    if (const auto placement = fitting(TokenStatus::twin, node, token)) {
      return enter(token, no_place, moved_to(tree.twins_under, *placement), ill_typed);
    }
  }
  return settle(token, ill_typed);
}

Classifier::Classifier(const Dictionary& dictionary) : state_(std::make_unique<State>(dictionary.tree())) {}
Classifier::Classifier(Classifier&&) noexcept = default;
Classifier& Classifier::operator=(Classifier&&) noexcept = default;
Classifier::~Classifier() = default;

Placement Classifier::place(const Token& token) { return state_->place(token); }

std::span<const std::size_t> Classifier::twin_fields() const {
  state_->original_fields.clear();
  if (state_->originals == nullptr) return {};
  for (const PlaceNumber number : *state_->originals) {
    const Node& node = state_->tree.nodes[number];
    if (node.is_leaf()) state_->original_fields.push_back(node.index);
  }
  return state_->original_fields;
}

}  // namespace airlock::dictionary
