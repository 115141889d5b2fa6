#pragma once
/// \file
/// The content of an officer's page, before it is HTML: what `report_page` and `bundle_page` compute and `write_page`
/// writes. Plain values.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dictionary/field.hpp"
#include "review/effect.hpp"

namespace airlock::review {

/// Whether the page may go to whoever may have the bundle. If so, it has no value, name, size or digest that does not
/// leave, and no count that the bundle does not have.
enum class Shareable : std::uint8_t { no, yes };

/// One datum of a group.
struct ShownDatum {
  std::string place;   ///< with the report's own names; empty on a shareable page
  std::string before;  ///< empty where the page does not know it
  std::string after;   ///< empty if nothing leaves
  std::string reason;  ///< why it does not fit; or empty
};

/// The data of one declared field, or of its keys, that have one effect.
struct DataGroup {
  std::string path;
  std::string of;  ///< `value`, `key`, or what else a fate is about
  std::string about;
  std::string purpose;
  DatumEffect effect = DatumEffect::kept;
  std::string ending;                ///< what happens, in words: `is dropped`
  std::vector<std::string> because;  ///< the redactions that ask for it
  std::uint64_t count = 0;           ///< 0: the report has none
  std::vector<ShownDatum> shown;     ///< the first of them
};

/// All data of one class, or those that have none.
struct ClassPart {
  std::optional<dictionary::Class> cls;
  std::vector<DataGroup> groups;
  std::vector<DataGroup> absent;  ///< what would become of fields that the report does not have
  [[nodiscard]] Tally tally() const;
};

/// A figure of the last reports that were disclosed, oldest first.
struct Trend {
  std::string path;
  std::string about;
  std::vector<std::pair<std::string, double>> points;  ///< the day of the report, and the figure
};

struct Page {
  Shareable shareable = Shareable::no;
  bool is_bundle = false;
  std::string title;
  std::string verdict;
  bool leaves = false;  ///< whether the verdict is that something leaves now
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<std::string> because;   ///< how the decision came about, a sentence each
  std::vector<std::string> missing;   ///< who must still say yes, or why nothing leaves, and the next step
  bool persons_word_missing = false;  ///< whether a person's word is all that is missing
  std::vector<ClassPart> parts;
  std::vector<Trend> trends;
  std::vector<std::pair<std::string, std::string>> digests;
  std::vector<std::string> commands;  ///< that verify the page
  std::vector<std::string> notes;     ///< what else a reader should know
};

}  // namespace airlock::review
