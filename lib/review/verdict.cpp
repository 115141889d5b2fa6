#include "review/verdict.hpp"

#include <array>
#include <vector>

#include "review/html.hpp"
#include "review/words.hpp"

namespace airlock::review {
namespace {

using dictionary::Class;

/// Those that a reader asks about first.
constexpr std::array<Class, 3> asked_about{Class::person, Class::location, Class::identifier};

std::string counted(std::uint64_t count, std::string_view one, std::string_view several) {
  return grouped(count) + " " + std::string(count == 1 ? one : several);
}

std::string what_there_is(const Tally& tally) {
  const auto count = [&](DatumEffect effect) { return tally.at(static_cast<std::size_t>(effect)); };
  std::vector<std::string> words;
  if (const auto kept = count(DatumEffect::kept); kept != 0) {
    words.push_back(counted(kept, "value as it is", "values as they are"));
  }
  if (const auto coarse = count(DatumEffect::coarsened); coarse != 0) {
    words.push_back(counted(coarse, "rounded or truncated value", "rounded or truncated values"));
  }
  if (const auto pseudonyms = count(DatumEffect::pseudonymised); pseudonyms != 0) {
    words.push_back(counted(pseudonyms, "pseudonym", "pseudonyms"));
  }
  if (const auto masks = count(DatumEffect::masked); masks != 0) {
    words.push_back(counted(masks, "masked value", "masked values"));
  }
  return enumerated(words, "and");
}

}  // namespace

std::string among_them(const Remaining& remaining) {
  std::vector<std::string> clean;
  std::vector<std::string> out;
  for (const Class cls : asked_about) {
    const auto found = remaining.classes.find(cls);
    const std::string there = found == remaining.classes.end() ? "" : what_there_is(found->second);
    if (there.empty()) {
      clean.emplace_back(dictionary::name(cls));
    } else {
      out.push_back("of class " + std::string(dictionary::name(cls)) + ": " + there);
    }
  }
  // A twin may copy a field of any class, and is not counted by class.
  const bool may_be_any = remaining.twins != 0 || remaining.unknown != 0;
  if (!clean.empty() && !may_be_any) {
    out.insert(out.begin(), "nothing of class " + enumerated(clean, "or") + " is among them");
  }
  if (remaining.twins != 0) {
    out.push_back(counted(remaining.twins, "flattened copy of a declared field leaves",
                          "flattened copies of declared fields leave") +
                  " too, of any class");
  }
  if (remaining.unknown != 0) {
    out.push_back(counted(remaining.unknown, "value is", "values are") + " of no declared class");
  }
  std::string joined;
  for (const std::string& part : out) joined += (joined.empty() ? "" : "; ") + part;
  return joined;
}

std::string amount(std::uint64_t bytes) { return counted(bytes, "byte", "bytes"); }

}  // namespace airlock::review
