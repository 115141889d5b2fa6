#pragma once
/// \file
/// How far a site's disclosures have come in, as `gaps`, `receipt` and `site show` say it.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json.hpp"
#include "intake/home.hpp"

namespace airlock::tools {

/// What a person does about a site that contradicts itself.
inline constexpr std::string_view fork_hint =
    "ask the site: where its machine or directory was copied, `airlock-vendor site close-fork` closes the fork; where "
    "its ledger was put back, `airlock-vendor site readmit` settles it with its proof; else somebody else has its keys";

/// `2, 4 to 6`; `none` where there is none.
[[nodiscard]] std::string listed(const std::vector<site::MissingRange>& ranges);
/// As `gaps --json` and `receipt --json` have it.
[[nodiscard]] core::Json to_json(const std::vector<site::MissingRange>& ranges);
/// As `gaps --json` and `site close-fork --json` have it.
[[nodiscard]] core::Json to_json(const intake::Fork& fork);
/// As `gaps --json` and `site show --json` have it.
[[nodiscard]] core::Json to_json(const intake::RegisteredSite& site, const intake::Gaps& gaps);
/// The same for people: labels and values.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> rows_of(const intake::Gaps& gaps);

}  // namespace airlock::tools
