#include "policy/approvals.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/text.hpp"

namespace airlock::policy {
namespace {

using core::Json;
using core::Members;
using core::quote;

constexpr std::size_t kind_maximum = 32;

using Counts = std::map<std::string, std::uint64_t, std::less<>>;

std::uint64_t sum_of(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& count) { return sum + count.second; });
}

void read_entry(Members& in, Approvals& out) {
  const auto kind = in.text_if("kind");
  const auto count = static_cast<std::uint64_t>(in.integer("count", 1, approvals_maximum));
  if (!in.boolean_if("by_operator").value_or(true)) out.by_operator = false;
  if (!kind) {
    out.in_all = std::max(out.in_all, count);
  } else if (!is_officer_kind(*kind)) {
    in.refuse("kind", quote(*kind) + " must be 1 to 32 of `a-z`, `0-9` and `-`, and not begin with `-`");
  } else {
    std::uint64_t& most = out.kinds[*kind];
    most = std::max(most, count);
  }
}

Approvals normalised(Approvals approvals) {
  approvals.in_all = std::max(approvals.in_all, sum_of(approvals.kinds));
  return approvals;
}

/// Assigns keys to the signatures that are asked for of each kind (the maximum matching of a bipartite graph, by
/// augmenting paths).
class Assignment {
 public:
  Assignment(const Approvals& asked, const std::vector<Approver>& officers) : officers_(officers) {
    for (const auto& [kind, count] : asked.kinds) places_.insert(places_.end(), count, kind);
    taken_by_.assign(places_.size(), nobody);
    for (std::size_t officer = 0; officer < officers.size(); ++officer) {
      std::vector<bool> tried(places_.size(), false);
      (void)find_place(officer, tried);
    }
  }

  [[nodiscard]] Counts empty_places() const {
    Counts out;
    for (std::size_t place = 0; place < places_.size(); ++place) {
      if (taken_by_[place] == nobody) ++out[places_[place]];
    }
    return out;
  }

 private:
  static constexpr std::size_t nobody = static_cast<std::size_t>(-1);

  bool find_place(std::size_t officer, std::vector<bool>& tried) {
    for (std::size_t place = 0; place < places_.size(); ++place) {
      if (tried[place] || !officers_[officer].kinds.contains(places_[place])) continue;
      tried[place] = true;
      if (taken_by_[place] != nobody && !find_place(taken_by_[place], tried)) continue;
      taken_by_[place] = officer;
      return true;
    }
    return false;
  }

  const std::vector<Approver>& officers_;
  std::vector<std::string> places_;    ///< the kind of each signature that is asked for
  std::vector<std::size_t> taken_by_;  ///< by place
};

}  // namespace

bool is_officer_kind(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= kind_maximum && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), fits);
}

Approvals approvals_from(Members& in) {
  Approvals out;
  in.each_if("approvals", approvals_maximum, [&](Members& entry) { read_entry(entry, out); });
  return normalised(std::move(out));
}

core::Result<Approvals> parse_approvals(std::string_view text, std::string_view name, const std::string& path) {
  AIRLOCK_TRY(Json list, core::parse_json(text, name, {.depth = 4}));
  const Json document{{"approvals", std::move(list)}};
  Members in(document, name, path);
  Approvals out = approvals_from(in);
  AIRLOCK_CHECK(in.finish());
  return out;
}

Json to_json(const Approvals& approvals) {
  Json out = Json::array();
  const auto add = [&](Json entry) {
    if (!approvals.by_operator) entry["by_operator"] = false;
    out.push_back(std::move(entry));
  };
  for (const auto& [kind, count] : approvals.kinds) add({{"kind", kind}, {"count", count}});
  if (approvals.in_all > sum_of(approvals.kinds)) add({{"count", approvals.in_all}});
  return out;
}

Approvals most_demanding(const Approvals& a, const Approvals& b) {
  Approvals out = a;
  for (const auto& [kind, count] : b.kinds) {
    std::uint64_t& most = out.kinds[kind];
    most = std::max(most, count);
  }
  out.in_all = std::max(a.in_all, b.in_all);
  out.by_operator = a.by_operator && b.by_operator;
  return normalised(std::move(out));
}

bool asks_less(const Approvals& a, const Approvals& b) {
  const auto of_kind = [&](const std::string& kind) {
    const auto found = a.kinds.find(kind);
    return found == a.kinds.end() ? 0 : found->second;
  };
  return a.in_all < b.in_all || (a.by_operator && !b.by_operator) ||
         std::any_of(b.kinds.begin(), b.kinds.end(),
                     [&](const auto& asked) { return of_kind(asked.first) < asked.second; });
}

MissingApprovals missing_from(const Approvals& asked, const std::vector<Approver>& officers) {
  MissingApprovals out;
  out.kinds = Assignment(asked, officers).empty_places();
  const std::uint64_t will_be = officers.size() + sum_of(out.kinds);
  if (will_be < asked.in_all) out.more = asked.in_all - will_be;
  return out;
}

std::string in_words(const Approvals& approvals) {
  if (approvals.none()) return "none";
  std::string out = std::to_string(approvals.in_all) + (approvals.in_all == 1 ? " officer" : " officers");
  const bool is_one_kind = approvals.kinds.size() == 1 && approvals.kinds.begin()->second == approvals.in_all;
  for (const auto& [kind, count] : approvals.kinds) {
    out += is_one_kind ? " of kind " + quote(kind) : ", " + std::to_string(count) + " of them of kind " + quote(kind);
  }
  if (!approvals.by_operator) out += approvals.in_all == 1 ? ", not the operator" : ", none of them the operator";
  return out;
}

std::string in_words(const MissingApprovals& missing) {
  std::string out;
  const auto add = [&](std::uint64_t count, const std::string& of) {
    out += (out.empty() ? "" : " and ") + std::to_string(count) + " of " + of;
  };
  for (const auto& [kind, count] : missing.kinds) add(count, "kind " + quote(kind));
  if (missing.more != 0) add(missing.more, "any kind");
  return out;
}

}  // namespace airlock::policy
