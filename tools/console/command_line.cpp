#include "command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <sstream>
#include <string_view>
#include <vector>

#include "core/nearest.hpp"
#include "core/text.hpp"

namespace airlock::console {
namespace {

using core::quote;

/// The maximum number of suggestions. More would not help.
constexpr std::size_t suggestions_maximum = 4;

class Help final : public CLI::Formatter {
 public:
  explicit Help(const Declarations& declarations) : declarations_(&declarations) {}

  std::string make_subcommand(const CLI::App* command) const override {
    std::stringstream out;
    CLI::detail::format_help(out, command->get_name(), command->get_description(), get_column_width());
    return out.str();
  }
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    if (is_positional) return CLI::Formatter::make_option_name(option, is_positional);
    std::string out;
    for (const std::string& name : option->get_snames()) out += (out.empty() ? "-" : ",-") + name;
    for (const std::string& name : long_names(*option)) out += (out.empty() ? "" : ",") + name;
    return out;
  }
  /// What the value of an option is, in one word. The usage line says it of arguments.
  std::string make_option_opts(const CLI::Option* option) const override {
    if (option->get_positional()) return option->get_expected_max() > 1 ? "..." : "";
    const Value* const value = value_of(*declarations_, option);
    if (value == nullptr) return {};
    return " " + std::string(placeholder(value->kind)) + (option->get_expected_max() > 1 ? " ..." : "") +
           (option->get_required() ? " REQUIRED" : "");
  }
  /// The examples and exit codes.
  std::string make_footer(const CLI::App* command) const override {
    const Declared& declared = declarations_->at(command);
    if (declared.examples.empty()) return {};
    std::string out = "Examples:\n" + declared.examples + "\n\nExit codes:";
    for (const auto& [code, meaning] : declared.all_exits()) out += "\n  " + std::to_string(code) + "  " + meaning;
    return out + "\n";
  }
  /// The description alone. The library would add that a group needs one of its commands, which the usage line says.
  std::string make_description(const CLI::App* command) const override {
    const std::string text = command->get_description();
    return text.empty() ? text : text + "\n";
  }

 private:
  const Declarations* declarations_;
};

/// The innermost command that was named. The rest of the command line belongs to it.
const CLI::App& innermost(const CLI::App& program) {
  const CLI::App* out = &program;
  for (auto named = out->get_subcommands(); !named.empty(); named = out->get_subcommands()) out = named.back();
  return *out;
}

std::string full_name(const CLI::App& command) {
  const CLI::App* const parent = command.get_parent();
  return (parent == nullptr ? "" : full_name(*parent) + " ") + command.get_name();
}

std::vector<std::string> names_of(const std::vector<const CLI::App*>& commands) {
  std::vector<std::string> out;
  for (const CLI::App* command : commands) out.push_back(command->get_name());
  return out;
}

/// A list in words, each word in backticks: `a`, `b` and `c`. `last_word` is the `and`.
std::string listed(const std::vector<std::string>& words, std::string_view last_word) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " " + std::string(last_word) + " " : ", ";
    out += "`" + words[i] + "`";
  }
  return out;
}

/// The visible options of a command, of its groups and of the program. All of them may be given after the command.
std::vector<const CLI::Option*> options_of(const CLI::App& command) {
  std::vector<const CLI::Option*> out;
  for (const CLI::App* at = &command; at != nullptr; at = at->get_parent()) {
    const auto own = at->get_options([](const CLI::Option* option) { return !option->get_group().empty(); });
    out.insert(out.end(), own.begin(), own.end());
  }
  return out;
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> out;
  for (const CLI::Option* option : options_of(command)) {
    for (std::string& name : long_names(*option)) out.push_back(std::move(name));
  }
  return out;
}

/// The full names of commands that a wrong word may have meant: the nearest command here or, if there is none, the
/// nearest one in each group.
std::vector<std::string> meant_commands(const CLI::App& command, const std::string& typed) {
  const auto here = commands_of(command);
  const std::string name = core::nearest(typed, names_of(here));
  if (!name.empty()) return {full_name(command) + " " + name};
  std::vector<std::string> out;
  for (const CLI::App* group : here) {
    const std::string inner = core::nearest(typed, names_of(commands_of(*group)));
    if (!inner.empty()) out.push_back(full_name(*group) + " " + inner);
  }
  if (out.size() > suggestions_maximum) out.resize(suggestions_maximum);
  return out;
}

