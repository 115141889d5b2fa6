#pragma once
/// \file
/// The page of a report that has not left: what it says, what of it would leave, and what becomes of each datum.

#include <cstdint>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "gate/process.hpp"
#include "review/page.hpp"

namespace airlock::review {

/// The page of a preview. `number` is that of a report which waits. A shareable page is made of the bytes that would
/// leave and of what a bundle would say of them; if nothing would leave, it has no data. Error: of the machine only.
[[nodiscard]] core::Result<Page> report_page(const gate::Preview& preview, std::optional<std::uint64_t> number,
                                             Shareable shareable);

}  // namespace airlock::review
