#pragma once
/// \file
/// Shows which disclosures of a site have come in, for the commands `gaps`, `receipt` and `site show`.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json.hpp"
#include "intake/home.hpp"

namespace airlock::tools {

/// The hint for a person about a site whose disclosures contradict each other.
inline constexpr std::string_view fork_hint =
    "ask the site. If its machine or directory was copied, use `airlock-vendor site close-fork`; if its ledger was "
    "restored, use `airlock-vendor site readmit` with its proof; otherwise somebody else has its keys";

/// The ranges in words: `2, 4 to 6`; `none` if there are no ranges.
[[nodiscard]] std::string listed(const std::vector<site::MissingRange>& ranges);
/// Missing ranges as in the documents of `gaps --json` and `receipt --json`.
[[nodiscard]] core::Json to_json(const std::vector<site::MissingRange>& ranges);
/// A fork as in the documents of `gaps --json` and `site close-fork --json`.
[[nodiscard]] core::Json to_json(const intake::Fork& fork);
/// A site and its gaps as in the documents of `gaps --json` and `site show --json`.
[[nodiscard]] core::Json to_json(const intake::RegisteredSite& site, const intake::Gaps& gaps);
/// A site's gaps for people, as rows of label and value.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> rows_of(const intake::Gaps& gaps);

}  // namespace airlock::tools
