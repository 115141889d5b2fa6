#include "declared.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

namespace airlock::console {
namespace {

struct KindText {
  std::string_view name;
  std::string_view placeholder;
};

/// In the order of `Kind`.
constexpr std::array<KindText, 17> kind_texts{{{"text", "TEXT"},
                                               {"word", "WORD"},
                                               {"number", "NUMBER"},
                                               {"digest", "SHA256"},
                                               {"day", "DAY"},
                                               {"file", "FILE"},
                                               {"folder", "FOLDER"},
                                               {"key", "KEY"},
                                               {"bundle", "FILE"},
                                               {"held", "N"},
                                               {"held_or_file", "REPORT"},
                                               {"report", "N"},
                                               {"own_site", "UUID"},
                                               {"site", "SITE"},
                                               {"serial", "SERIAL"},
                                               {"tier", "TIER"},
                                               {"entitlement", "NAME"}}};
static_assert(kind_texts.size() == static_cast<std::size_t>(Kind::entitlement) + 1);

constexpr std::string_view british = "licence";
constexpr std::string_view american = "license";

bool is_other_spelling(const std::string& name) {
  return name.find(american) != name.npos && name.find("licensee") == name.npos;
}

}  // namespace

std::string_view placeholder(Kind kind) { return kind_texts.at(static_cast<std::size_t>(kind)).placeholder; }

std::string_view name(Kind kind) { return kind_texts.at(static_cast<std::size_t>(kind)).name; }

Exits common_exits() {
  return {
      {0, "done"},
      {1, "failed: the message says what failed, for example permission was denied or the output could not be written"},
      {2, "the command line is wrong"},
      {3, "a file is not what it must be"},
      {4, "held or refused"},
      {5, "a signature, digest, proof or chain does not verify"},
      {8, "nothing was recorded: the disk is full, busy or read-only; run again"}};
}

Exits Declared::all_exits() const {
  Exits out = exits;
  out.merge(common_exits());
  return out;
}

const Value* Declared::value(const CLI::Option* option) const {
  const auto found = std::find_if(values.begin(), values.end(), [&](const auto& each) { return each.first == option; });
  return found == values.end() ? nullptr : &found->second;
}

const Value* value_of(const Declarations& declarations, const CLI::Option* option) {
  for (const auto& [command, declared] : declarations) {
    if (const Value* const value = declared.value(option)) return value;
  }
  return nullptr;
}

std::vector<const CLI::App*> commands_of(const CLI::App& group) {
  return group.get_subcommands([](const CLI::App* each) { return !each->get_name().empty(); });
}

std::vector<std::string> long_names(const CLI::Option& option) {
  std::vector<std::string> out;
  for (const std::string& name : option.get_lnames()) {
    if (!is_other_spelling(name)) out.push_back("--" + name);
  }
  return out;
}

std::string other_spelling(const std::string& word) {
  const auto at = word.find(british);
  if (at == word.npos) return {};
  std::string out = word;
  return out.replace(at, british.size(), american);
}

}  // namespace airlock::console
