#include "review/write_page.hpp"

#include <string>

#include "review/document.hpp"
#include "review/drawing.hpp"
#include "review/write_data.hpp"

namespace airlock::review {
namespace {

void write_list(Html& html, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  html.open("ul");
  for (const std::string& line : lines) html.open("li").sentence(line).close();
  html.close();
}

void write_pairs(Html& html, const std::vector<std::pair<std::string, std::string>>& pairs) {
  html.open("dl");
  for (const auto& [label, value] : pairs) html.leaf("dt", label).leaf("dd", value);
  html.close();
}

std::string sensitivity(const Page& page) {
  if (page.shareable == Shareable::yes) {
    return page.is_bundle
               ? "This page says nothing that the bundle does not say. It may be shared with whoever may have the "
                 "bundle."
               : "This page leaves out what does not leave. It may be shared with whoever may have the bundle.";
  }
  return page.is_bundle ? "This page shows what is in the bundle, and figures of other bundles of this site. Keep it "
                          "as you keep them."
                        : "This page has values that do not leave: it is as sensitive as the report itself. Keep it as "
                          "you keep the "
                          "report, and delete it when you have done with it.";
}

void write_head(Html& html, const Page& page) {
  html.leaf("h1", page.title);
  html.open("p", {{"class", page.leaves ? "verdict go" : "verdict"}, {"id", "verdict"}}).sentence(page.verdict).close();
  html.leaf("p", sensitivity(page), {{"class", "notice"}, {"id", "sensitivity"}});
}

void write_decision(Html& html, const Page& page) {
  html.leaf("h2", "The decision");
  write_pairs(html, page.facts);
  if (!page.because.empty()) {
    html.leaf("h3", "How it came about");
    write_list(html, page.because);
  }
  if (page.missing.empty()) return;
  html.leaf("h2", page.leaves || page.persons_word_missing ? "Who must still say yes" : "Why nothing leaves",
            {{"id", "missing"}});
  write_list(html, page.missing);
}

void write_search(Html& html) {
  html.open("div", {{"class", "search"}, {"id", "search"}, {"role", "search"}, {"hidden", ""}});
  html.leaf("label", "Search in what is listed ", {{"for", "words"}});
  html.only("input", {{"type", "search"}, {"id", "words"}, {"autocomplete", "off"}, {"spellcheck", "false"}});
  html.leaf("p", "", {{"id", "found"}, {"role", "status"}, {"aria-live", "polite"}});
  html.close();
}

void write_trends(Html& html, const Page& page) {
  if (page.trends.empty()) return;
  html.leaf("h2", "Figures that the last reports disclosed", {{"id", "figures"}});
  for (const Trend& trend : page.trends) {
    html.leaf("h3", trend.about.empty() ? trend.path : trend.about);
    draw_trend(html, trend);
    html.open("table").leaf("caption", trend.path);
    html.open("thead")
        .open("tr")
        .leaf("th", "Report", {{"scope", "col"}})
        .leaf("th", "Figure", {{"scope", "col"}, {"class", "number"}});
    html.close().close().open("tbody");
    for (const auto& [day, value] : trend.points) {
      html.open("tr").leaf("th", day, {{"scope", "row"}}).leaf("td", figure(value), {{"class", "number"}}).close();
    }
    html.close().close();
  }
}

void write_proof(Html& html, const Page& page) {
  html.leaf("h2", "Digests, and how to verify", {{"id", "digests"}});
  html.leaf("p", "Each digest is SHA-256.");
  html.open("dl");
  for (const auto& [what, digest] : page.digests) html.leaf("dt", what).open("dd").leaf("code", digest).close();
  html.close();
  if (page.commands.empty()) return;
  html.leaf("p", "These commands show the same again:");
  html.open("ul");
  for (const std::string& command : page.commands) html.open("li").leaf("code", command).close();
  html.close();
}

}  // namespace

core::Result<void> write_page(const Page& page, core::Sink& out) {
  const Search search = page.parts.empty() ? Search::no : Search::yes;
  return write_document(out, page.title, search, [&](Html& html) {
    write_head(html, page);
    write_decision(html, page);
    write_overview(html, page);
    if (search == Search::yes) write_search(html);
    write_parts(html, page);
    if (!page.notes.empty()) {
      html.leaf("h2", "What else to know");
      write_list(html, page.notes);
    }
    write_trends(html, page);
    write_proof(html, page);
  });
}

}  // namespace airlock::review
