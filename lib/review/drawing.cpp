#include "review/drawing.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace airlock::review {
namespace {

constexpr int names_width = 170;
constexpr int bar_width = 560;
constexpr int width = names_width + bar_width + 190;
constexpr int line_height = 28;
constexpr int bar_height = 18;
constexpr int trend_height = 110;
constexpr int margin = 12;

/// A length in a drawing, with one digit after the point and never an exponent.
std::string length(double value) {
  const auto tenths = static_cast<long long>(std::llround(value * 10));
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

std::uint64_t all_of(const Tally& tally) {
  std::uint64_t out = 0;
  for (const std::uint64_t count : tally) out += count;
  return out;
}

void label(Html& html, double x, double y, std::string_view text, Literal style) {
  html.open("text", {{"x", length(x)}, {"y", length(y)}, {"class", std::string(style.view())}}).plain(text).close();
}

void begin(Html& html, int height, std::string_view title, std::string_view description) {
  html.open("svg", {{"viewBox", "0 0 " + std::to_string(width) + " " + std::to_string(height)},
                    {"width", std::to_string(width)},
                    {"height", std::to_string(height)},
                    {"role", "img"},
                    {"aria-label", std::string(title)}});
  html.open("title").plain(title).close();
  html.open("desc").plain(description).close();
}

}  // namespace

std::string name_of(const ClassPart& part) {
  return part.cls ? "class " + std::string(dictionary::name(*part.cls)) : "without a class";
}

std::string style_of(DatumEffect effect) {
  constexpr std::array<std::string_view, effect_count> styles{"kept",    "coarsened", "pseudonymised", "masked",
                                                              "dropped", "copied",    "misfit"};
  return std::string(styles.at(static_cast<std::size_t>(effect)));
}

std::string figure(double value) {
  if (value >= 0 && value < 1e18 && value == std::floor(value)) return grouped(static_cast<std::uint64_t>(value));
  const double rounded = std::round(value * 100) / 100;
  std::string out = std::to_string(rounded);
  while (out.ends_with('0')) out.pop_back();
  if (out.ends_with('.')) out.pop_back();
  return out;
}

void draw_shares(Html& html, std::span<const ClassPart> parts) {
  const auto count = static_cast<int>(
      std::count_if(parts.begin(), parts.end(), [](const ClassPart& part) { return all_of(part.tally()) != 0; }));
  if (count == 0) return;
  begin(html, count * line_height + margin, "What becomes of the data of each class",
        "One bar for each class. Its sections, from left to right: kept, rounded or truncated, pseudonymised, masked, "
        "dropped, dropped as a copy, does not fit. The table that follows has the numbers.");
  int y = margin / 2;
  for (const ClassPart& part : parts) {
    const Tally tally = part.tally();
    const std::uint64_t all = all_of(tally);
    if (all == 0) continue;
    label(html, 0, y + bar_height - 4, name_of(part), "name");
    double x = names_width;
    for (std::size_t i = 0; i < effect_count; ++i) {
      if (tally.at(i) == 0) continue;
      const double share = static_cast<double>(tally.at(i)) / static_cast<double>(all) * bar_width;
      html.open("rect", {{"x", length(x)},
                         {"y", std::to_string(y)},
                         {"width", length(share)},
                         {"height", std::to_string(bar_height)},
                         {"class", style_of(static_cast<DatumEffect>(i))}});
      html.close();
      x += share;
    }
    label(html, names_width + bar_width + margin, y + bar_height - 4, grouped(all) + (all == 1 ? " datum" : " data"),
          "soft");
    y += line_height;
  }
  html.close();
}

void draw_trend(Html& html, const Trend& trend) {
  double highest = 0;
  for (const auto& [day, value] : trend.points) highest = std::max(highest, value);
  const double step = static_cast<double>(width - 2 * margin - 160) /
                      static_cast<double>(std::max<std::size_t>(trend.points.size() - 1, 1));
  const auto height_of = [&](double value) {
    const double share = highest > 0 ? std::max(value, 0.0) / highest : 0;
    return trend_height - margin - share * (trend_height - 3 * margin);
  };
  begin(html, trend_height, trend.about.empty() ? trend.path : trend.about,
        "A line through the figures of the last reports, oldest first, from zero. The table has the numbers.");
  std::string points;
  double x = margin;
  for (const auto& [day, value] : trend.points) {
    points += (points.empty() ? "" : " ") + length(x) + "," + length(height_of(value));
    x += step;
  }
  html.open("polyline", {{"points", points}, {"class", "curve"}}).close();
  x = margin;
  for (const auto& [day, value] : trend.points) {
    html.open("circle", {{"cx", length(x)}, {"cy", length(height_of(value))}, {"r", "4"}, {"class", "point"}}).close();
    x += step;
  }
  label(html, width - 150, height_of(trend.points.back().second) + 4, figure(trend.points.back().second), "name");
  html.close();
}

}  // namespace airlock::review
