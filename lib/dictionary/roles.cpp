#include <algorithm>

#include "core/ascii.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "dictionary/tree.hpp"

namespace airlock::dictionary {
namespace {

using core::Json;
using core::Members;
using core::quote;
using core::Result;

/// `P7D`, `P1W`: a whole number of days or weeks, from 1 to 999 (ISO 8601 duration).
bool is_interval(std::string_view text) {
  if (text.size() < 3 || text.size() > 5 || text.front() != 'P' || (text.back() != 'D' && text.back() != 'W')) {
    return false;
  }
  const auto digits = text.substr(1, text.size() - 2);
  return digits.front() != '0' && core::is_digits(digits);
}

/// Reads `event`: the path of a field, or `{"always": NAME}`.
void read_event(Members& in, Roles& roles) {
  const Json* event = in.any("event");
  if (event == nullptr || !event->is_object()) {
    roles.event = in.text("event");
    return;
  }
  in.inner("event", [&](Members& constant) { roles.constant_event = constant.text("always"); });
}

class RoleCheck {
 public:
  RoleCheck(std::string_view document, const Tree& tree) : document_(quote(document)), tree_(tree) {}

  [[nodiscard]] Result<void> event() const {
    const Roles& roles = tree_.roles;
    if (roles.event.empty()) {
      if (tree_.events == std::vector{roles.constant_event}) return {};
      return refuse("/events", "must be " + quote(roles.constant_event) + " alone, which `/roles/event` says");
    }
    if (tree_.document != report::Document::object) {
      return refuse("/roles/event",
                    "must be constant, such as `{\"always\": \"service ping\"}`, since a report has many objects");
    }
    AIRLOCK_TRY(const Field* field, declared("/roles/event", roles.event));
    auto values = field->shape.values;
    auto events = tree_.events;
    std::sort(values.begin(), values.end());
    std::sort(events.begin(), events.end());
    if (field->shape.types == std::vector{Type::enumeration} && values == events) return {};
    return refuse("/events", "must be the values of " + quote(field->path) + ", which must have the type `enum` only");
  }

  [[nodiscard]] Result<void> period() const {
    const Roles& roles = tree_.roles;
    const bool is_moment = roles.period_start == roles.period_end;
    AIRLOCK_CHECK(time(is_moment ? "/roles/at" : "/roles/period_start", roles.period_start));
    return time("/roles/period_end", roles.period_end);
  }

  [[nodiscard]] Result<void> version() const {
    if (tree_.roles.version.empty()) return {};
    AIRLOCK_TRY(const Field* field, declared("/roles/version", tree_.roles.version));
    const auto& types = field->shape.types;
    const bool is_text = !types.empty() && std::all_of(types.begin(), types.end(), [](Type type) {
      return type == Type::version || type == Type::text;
    });
    if (is_text) return {};
    return refuse("/roles/version", quote(field->path) + " must have no type but `version` and `text`");
  }

 private:
  [[nodiscard]] tl::unexpected<core::Error> refuse(const std::string& place, const std::string& why) const {
    return core::fail(core::Code::bad_input, document_ + ": " + quote(place) + ": " + why);
  }

  /// The field of a role. It must be declared, without wildcards.
  [[nodiscard]] Result<const Field*> declared(const std::string& place, const std::string& path) const {
    const auto at = tree_.by_path.find(path);
    if (at == tree_.by_path.end()) return refuse(place, quote(path) + " is not declared");
    const Field& field = tree_.fields[at->second];
    if (std::find(field.is_wildcard.begin(), field.is_wildcard.end(), true) != field.is_wildcard.end()) {
      return refuse(place, quote(path) + " has a `*`, so it may be many values");
    }
    return &field;
  }

  [[nodiscard]] Result<void> time(const std::string& place, const std::string& path) const {
    if (path.empty()) return {};
    AIRLOCK_TRY(const Field* field, declared(place, path));
    for (const Type type : {Type::time, Type::date, Type::epoch, Type::epoch_ms}) {
      if (field->shape.types == std::vector{type}) return {};
    }
    return refuse(place, quote(path) + " must have one type only: `time`, `date`, `epoch` or `epoch_ms`");
  }

  std::string document_;
  const Tree& tree_;
};

}  // namespace

Roles read_roles(Members& in) {
  Roles roles;
  read_event(in, roles);
  roles.period_start = in.text_if("period_start").value_or("");
  roles.period_end = in.text_if("period_end").value_or("");
  const std::string at = in.text_if("at").value_or("");
  roles.every = in.text_if("every").value_or("");
  roles.version = in.text_if("version").value_or("");
  if (!in.ok()) return roles;
  const bool has_period = !roles.period_start.empty();
  if (has_period != !roles.period_end.empty()) {
    in.refuse("", "must name both `period_start` and `period_end`, or neither");
  } else if (has_period && !at.empty()) {
    in.refuse("at", "stands for `period_start` and `period_end`, so it cannot be beside them");
  } else if (!roles.every.empty() && !has_period && at.empty()) {
    in.refuse("every", "needs `period_start` and `period_end`, or `at`");
  } else if (!roles.every.empty() && !is_interval(roles.every)) {
    in.refuse("every", "must be 1 to 999 days or weeks, such as `P7D` or `P1W`");
  }
  if (!at.empty()) roles.period_start = roles.period_end = at;
  return roles;
}

Result<void> check_roles(std::string_view document, const Tree& tree) {
  const RoleCheck check(document, tree);
  AIRLOCK_CHECK(check.event());
  AIRLOCK_CHECK(check.period());
  return check.version();
}

}  // namespace airlock::dictionary
