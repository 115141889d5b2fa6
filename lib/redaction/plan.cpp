#include "redaction/plan.hpp"

#include <algorithm>
#include <map>

#include "core/text.hpp"
#include "redaction/selector.hpp"

namespace airlock::redaction {
namespace {

using core::Code;
using core::fail;
using core::quote;
using dictionary::Dictionary;
using dictionary::Field;
using dictionary::KeyDeclaration;
using dictionary::Shape;
using dictionary::Type;

bool has(const std::vector<Type>& types, Type type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

bool fits_value(const Treatment& treatment, const Shape& shape) {
  return std::any_of(shape.types.begin(), shape.types.end(), [&](Type type) { return fits(treatment, type); });
}

/// Whether literal text shows where a pseudonym before it ends: whether it has a byte that no pseudonym has.
bool ends_pseudonym(std::string_view piece) {
  return std::any_of(piece.begin(), piece.end(),
                     [](char c) { return !(c >= 'a' && c <= 'z') && !(c >= '2' && c <= '7') && c != '-'; });
}

bool fits_key(const Treatment& treatment, const KeyDeclaration& key, std::size_t part) {
  const Shape& shape = key.part(part).shape;
  if (treatment.action == Action::mask) return false;
  if (treatment.action == Action::pseudonymise) {
    // The last part ends where the key's last literal text begins, whatever is in it.
    const bool ends = part + 1 == key.parts() || ends_pseudonym(key.pieces[part + 1]);
    return ends && has(shape.types, Type::text);
  }
  return key.is_pattern() ? !is_partial(treatment.action) : fits_value(treatment, shape);
}

/// Whether the treatment can be applied to a part of a key that was taken for this one of its types.
bool fits_key_of(const Treatment& treatment, const KeyDeclaration& key, std::size_t part, Type type) {
  return fits(treatment, type) && fits_key(treatment, key, part);
}

/// Element n of the result, for n below the number of the field's steps: whether its first n steps are a container and
/// not a key that a `*` stands for.
std::vector<bool> containers(const Dictionary& dictionary, const Field& field) {
  std::vector<bool> out;
  std::size_t end = 0;
  for (std::size_t steps = 0; steps < field.steps.size(); ++steps) {
    const auto declared = dictionary.find(std::string_view(field.path).substr(0, end));
    out.push_back(!declared || !dictionary.fields()[*declared].key);
    end = field.path.find('/', end + 1);
  }
  return out;
}

/// One redaction of the profiles, and whether it selects anything.
struct PlannedRedaction {
  const Redaction* redaction;
  std::uint32_t index;                   ///< in `Plan::redactions`
  std::optional<PathSelector> selector;  ///< of a redaction by path
  bool selects = false;
};

/// Joins the treatments that redactions give the value and the keys of one field.
class FieldJoin {
 public:
  FieldJoin(const Dictionary& dictionary, const Field& field)
      : dictionary_(dictionary), field_(field), keys_(field.key ? field.key->parts() : 1) {}

  Result<void> add(PlannedRedaction& one) {
    if (!one.selector) {
      add_class(*one.redaction, one.index);
      return {};
    }
    const auto matches = one.selector->matches(field_);
    if (one.redaction->of_key ? !names_key(matches) : !names_value(matches)) return {};
    one.selects = true;
    return add_path(*one.redaction, one.index);
  }

  [[nodiscard]] Treatments value() const { return values_.joined(); }
  /// Of each part.
  [[nodiscard]] std::vector<Treatments> keys() const {
    std::vector<Treatments> out;
    for (const Gathered& part : keys_) out.push_back(part.joined());
    return out;
  }
  [[nodiscard]] std::vector<Reason> take_value_reasons() { return std::move(values_.reasons); }
  [[nodiscard]] std::vector<Reason> take_key_reasons() {
    std::vector<Reason> out;
    for (std::size_t part = 0; part < keys_.size(); ++part) {
      for (Reason& reason : keys_[part].reasons) {
        reason.part = part;
        out.push_back(std::move(reason));
      }
    }
    return out;
  }

 private:
  struct Gathered {
    std::vector<Treatment> treatments;
    std::map<Type, std::vector<Treatment>> by_type;  ///< of redactions by class and type
    std::vector<Reason> reasons;
    void add(const Treatment& treatment, std::uint32_t redaction, bool fits = true) {
      treatments.push_back(fits ? treatment : Treatment{.action = Action::drop});
      reasons.push_back({redaction, !fits});
    }
    /// For values that were taken for one of the redaction's types. `fits` says for which the treatment can be applied.
    template <typename Fits>
    void add_typed(const Redaction& redaction, std::uint32_t index, const Shape& shape, Fits fits) {
      Reason reason{index, false};
      bool selects = false;
      for (const Type type : shape.types) {
        if (!has(redaction.types, type)) continue;
        selects = true;
        if (!fits(type)) reason.unfit.push_back(type);
        by_type[type].push_back(fits(type) ? redaction.treatment : Treatment{.action = Action::drop});
      }
      if (selects) reasons.push_back(std::move(reason));
    }
    [[nodiscard]] Treatments joined() const {
      Treatments out{join(treatments), {}};
      for (const auto& [type, own] : by_type) {
        std::vector<Treatment> all = treatments;
        all.insert(all.end(), own.begin(), own.end());
        if (const Treatment both = join(all); both != out.base) out.by_type.emplace(type, both);
      }
      return out;
    }
  };

  void add_class(const Redaction& redaction, std::uint32_t index) {
    const Treatment& treatment = redaction.treatment;
    if (!redaction.types.empty()) return add_class_and_type(redaction, index);
    if (field_.cls == redaction.cls) values_.add(treatment, index, fits_value(treatment, field_.shape));
    for (std::size_t part = 0; field_.key && part < keys_.size(); ++part) {
      if (field_.key->part(part).cls != redaction.cls) continue;
      keys_[part].add(treatment, index, fits_key(treatment, *field_.key, part));
    }
  }

  void add_class_and_type(const Redaction& redaction, std::uint32_t index) {
    const Treatment& treatment = redaction.treatment;
    if (field_.cls == redaction.cls) {
      values_.add_typed(redaction, index, field_.shape, [&](Type type) { return fits(treatment, type); });
    }
    for (std::size_t part = 0; field_.key && part < keys_.size(); ++part) {
      if (field_.key->part(part).cls != redaction.cls) continue;
      keys_[part].add_typed(redaction, index, field_.key->part(part).shape,
                            [&](Type type) { return fits_key_of(treatment, *field_.key, part, type); });
    }
  }

  Result<void> add_path(const Redaction& redaction, std::uint32_t index) {
    const Treatment& treatment = redaction.treatment;
    const std::string action = quote(name(treatment.action));
    const auto refuse = [&](const std::string& why) {
      return fail(Code::bad_input, redaction.place + ": " + action + " does not fit " + why);
    };
    if (!redaction.of_key) {
      if (!fits_value(treatment, field_.shape)) return refuse("any type of " + quote(field_.path));
      values_.add(treatment, index);
      return {};
    }
    if (treatment.action == Action::mask) {
      return refuse("the keys of " + quote(field_.path) + ", since all would become the same");
    }
    for (std::size_t part = 0; part < keys_.size(); ++part) {
      if (!fits_key(treatment, *field_.key, part)) {
        return refuse((field_.key->is_pattern() ? "part " + quote(field_.key->part(part).name) : "any type") +
                      " of the keys of " + quote(field_.path));
      }
      keys_[part].add(treatment, index);
    }
    return {};
  }

  [[nodiscard]] bool names_value(const std::vector<bool>& matches) const {
    return !field_.shape.types.empty() && std::find(matches.begin(), matches.end(), true) != matches.end();
  }

  [[nodiscard]] bool names_key(const std::vector<bool>& matches) {
    if (!field_.key) return false;
    if (matches.back()) return true;
    if (containers_.empty()) containers_ = containers(dictionary_, field_);
    for (std::size_t steps = 0; steps + 1 < matches.size(); ++steps) {
      if (matches[steps] && containers_[steps]) return true;
    }
    return false;
  }

  const Dictionary& dictionary_;
  const Field& field_;
  std::vector<bool> containers_;  ///< filled when first needed
  Gathered values_;
  std::vector<Gathered> keys_;  ///< of each part
};

/// For each type the strongest treatment that a part of the key gives it. Those of a pattern are never partial.
Treatments strongest(const std::vector<Treatments>& parts) {
  const auto most = [&](const auto& of) {
    return of(*std::max_element(parts.begin(), parts.end(),
                                [&](const Treatments& a, const Treatments& b) { return of(a).action < of(b).action; }));
  };
  Treatments out{most([](const Treatments& part) { return part.base; }), {}};
  for (const Treatments& each : parts) {
    for (const auto& own : each.by_type) {
      const Treatment all = most([&](const Treatments& part) { return part.of(own.first); });
      if (all != out.base) out.by_type.emplace(own.first, all);
    }
  }
  return out;
}

Result<std::vector<PlannedRedaction>> planned(std::span<const Profile> profiles) {
  std::vector<PlannedRedaction> out;
  for (const Profile& profile : profiles) {
    for (const Redaction& redaction : profile.redactions) {
      out.push_back({&redaction, static_cast<std::uint32_t>(out.size()), std::nullopt});
      if (redaction.cls) continue;
      auto selector = PathSelector::parse(redaction.path);
      if (!selector) return fail(std::move(selector).error().within(redaction.place + ": " + quote(redaction.path)));
      out.back().selector = std::move(*selector);
    }
  }
  return out;
}

/// Refuses profiles whose plan would take too long to make.
Result<void> check_comparisons(const Dictionary& dictionary, const std::vector<PlannedRedaction>& redactions) {
  std::uint64_t steps = 0;
  for (const Field& field : dictionary.fields()) steps += field.steps.size();
  const auto paths = static_cast<std::uint64_t>(std::count_if(
      redactions.begin(), redactions.end(), [](const PlannedRedaction& one) { return one.selector.has_value(); }));
  if (redactions.size() * dictionary.fields().size() + paths * steps <= comparisons_limit) return {};
  return fail(Code::bad_input,
              "the policy's profiles have " + std::to_string(redactions.size()) + " redactions, " +
                  std::to_string(paths) + " of them by path, which is too many for a dictionary of " +
                  std::to_string(dictionary.fields().size()) + " fields",
              "let a path name a container or use `*`, redact by class, or extend fewer profiles");
}

}  // namespace

Result<Plan> Plan::make(const Dictionary& dictionary, std::span<const Profile> profiles) {
  Plan out;
  AIRLOCK_TRY(auto redactions, planned(profiles));
  AIRLOCK_CHECK(check_comparisons(dictionary, redactions));
  for (const Profile& profile : profiles) {
    out.profiles_.push_back(profile.name);
    out.copies_ = std::max(out.copies_, profile.copies);
    out.redactions_.insert(out.redactions_.end(), profile.redactions.begin(), profile.redactions.end());
  }
  const bool drops = !profiles.empty() && std::all_of(profiles.begin(), profiles.end(), [](const Profile& profile) {
    return profile.undeclared == Undeclared::drop;
  });
  out.undeclared_ = drops ? Undeclared::drop : Undeclared::refuse;
  out.redacts_ = drops || !redactions.empty();
  for (const Field& field : dictionary.fields()) {
    FieldJoin joined(dictionary, field);
    for (PlannedRedaction& one : redactions) AIRLOCK_CHECK(joined.add(one));
    out.values_.push_back(joined.value());
    out.key_parts_.push_back(joined.keys());
    out.keys_.push_back(strongest(out.key_parts_.back()));
    out.value_reasons_.push_back(joined.take_value_reasons());
    out.key_reasons_.push_back(joined.take_key_reasons());
  }
  for (const PlannedRedaction& one : redactions) {
    if (!one.selector || one.selects) continue;
    return fail(Code::bad_input,
                one.redaction->place + ": " + quote(one.redaction->path) + " selects no declared " +
                    (one.redaction->of_key ? "key" : "value"),
                "write the path as the dictionary declares it, with `*` where it has `*`");
  }
  return out;
}

bool Plan::treats_like(const Plan& other) const {
  return values_ == other.values_ && key_parts_ == other.key_parts_ && undeclared_ == other.undeclared_ &&
         copies_ == other.copies_ && redacts_ == other.redacts_;
}

Plan Plan::with_value(std::size_t field, const Treatment& treatment) const {
  Plan out = *this;
  out.values_[field] = {treatment, {}};
  out.redacts_ = redacts_ || treatment.action != Action::keep;
  return out;
}

Plan Plan::with_key(std::size_t field, const Treatment& treatment) const {
  Plan out = *this;
  out.keys_[field] = {treatment, {}};
  for (Treatments& part : out.key_parts_[field]) part = {treatment, {}};
  out.redacts_ = redacts_ || treatment.action != Action::keep;
  return out;
}

}  // namespace airlock::redaction
