#pragma once
/// \file
/// How many officers must sign what leaves: the member `approvals` of `airlock.json`, `machine.json` and a kit
/// (docs/formats/approval.md). Pure. Who has signed is for gate/ to find out.
///
///     "approvals": [{"kind": "security", "count": 1}, {"count": 2, "by_operator": false}]

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/members.hpp"
#include "core/result.hpp"

namespace airlock::policy {

/// The largest `count`, and the maximum number of entries in one list.
inline constexpr std::int64_t approvals_maximum = 16;

/// Whether `text` may name a kind of officer, and so a folder in `trust/officers/`: 1 to 32 of `a-z`, `0-9` and `-`,
/// the first of them no `-`.
[[nodiscard]] bool is_officer_kind(std::string_view text);

/// Approvals that are asked for.
struct Approvals {
  std::map<std::string, std::uint64_t, std::less<>> kinds;  ///< of each kind, how many different keys must sign
  std::uint64_t in_all = 0;  ///< how many different keys must sign, of any kind; at least the sum of `kinds`
  bool by_operator = true;   ///< false: an approval that the operator of the site dropped does not count

  [[nodiscard]] bool none() const { return in_all == 0; }
  bool operator==(const Approvals&) const = default;
};

/// Reads the member `approvals` of a document; none where it is absent. Errors go to `in`.
[[nodiscard]] Approvals approvals_from(core::Members& in);
/// Reads the text of such a list. `name` is what messages call the document, and `path` where the list is in it. Error:
/// bad_input.
[[nodiscard]] core::Result<Approvals> parse_approvals(std::string_view text, std::string_view name,
                                                      const std::string& path);
/// The list from which `approvals_from` reads the same again.
[[nodiscard]] core::Json to_json(const Approvals& approvals);

/// What asks for everything that `a` or `b` asks for: of each kind the larger count.
[[nodiscard]] Approvals most_demanding(const Approvals& a, const Approvals& b);
/// Whether `a` may be met by signatures that do not meet `b`.
[[nodiscard]] bool asks_less(const Approvals& a, const Approvals& b);

/// An officer who signed: a key, and the kinds of officer that it may sign for.
struct Approver {
  std::string key_sha256;
  std::set<std::string, std::less<>> kinds;  ///< empty: an officer of no kind
};

/// What is still missing.
struct MissingApprovals {
  std::map<std::string, std::uint64_t, std::less<>> kinds;
  std::uint64_t more = 0;  ///< besides those, of any kind

  [[nodiscard]] bool none() const { return kinds.empty() && more == 0; }
};
/// What is missing if these officers have signed. Each key counts once, and for one kind: for the kind where that helps
/// most. Precondition: no key is in the list twice.
[[nodiscard]] MissingApprovals missing_from(const Approvals& asked, const std::vector<Approver>& officers);

/// In words: "2 officers, 1 of them of kind `security`, none of them the operator"; "none".
[[nodiscard]] std::string in_words(const Approvals& approvals);
/// In words: "1 of kind `security` and 1 of any kind".
[[nodiscard]] std::string in_words(const MissingApprovals& missing);

}  // namespace airlock::policy
