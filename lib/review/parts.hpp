#pragma once
/// \file
/// Puts groups of data into the parts of a page, one part a class.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "review/page.hpp"

namespace airlock::review {

/// How many data of one group a page lists. `airlock explain --values` lists all.
inline constexpr std::size_t shown_of_a_group = 50;

/// A group without data.
[[nodiscard]] DataGroup empty_group(std::string path, std::string of, DatumEffect effect, std::string ending);

class Parts {
 public:
  void add(std::optional<dictionary::Class> cls, DataGroup group);
  /// What would become of a field that the report does not have.
  void add_absent(dictionary::Class cls, DataGroup group);
  /// In the order of the classes; data without a class last.
  [[nodiscard]] std::vector<ClassPart> take() &&;

 private:
  ClassPart& part_of(std::optional<dictionary::Class> cls);
  std::map<std::size_t, ClassPart> parts_;  ///< by number of the class
};

}  // namespace airlock::review
