#include <algorithm>

#include "core/json.hpp"
#include "core/text.hpp"
#include "dictionary/tree.hpp"

namespace airlock::dictionary {
namespace {

/// Decodes one literal step: `~0` is `~`, `~1` is `/` (RFC 6901 3), `~2` is `*`.
std::optional<std::string> decode_step(std::string_view step) {
  static constexpr std::string_view meaning = "~/*";
  std::string out;
  for (std::size_t i = 0; i < step.size(); ++i) {
    if (step[i] == '*') return std::nullopt;
    if (step[i] != '~') {
      out += step[i];
    } else if (++i < step.size() && step[i] >= '0' && step[i] <= '2') {
      out += meaning[static_cast<std::size_t>(step[i] - '0')];
    } else {
      return std::nullopt;
    }
  }
  return out;
}

/// A step that is a pattern, as it is written: literal text with a `*` for each part.
std::optional<std::string> pattern_text(std::string_view step) {
  for (std::string_view rest = step; !rest.empty();) {
    const std::size_t end = std::min(rest.find('*'), rest.size());
    if (!decode_step(rest.substr(0, end))) return std::nullopt;
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (rest.starts_with('*')) return std::nullopt;
  }
  return std::string(step);
}

}  // namespace

std::string literal_step(std::string_view key) {
  std::string out = core::pointer_step(key);
  for (auto at = out.find('*'); at != out.npos; at = out.find('*', at)) out.replace(at, 1, "~2");
  return out;
}

std::optional<std::string> read_path(std::string_view path, Field& field) {
  if (!path.starts_with('/')) return "must begin with `/`";
  field.path = path;
  field.steps.clear();
  field.is_wildcard.clear();
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto step = path.substr(0, path.find('/'));
    path.remove_prefix(step.size());
    const bool wildcard = step.find('*') != step.npos;
    const auto decoded = step == "*" ? std::string(step) : wildcard ? pattern_text(step) : decode_step(step);
    if (!decoded) return "has the step " + core::quote(step) + "; write `~2` for a literal `*`, `~0` for `~`";
    if (decoded->empty()) return "has an empty step";
    if (field.steps.size() == steps_limit) return "has more than " + std::to_string(steps_limit) + " steps";
    field.steps.push_back(*decoded);
    field.is_wildcard.push_back(wildcard);
  }
  return std::nullopt;
}

}  // namespace airlock::dictionary
