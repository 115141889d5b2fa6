#include "review/write_data.hpp"

#include <array>
#include <string>

#include "review/document.hpp"
#include "review/drawing.hpp"
#include "review/words.hpp"

namespace airlock::review {
namespace {

constexpr std::array<std::string_view, effect_count> symbols{"=", "≈", "#", "*", "×", "⊗", "!"};

/// The id of a part's section.
std::string id_of(const ClassPart& part) {
  return "class-" + (part.cls ? std::string(dictionary::name(*part.cls)) : std::string("none"));
}

void badge(Html& html, DatumEffect effect) {
  html.open("span", {{"class", "badge " + style_of(effect)}});
  html.leaf("span", symbols.at(static_cast<std::size_t>(effect)), {{"aria-hidden", "true"}});
  html.text(" ").text(word(effect)).close();
}

std::string what_of(const DataGroup& group) {
  if (group.of == "key") return "the key";
  if (group.of == "twin") return "flattened copies of declared fields";
  if (group.of == "collision") return "members whose keys would be equal";
  if (group.of == "undeclared") return "the dictionary does not declare it";
  if (group.of == "ill_typed") return "the dictionary declares another type";
  return "";
}

/// What the page says of the datum itself: declared path, sentence, purpose, reasons.
void write_datum(Html& html, const DataGroup& group) {
  html.open("th", {{"scope", "row"}});
  html.path(group.path);
  if (const std::string what = what_of(group); !what.empty()) html.text(" (" + what + ")");
  if (!group.about.empty()) html.only("br", {}).text(group.about);
  std::string remark = group.purpose.empty() ? "" : "purpose: " + group.purpose;
  for (const std::string& because : group.because) {
    remark += (remark.empty() ? "" : "; ") + std::string("because of ") + because;
  }
  if (!remark.empty()) html.only("br", {}).open("span", {{"class", "remark"}}).sentence(remark).close();
  html.close();
}

void write_value(Html& html, const std::string& text, std::string_view otherwise) {
  if (text.empty()) {
    html.leaf("span", otherwise, {{"class", "remark"}});
  } else {
    html.value(text);
  }
}

void write_before(Html& html, const ShownDatum& datum) {
  write_value(html, datum.before, "empty, or a container");
  if (!datum.reason.empty()) html.only("br", {}).leaf("span", datum.reason, {{"class", "remark"}});
}

void write_after(Html& html, const DataGroup& group, const ShownDatum& datum) {
  if (!remains(group.effect)) {
    html.leaf("span", "nothing", {{"class", "remark"}});
  } else if (group.effect == DatumEffect::kept) {
    html.leaf("span", "the same", {{"class", "remark"}});
  } else {
    write_value(html, datum.after, "empty");
  }
}

/// The data of one group with their places, folded.
void write_folded(Html& html, const DataGroup& group, bool with_before) {
  html.open("details");
  std::string summary = grouped(group.count) + " alike";
  if (group.shown.size() < group.count) summary += ", the first " + std::to_string(group.shown.size()) + " listed";
  html.leaf("summary", summary);
  // Only what is changed has something else after than before.
  const bool with_after = with_before && remains(group.effect) && group.effect != DatumEffect::kept;
  html.open("table").leaf("caption", with_after              ? "Place, before, after"
                                     : !with_before          ? "What leaves"
                                     : remains(group.effect) ? "Place, and the value that leaves"
                                                             : "Place, and what does not leave");
  html.open("thead").open("tr");
  if (with_before) html.leaf("th", "Place", {{"scope", "col"}, {"class", "place"}});
  html.leaf("th", with_after ? "Before" : "Value", {{"scope", "col"}});
  if (with_after) html.leaf("th", "After", {{"scope", "col"}});
  html.close().close().open("tbody");
  for (const ShownDatum& datum : group.shown) {
    html.open("tr");
    if (with_before) html.open("td").path(datum.place).close();
    html.open("td");
    if (with_before) {
      write_before(html, datum);
    } else {
      write_value(html, datum.after, "empty");
    }
    html.close();
    if (with_after) {
      html.open("td");
      write_after(html, group, datum);
      html.close();
    }
    html.close();
  }
  html.close().close().close();
}

void write_group(Html& html, const DataGroup& group, bool with_before) {
  html.open("tr", {{"class", "datum"}}).open("td", {{"class", "effect"}});
  badge(html, group.effect);
  html.only("br", {}).text((group.count == 1 || group.count == 0 ? "" : grouped(group.count) + " times: ") +
                           group.ending);
  html.close();
  write_datum(html, group);
  const bool may_list = html.written() < listing_bytes;
  if (group.shown.size() == 1 && group.count == 1 && may_list) {
    if (with_before) {
      html.open("td");
      write_before(html, group.shown.front());
      if (group.shown.front().place != group.path) {
        html.only("br", {}).leaf("span", "at ", {{"class", "remark"}}).path(group.shown.front().place);
      }
      html.close().open("td");
      write_after(html, group, group.shown.front());
    } else {
      html.open("td");
      write_value(html, group.shown.front().after, "empty");
    }
  } else {
    html.open("td", {{"colspan", with_before ? "2" : "1"}});
    if (group.shown.empty() || !may_list) {
      html.leaf("span", remains(group.effect) ? grouped(group.count) + ", not listed" : "nothing leaves",
                {{"class", "remark"}});
    } else {
      write_folded(html, group, with_before);
    }
  }
  html.close().close();
}

void write_absent(Html& html, const ClassPart& part) {
  if (part.absent.empty()) return;
  html.open("details");
  const std::size_t count = part.absent.size();
  html.leaf("summary", std::to_string(count) + (count == 1 ? " declared field" : " declared fields") +
                           " that this report does not have");
  html.open("table").leaf("caption", "What would become of them");
  html.open("thead").open("tr").leaf("th", "What would happen", {{"scope", "col"}, {"class", "effect"}});
  html.leaf("th", "Declared field", {{"scope", "col"}}).close().close().open("tbody");
  for (const DataGroup& group : part.absent) {
    html.open("tr", {{"class", "datum"}}).leaf("td", group.ending, {{"class", "effect"}});
    write_datum(html, group);
    html.close();
  }
  html.close().close().close();
}

void write_part(Html& html, const ClassPart& part, bool with_before) {
  const std::string id = id_of(part);
  html.open("section", {{"class", "part"}, {"id", id}, {"aria-labelledby", id + "-name"}});
  std::string name = name_of(part);
  name[0] = static_cast<char>(name[0] - 'a' + 'A');
  html.leaf("h2", name + (part.cls ? ": " + std::string(meaning_of(*part.cls)) : ""), {{"id", id + "-name"}});
  if (!part.groups.empty()) {
    html.open("table").leaf("caption", "The data of " + name_of(part) + " in this report");
    html.open("thead").open("tr").leaf("th", "What happens", {{"scope", "col"}, {"class", "effect"}});
    html.leaf("th", "Datum", {{"scope", "col"}, {"class", "field"}});
    if (with_before) html.leaf("th", "Before", {{"scope", "col"}});
    html.leaf("th", with_before ? "After" : "What leaves", {{"scope", "col"}}).close().close().open("tbody");
    for (const DataGroup& group : part.groups) write_group(html, group, with_before);
    html.close().close();
  }
  write_absent(html, part);
  html.close();
}

}  // namespace

void write_overview(Html& html, const Page& page) {
  if (page.parts.empty()) return;
  html.leaf("h2", page.is_bundle ? "What is in it" : "What is in it, and what becomes of it");
  if (!page.leaves && !page.persons_word_missing) {
    html.leaf("p", "Nothing of it leaves now. This is what would become of each datum if the report could leave.");
  }
  draw_shares(html, page.parts);
  html.open("table", {{"class", "overview"}})
      .leaf("caption", "How many data of each class, by what becomes of them")
      .open("thead")
      .open("tr");
  html.leaf("th", "Class", {{"scope", "col"}});
  for (std::size_t i = 0; i < effect_count; ++i) {
    html.open("th", {{"scope", "col"}});
    badge(html, static_cast<DatumEffect>(i));
    html.close();
  }
  html.close().close().open("tbody");
  for (const ClassPart& part : page.parts) {
    html.open("tr").open("th", {{"scope", "row"}}).leaf("a", name_of(part), {{"href", "#" + id_of(part)}}).close();
    for (const std::uint64_t count : part.tally()) {
      html.leaf("td", count == 0 ? "–" : grouped(count), {{"class", "number"}});
    }
    html.close();
  }
  html.close().close();
}

void write_parts(Html& html, const Page& page) {
  const bool with_before = page.shareable == Shareable::no && !page.is_bundle;
  for (const ClassPart& part : page.parts) write_part(html, part, with_before);
}

}  // namespace airlock::review
