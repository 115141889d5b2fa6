#include "redaction/declared_path.hpp"

#include "core/json.hpp"

namespace airlock::redaction {
namespace {

using dictionary::Standing;

/// A literal step as the dictionary writes it.
std::string literal_step(std::string_view key) {
  std::string out = core::pointer_step(key);
  for (auto at = out.find('*'); at != out.npos; at = out.find('*', at)) out.replace(at, 1, "~2");
  return out;
}

}  // namespace

void DeclaredPath::advance(const report::Token& token, const dictionary::Placement& placement) {
  if (token.closes()) {
    path_.resize(open_.back().path_size);
    open_.pop_back();
    return;
  }
  const bool is_key = token.kind == report::Kind::key;
  const bool is_element = !is_key && !open_.empty() && open_.back().is_array;
  if (is_key || is_element) path_.resize(open_.back().path_size);
  if (is_key && placement.standing == Standing::structure) {
    path_ += "/" + literal_step(token.text);
  } else if (placement.wildcard_key ||
             (is_element && (placement.standing == Standing::structure || placement.standing == Standing::declared))) {
    path_ += "/*";
  }
  if (token.opens()) open_.push_back({path_.size(), token.kind == report::Kind::begin_array});
}

}  // namespace airlock::redaction
