#include "description.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace airlock::console {
namespace {

using core::Json;

/// The names of an option, the long ones first: `--help`, `-h`.
Json names(const CLI::Option& option) {
  Json out = long_names(option);
  for (const std::string& name : option.get_snames()) out.push_back("-" + name);
  return out;
}

Json to_json(const Value* value) {
  if (value == nullptr) return nullptr;
  Json out{{"kind", name(value->kind)}, {"placeholder", placeholder(value->kind)}, {"words", Json::array()}};
  for (const std::string& word : CLI::detail::split(std::string(value->words), ' ')) {
    if (!word.empty()) out["words"].push_back(word);
  }
  return out;
}

Json to_json(const CLI::Option& option, const Declared& declared) {
  Json out{{"help", option.get_description()},
           {"required", option.get_required()},
           {"repeatable", option.get_expected_max() > 1},
           {"value", to_json(declared.value(&option))}};
  if (option.get_positional()) {
    out["name"] = option.get_name();
  } else {
    out["names"] = names(option);
  }
  return out;
}

Json to_json(const CLI::App& command, const Declarations& declarations) {
  const Declared& declared = declarations.at(&command);
  Json out{{"name", command.get_name()},
           {"description", command.get_description()},
           {"about", std::string(declared.about)},
           {"guide", std::string(declared.guide)},
           {"arguments", Json::array()},
           {"options", Json::array()},
           {"examples", declared.examples},
           {"exits", Json::array()},
           {"commands", Json::array()}};
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_group().empty()) continue;
    out[option->get_positional() ? "arguments" : "options"].push_back(to_json(*option, declared));
  }
  if (!declared.examples.empty()) {
    for (const auto& [code, meaning] : declared.all_exits()) {
      out["exits"].push_back({{"code", code}, {"meaning", meaning}});
    }
  }
  for (const CLI::App* inner : commands_of(command)) {
    out["commands"].push_back(to_json(*inner, declarations));
  }
  return out;
}

}  // namespace

Json description(const CLI::App& program, const Declarations& declarations) {
  Json out = to_json(program, declarations);
  out["version"] = AIRLOCK_VERSION;
  return out;
}

}  // namespace airlock::console
