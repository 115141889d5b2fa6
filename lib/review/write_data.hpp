#pragma once
/// \file
/// The sections of a page that list data: one for each class, and an overview of all.

#include "review/html.hpp"
#include "review/page.hpp"

namespace airlock::review {

/// The overview: for each class how many data have which effect, as a drawing and as a table.
void write_overview(Html& html, const Page& page);
/// The sections of the classes, each with a table of its data.
void write_parts(Html& html, const Page& page);

}  // namespace airlock::review