core::Error usage(const CLI::App& command, std::string message, const std::string& meant = {}) {
  const std::string help = "see `" + full_name(command) + " --help`";
  return {core::Code::usage, std::move(message), meant.empty() ? help : "did you mean " + meant + "? " + help};
}

/// An option that no command took. Only the program's own options may come before the command.
core::Error unknown_option(const CLI::App& command, const std::string& typed) {
  const std::string name = typed.substr(0, typed.find('='));
  const std::string meant = core::nearest(name, option_names(command));
  if (meant == name) {
    return usage(command, "option " + quote(name) + " was given before its command",
                 "`" + full_name(command) + " " + name + "`");
  }
  return usage(command, "unknown option " + quote(name), meant.empty() ? "" : "`" + meant + "`");
}

/// The error for words and options that no command took.
core::Error not_understood(const CLI::App& command, const std::vector<std::string>& left) {
  const auto is_option = [](const std::string& word) { return word.size() > 1 && word.starts_with('-'); };
  const bool wants_command = !commands_of(command).empty();
  const auto word = std::find_if_not(left.begin(), left.end(), is_option);
  const auto option = std::find_if(left.begin(), left.end(), is_option);
  // If the command is unknown, its options are unknown too, so the command is reported. If the command is known, the
  // option is reported: a word after an unknown option may be that option's value.
  if (option != left.end() && (!wants_command || word == left.end())) return unknown_option(command, *option);
  if (!wants_command) return usage(command, "unexpected argument " + quote(*word));
  return usage(command, "unknown command " + quote(full_name(command) + " " + *word),
               listed(meant_commands(command, *word), "or"));
}

core::Error missing(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_required() && option->count() == 0) names.push_back(option->get_name());
  }
  if (!names.empty()) {
    return usage(command, listed(names, "and") + (names.size() == 1 ? " is missing" : " are missing"));
  }
  const auto commands = names_of(commands_of(command));
  const bool few = command.get_parent() != nullptr;
  return usage(command, "`" + full_name(command) + "` needs a command" + (few ? ": " + listed(commands, "or") : ""));
}

/// The option that the library's message names. The longest match counts, since `--to` is also part of `--to-file`.
const CLI::Option* option_in(const CLI::App& command, const std::string& message) {
  const CLI::Option* out = nullptr;
  for (const CLI::Option* option : options_of(command)) {
    const std::string name = option->get_name();
    if (message.find(name) == message.npos) continue;
    if (out == nullptr || name.size() > out->get_name().size()) out = option;
  }
  return out;
}

}  // namespace

void shape_help(CLI::App& program, const Declarations& declarations) {
  program.formatter(std::make_shared<Help>(declarations));
  program.set_help_flag("--help,-h", "print this help");
}

std::string named_command(const CLI::App& program) { return full_name(innermost(program)); }

core::Error usage_error(const CLI::App& program, const CLI::ParseError& wrong) {
  const CLI::App& command = innermost(program);
  const std::string kind = wrong.get_name();
  const std::string said = wrong.what();
  const CLI::Option* const option = option_in(command, said);
  if (kind == "ArgumentMismatch" && option != nullptr) {
    const bool lacks = said.find("missing") != said.npos || option->count() == 0;
    return usage(command, "`" + option->get_name() + "` " + (lacks ? "needs a value" : "may be given only once"));
  }
  if (kind == "ConversionError" && option != nullptr) {
    const auto& given = option->results();
    return usage(command, (given.empty() ? "this argument" : quote(given.back())) + " is not a value for `" +
                              option->get_name() + "`");
  }
  if (const auto left = program.remaining(true); !left.empty()) return not_understood(command, left);
  if (kind == "RequiredError") return missing(command);
  std::string message = core::printable(said, 400);
  while (message.ends_with('.')) message.pop_back();
  return usage(command, std::move(message));
}

}  // namespace airlock::console
