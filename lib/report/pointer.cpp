#include "report/pointer.hpp"

#include "core/json.hpp"
#include "core/text.hpp"
#include "report/lexer.hpp"

namespace airlock::report {
void Pointer::advance(const Token& token) {
  if (token.closes()) {
    path_.resize(open_.back().path_size);
    open_.pop_back();
    return;
  }
  if (token.kind == TokenKind::end) return;
  if (token.kind == TokenKind::key) {
    path_.resize(open_.back().path_size);
    path_ += "/" + core::pointer_step(token.text);
    return;
  }
  if (!open_.empty() && open_.back().is_array) {
    path_.resize(open_.back().path_size);
    path_ += "/" + std::to_string(open_.back().next++);
  }
  if (token.opens()) open_.push_back({path_.size(), token.kind == TokenKind::begin_array, 0});
}

std::optional<std::string> place_of_fault(const core::Blob& report, const Limits& limits,
                                          const crypto::Secret& fingerprint_key, Document document) {
  Scanner scanner(report, limits, fingerprint_key, document);
  Pointer pointer;
  bool value_follows = false;
  // A key that its object has already is refused with the token after it. Its own member is not where the fault is.
  std::string before_key;
  std::string key_refused;
  for (;;) {
    const auto next = scanner.next();
    if (next) {
      const Token& token = *next;
      if (token.kind == TokenKind::end) return std::nullopt;
      value_follows = token.kind == TokenKind::key;
      if (value_follows) {
        before_key = pointer.text();
        key_refused = refuse(token.begin, "").value().message;
      }
      pointer.advance(token);
      continue;
    }
    if (pointer.open_.empty()) return std::nullopt;
    const Pointer::Container& within = pointer.open_.back();
    const bool is_key = value_follows && next.error().message.starts_with(key_refused);
    if (is_key) value_follows = false;
    std::string path = is_key ? before_key : pointer.text();
    if (within.is_array) {
      path.resize(within.path_size);
      path += "/" + std::to_string(within.next);
    }
    const bool is_inside = within.is_array || value_follows;
    if (path.empty()) return std::nullopt;
    return (is_inside ? "in " : "after ") + core::quote(path);
  }
}

}  // namespace airlock::report
