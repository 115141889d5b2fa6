#include "dictionary/dictionary.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "dictionary/key_pattern.hpp"
#include "dictionary/tree.hpp"

namespace airlock::dictionary {

/// A document needs six levels: itself, `fields`, a declaration, its `key`, a part of it, the part's list of types.
constexpr std::size_t json_depth_limit = 6;

Dictionary::Dictionary(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
Dictionary::Dictionary(Dictionary&&) noexcept = default;
Dictionary& Dictionary::operator=(Dictionary&&) noexcept = default;
Dictionary::~Dictionary() = default;

Result<Dictionary> Dictionary::parse(std::string_view text, std::string_view name, const std::vector<Origin>& origins) {
  AIRLOCK_TRY(const core::Json json,
              core::parse_json(text, name, {.bytes = dictionary_bytes_limit, .depth = json_depth_limit}));
  auto tree = std::make_unique<Tree>();
  AIRLOCK_CHECK(read_document(json, {name, origins}, *tree));
  AIRLOCK_CHECK(compile({name, origins}, *tree));
  return Dictionary(std::move(tree));
}

const std::string& Dictionary::name() const { return tree_->name; }
const std::string& Dictionary::product() const { return tree_->product; }
const std::vector<Field>& Dictionary::fields() const { return tree_->fields; }
const std::vector<std::string>& Dictionary::events() const { return tree_->events; }
const Roles& Dictionary::roles() const { return tree_->roles; }
const Twins& Dictionary::twins() const { return tree_->twins; }
report::Document Dictionary::document() const { return tree_->document; }
const Tree& Dictionary::tree() const { return *tree_; }

std::string_view Dictionary::path_of(PlaceNumber place) const {
  const std::string_view path = tree_->nodes[place].path;
  return path.empty() ? "/" : path;
}

bool Dictionary::is_key_at(PlaceNumber place, std::string_view key) const {
  const Node& node = tree_->nodes[place];
  if (node.parent == no_place || tree_->literal(node.parent, key) != no_place) return false;
  if (tree_->keyed(node.parent, key) != place) return false;
  const auto parts = cut(*node.field->key, key);
  return parts && fits(*node.field->key, *parts);
}

std::optional<std::size_t> Dictionary::find(std::string_view path) const {
  const auto at = tree_->by_path.find(path);
  if (at == tree_->by_path.end()) return std::nullopt;
  return at->second;
}

}  // namespace airlock::dictionary
