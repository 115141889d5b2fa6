#pragma once
/// \file
/// The two small drawings of a page, as inline SVG. Each has a title and a description, and stands beside a table with
/// the same figures.

#include <span>

#include "review/html.hpp"
#include "review/page.hpp"

namespace airlock::review {

/// How much of each class leaves as it is, changed, or not at all: a bar for each part.
void draw_shares(Html& html, std::span<const ClassPart> parts);
/// One figure over the last reports: a line.
void draw_trend(Html& html, const Trend& trend);

/// The name of a part: `class usage`, or `without a class`.
[[nodiscard]] std::string name_of(const ClassPart& part);
/// The word that style and drawing use for an effect: `coarsened`.
[[nodiscard]] std::string style_of(DatumEffect effect);
/// A figure as people write it, rounded to two digits after the point.
[[nodiscard]] std::string figure(double value);

}  // namespace airlock::review
