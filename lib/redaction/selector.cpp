#include "redaction/selector.hpp"

#include <optional>

namespace airlock::redaction {
namespace {

using core::Code;
using core::fail;
using core::Result;

Result<std::string> unescape(std::string_view step) {
  std::string out;
  for (std::size_t i = 0; i < step.size(); ++i) {
    if (step[i] == '*') return fail(Code::bad_input, "has a `*` within a step; write `~2` for the character itself");
    if (step[i] != '~') {
      out += step[i];
      continue;
    }
    static constexpr std::string_view meant = "~/*";
    const std::size_t digit = ++i < step.size() ? static_cast<std::size_t>(step[i] - '0') : meant.size();
    if (digit >= meant.size()) return fail(Code::bad_input, "has a `~` that is not `~0`, `~1` or `~2`");
    out += meant[digit];
  }
  return out;
}

}  // namespace

Result<Selector> Selector::parse(std::string_view path) {
  if (!path.starts_with('/')) return fail(Code::bad_input, "must start with `/`");
  Selector out;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto step = path.substr(0, path.find('/'));
    path.remove_prefix(step.size());
    if (out.steps_.size() == selector_steps_limit) {
      return fail(Code::bad_input, "has more than " + std::to_string(selector_steps_limit) + " steps");
    }
    if (step == "*" || step == "**") {
      out.steps_.push_back({step.size() == 1 ? Kind::one : Kind::any_number, ""});
    } else {
      AIRLOCK_TRY(auto text, unescape(step));
      out.steps_.push_back({Kind::literal, std::move(text)});
    }
  }
  return out;
}

std::vector<bool> Selector::matches(const dictionary::Field& field) const {
  // at[i]: whether the field's steps so far can be what the first i steps of the selector stand for.
  std::vector<bool> at(steps_.size() + 1, false);
  at[0] = true;
  const auto skip_any_number = [&] {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (at[i] && steps_[i].kind == Kind::any_number) at[i + 1] = true;
    }
  };
  skip_any_number();
  std::vector<bool> out{at.back()};
  for (std::size_t step = 0; step < field.steps.size(); ++step) {
    std::vector<bool> next(at.size(), false);
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (!at[i]) continue;
      const Kind kind = steps_[i].kind;
      if (kind == Kind::any_number) next[i] = true;
      if (kind == Kind::one ||
          (kind == Kind::literal && !field.is_wildcard[step] && steps_[i].text == field.steps[step])) {
        next[i + 1] = true;
      }
    }
    at = std::move(next);
    skip_any_number();
    out.push_back(at.back());
  }
  return out;
}

}  // namespace airlock::redaction
