#include "report/pointer.hpp"

#include "core/json.hpp"
#include "core/text.hpp"

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
                                          const crypto::Secret& fingerprint_key) {
  Scanner scanner(report, limits, fingerprint_key);
  Pointer pointer;
  bool value_follows = false;
  for (;;) {
    const auto next = scanner.next();
    if (next) {
      const Token& token = *next;
      if (token.kind == TokenKind::end) return std::nullopt;
      pointer.advance(token);
      value_follows = token.kind == TokenKind::key;
      continue;
    }
    if (pointer.open_.empty()) return std::nullopt;
    const Pointer::Container& within = pointer.open_.back();
    std::string path = pointer.text();
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
