#include "redaction/declared_path.hpp"

namespace airlock::redaction {

using dictionary::TokenStatus;

void DeclaredPath::advance(const report::Token& token, const dictionary::Placement& placement) {
  if (token.closes()) {
    path_.resize(open_.back().path_size);
    open_.pop_back();
    return;
  }
  const bool is_key = token.kind == report::TokenKind::key;
  const bool is_element = !is_key && !open_.empty() && open_.back().is_array;
  if (is_key || is_element) path_.resize(open_.back().path_size);
  if (is_key && placement.status == TokenStatus::structure) {
    path_ += "/" + dictionary::literal_step(token.text);
  } else if (placement.wildcard_key || (is_element && (placement.status == TokenStatus::structure ||
                                                       placement.status == TokenStatus::declared))) {
    path_ += "/*";
  }
  if (token.opens()) open_.push_back({path_.size(), token.kind == report::TokenKind::begin_array});
}

}  // namespace airlock::redaction
