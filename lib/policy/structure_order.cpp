#include <algorithm>
#include <map>
#include <set>

#include "core/text.hpp"
#include "dictionary/key_pattern.hpp"
#include "policy/field_terms.hpp"
#include "policy/order.hpp"

namespace airlock::policy {
namespace {

using core::quote;

/// The steps that a decision declares, by the path of the container around them. The empty path is the report itself.
using Containers = std::map<std::string_view, std::set<std::string_view>>;

void add_steps(std::string_view path, Containers& out) {
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t next = std::min(path.find('/', at + 1), path.size());
    out[path.substr(0, at)].insert(path.substr(at + 1, next - at - 1));
    at = next;
  }
}

void add_steps(const Terms& terms, Containers& out) {
  for (const auto& [path, value] : terms.values) add_steps(path, out);
  for (const auto& [term, key] : terms.keys) add_steps(path_of_key(term), out);
}

/// The patterns among these steps, other than `step`, that a key of `step` may have too.
std::vector<std::string_view> patterns_beside(std::string_view step, const std::set<std::string_view>& steps) {
  std::vector<std::string_view> out;
  for (const std::string_view other : steps) {
    if (other != step && dictionary::is_pattern_step(other) && may_overlap(step, other)) out.push_back(other);
  }
  return out;
}

class StructureOrder {
 public:
  StructureOrder(const Terms& decision, const Terms& ceiling, Loosenings& out)
      : now_(decision), before_(ceiling), out_(out) {
    add_steps(now_, now_steps_);
    add_steps(before_, before_steps_);
  }

  void compare() {
    for (const auto& [container, steps] : now_steps_) {
      const auto found = before_steps_.find(container);
      if (found == before_steps_.end()) {
        compare_new(container);
      } else {
        compare_steps(container, steps, found->second);
      }
    }
    if (now_.twins != before_.twins) out_.push_back({"which names are twins", in_words(before_), in_words(now_)});
  }

 private:
  static std::string in_words(const Terms& terms) {
    if (terms.twins == dictionary::Twins{}) return "none";
    return "those with " + quote(terms.twins.separator) + " in " + quote(terms.twins.under);
  }

  static std::string declared_by(std::string_view step) {
    return dictionary::is_pattern_step(step) ? "declared by its pattern" : "declared by its name";
  }

  /// Containers leave with their literal names and the number of their elements, whatever is dropped in them. Of nested
  /// new containers only the outermost is reported.
  void compare_new(std::string_view container) {
    const auto parent = container.substr(0, container.rfind('/'));
    if (!before_steps_.contains(parent)) return;
    out_.push_back({"an object or array at " + quote(container),
                    before_.values.contains(container) ? "declared as a value" : "not declared", "kept"});
  }

  void compare_steps(std::string_view container, const std::set<std::string_view>& now,
                     const std::set<std::string_view>& before) {
    const std::string members = std::string(container) + "/*";
    const bool keyed_now = now_.keys.contains(members);
    const bool keyed_before = before_.keys.contains(members);
    if (now.contains("*") && before.contains("*") && keyed_now != keyed_before) {
      const auto what = [](bool keyed) { return keyed ? "members of an object" : "elements of an array"; };
      out_.push_back({"what " + quote(members) + " stands for", what(keyed_before), what(keyed_now)});
    }
    for (const std::string_view step : now) {
      if (step == "*" || before.contains(step)) continue;
      const std::string own = declared_by(step);
      if (keyed_before) add_member(container, step, "one of " + quote(members), own);
      for (const std::string_view pattern : patterns_beside(step, before)) {
        add_member(container, step, "one of " + quote(std::string(container) + "/" + std::string(pattern)), own);
      }
      if (may_be_twin(before_.twins, container, step)) add_member(container, step, "a twin", "declared by its name");
    }
    for (const std::string_view step : before) {
      if (step == "*" || now.contains(step)) continue;
      const std::string own = declared_by(step);
      if (keyed_now) add_member(container, step, own, "one of " + quote(members));
      for (const std::string_view pattern : patterns_beside(step, now)) {
        add_member(container, step, own, "one of " + quote(std::string(container) + "/" + std::string(pattern)));
      }
      if (may_be_twin(now_.twins, container, step)) add_member(container, step, "declared by its name", "a twin");
    }
  }

  void add_member(std::string_view container, std::string_view step, std::string from, std::string to) {
    out_.push_back(
        {"the member " + quote(std::string(container) + "/" + std::string(step)), std::move(from), std::move(to)});
  }

  const Terms& now_;
  const Terms& before_;
  Containers now_steps_;
  Containers before_steps_;
  Loosenings& out_;
};

}  // namespace

void compare_structure(const Terms& decision, const Terms& ceiling, Loosenings& out) {
  StructureOrder(decision, ceiling, out).compare();
}

}  // namespace airlock::policy
