#pragma once
/// \file
/// Writes the content of a page as HTML (docs/guides/review.md has what a reader sees).

#include "core/io.hpp"
#include "core/result.hpp"
#include "review/page.hpp"

namespace airlock::review {

/// Writes a page as one document. Error: that of `out`.
[[nodiscard]] core::Result<void> write_page(const Page& page, core::Sink& out);

}  // namespace airlock::review
