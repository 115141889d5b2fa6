#include "redaction/selector.hpp"

#include "dictionary/key_pattern.hpp"

namespace airlock::redaction {
namespace {

using core::Code;
using core::fail;
using core::Result;

Result<std::string> unescape(std::string_view step) {
  std::string out;
  for (std::size_t i = 0; i < step.size(); ++i) {
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

Result<PathSelector> PathSelector::parse(std::string_view path) {
  if (!path.starts_with('/')) return fail(Code::bad_input, "must start with `/`");
  PathSelector out;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto step = path.substr(0, path.find('/'));
    path.remove_prefix(step.size());
    if (out.steps_ == selector_steps_limit) {
      return fail(Code::bad_input, "has more than " + std::to_string(selector_steps_limit) + " steps");
    }
    const Bits bit = Bits{1} << out.steps_++;
    if (step == "*") {
      out.one_ |= bit;
    } else if (step == "**") {
      out.any_number_ |= bit;
    } else {
      AIRLOCK_TRY(auto text, unescape(step));
      if (dictionary::is_pattern_step(step)) {
        if (step.find("**") != step.npos) {
          return fail(Code::bad_input, "has a `**` within a step; write `~2` for the character itself");
        }
        out.patterns_[std::string(step)] |= bit;
      } else {
        out.literals_[std::move(text)] |= bit;
      }
    }
  }
  return out;
}

std::vector<bool> PathSelector::matches(const dictionary::Field& field) const {
  // Bit i of `at`: whether the first i steps of the selector match the field's steps so far. `whole`: whether all steps
  // of the selector do.
  const Bits last = Bits{1} << (steps_ - 1);
  Bits at = 1;
  bool whole = false;
  const auto skip_any_number = [&] {
    for (Bits from = at & any_number_; from != 0;) {
      whole = whole || (from & last) != 0;
      const Bits reached = (from & ~last) << 1U & ~at;
      at |= reached;
      from = reached & any_number_;
    }
  };
  skip_any_number();
  std::vector<bool> out{whole};
  for (std::size_t step = 0; step < field.steps.size(); ++step) {
    Bits taken = at & one_;
    const auto& named = field.is_wildcard[step] ? patterns_ : literals_;
    const auto found = named.find(field.steps[step]);
    if (found != named.end()) taken |= at & found->second;
    // `**` matches the step too, and the next ones. At the end of the selector it matches everything that follows.
    whole = (taken & last) != 0;
    at = (at & any_number_) | (taken & ~last) << 1U;
    skip_any_number();
    out.push_back(whole);
  }
  return out;
}

}  // namespace airlock::redaction
