#pragma once
/// \file
/// The part of opening a bundle that is about `approvals.p7s`; for this module only.

#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "envelope/approval.hpp"
#include "envelope/entry.hpp"
#include "envelope/manifest.hpp"

namespace airlock::envelope {

/// Maximum size of `approvals.p7s`, in bytes.
inline constexpr std::uint64_t approvals_bytes_limit = approvals_limit * approval_bytes_limit;

/// Verifies `approvals.p7s`, of which `text` is the content, or empty where the bundle has none: that the entry
/// promised it, that each approval is signed by a certificate that was valid when the bundle was made, and that it is
/// for this report and decision. Precondition: manifest and entry agree. Error: integrity.
[[nodiscard]] Result<std::vector<SignedApproval>> check_approvals(const Manifest& manifest, const EntryRecord& entry,
                                                                  std::string_view text);

}  // namespace airlock::envelope
