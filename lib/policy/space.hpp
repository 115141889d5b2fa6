#pragma once
/// \file
/// Every combination of facts that a policy can tell apart: what is finite can be tried out whole. Within the module
/// only; check.cpp and diff.cpp walk it.
///
/// Tiers: each that a policy names, one that none names, and none. Entitlements: every set of those that some rule or
/// claim names; two that always stand together in selectors count as one. Licence states: all. Floors: none and each
/// disposition, since several floors make the strictest of them. Whether the site redacts on its own account. Events:
/// the dictionary's. The age of the kit: both, where some rule or claim asks for it.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policy/document.hpp"
#include "policy/policy.hpp"

namespace airlock::policy {

/// More than this are not tried out.
inline constexpr std::uint64_t combinations_limit = 4'000'000;

class Space {
 public:
  /// Error: refused, where there would be more than `combinations_limit`.
  [[nodiscard]] static Result<Space> of(std::span<const Document* const> documents, std::vector<std::string> events);

  /// Calls `with` for each combination, the smallest first: few entitlements, no floor, a valid licence.
  void each(const std::function<void(const Facts&)>& with) const;
  /// The same without floors and redactions of the site's own.
  void each_without_floors(const std::function<void(const Facts&)>& with) const;

  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] std::size_t tier_count() const { return tiers_.size(); }
  [[nodiscard]] std::size_t kit_age_count() const { return kit_ages_.size(); }
  [[nodiscard]] std::size_t entitlement_set_count() const { return entitlement_sets_.size(); }
  [[nodiscard]] const std::vector<std::string>& events() const { return events_; }

 private:
  void each_inner(Facts& facts, const std::function<void(const Facts&)>& with) const;

  std::vector<std::optional<std::string>> tiers_;
  std::vector<std::vector<std::string>> entitlement_sets_;
  std::vector<std::string> events_;
  std::vector<KitAge> kit_ages_{KitAge::current};
};

/// `tier `enterprise`, licence `valid`, event `x`, entitled to `air_gap`, floor `seal``.
[[nodiscard]] std::string in_words(const Facts& facts);

}  // namespace airlock::policy
