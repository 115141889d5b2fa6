#include "review/parts.hpp"

#include <utility>

namespace airlock::review {

DataGroup empty_group(std::string path, std::string of, DatumEffect effect, std::string ending) {
  return {.path = std::move(path),
          .of = std::move(of),
          .about = {},
          .purpose = {},
          .effect = effect,
          .ending = std::move(ending),
          .because = {},
          .count = 0,
          .shown = {}};
}

ClassPart& Parts::part_of(std::optional<dictionary::Class> cls) {
  const std::size_t number = cls ? static_cast<std::size_t>(*cls) : dictionary::class_count;
  ClassPart& part = parts_[number];
  part.cls = cls;
  return part;
}

void Parts::add(std::optional<dictionary::Class> cls, DataGroup group) {
  part_of(cls).groups.push_back(std::move(group));
}

void Parts::add_absent(dictionary::Class cls, DataGroup group) { part_of(cls).absent.push_back(std::move(group)); }

std::vector<ClassPart> Parts::take() && {
  std::vector<ClassPart> out;
  for (auto& [number, part] : parts_) out.push_back(std::move(part));
  return out;
}

Tally ClassPart::tally() const {
  Tally out{};
  for (const DataGroup& group : groups) out.at(static_cast<std::size_t>(group.effect)) += group.count;
  return out;
}

}  // namespace airlock::review
