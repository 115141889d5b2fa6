#pragma once
/// \file
/// What a program declares of its commands beyond what the command line library keeps. Help, the description of the
/// program and completion are made from both.

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "value.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace airlock::console {

/// Exit codes and the meaning of each for one command.
using Exits = std::map<int, std::string>;

/// The meanings of exit codes for a command that does not give its own (docs/reference/exit-codes.md).
[[nodiscard]] Exits common_exits();

/// What was declared of one command.
struct Declared {
  std::string examples;    ///< lines, each indented by two blanks; empty for a group
  std::string_view about;  ///< what manual pages say beyond the help; may be empty
  std::string_view guide;  ///< a page below `docs`; empty: that of the program
  Exits exits;             ///< the meanings that differ from `common_exits`, or add to them
  std::vector<std::pair<const CLI::Option*, Value>> values;  ///< of every option and argument that takes a value

  /// Every exit code of the command, with its meaning.
  [[nodiscard]] Exits all_exits() const;
  /// What the option takes; nothing if it is a flag.
  [[nodiscard]] const Value* value(const CLI::Option* option) const;
};

/// Of every command and of the program itself.
using Declarations = std::map<const CLI::App*, Declared>;

/// What an option of any command takes; nothing if it is a flag.
[[nodiscard]] const Value* value_of(const Declarations& declarations, const CLI::Option* option);

/// The commands of a group, or of the program, in the order of the help. Empty for a command.
[[nodiscard]] std::vector<const CLI::App*> commands_of(const CLI::App& group);

/// The long names of an option as they are listed: `--licence`. American spellings are understood, and listed nowhere.
[[nodiscard]] std::vector<std::string> long_names(const CLI::Option& option);

/// The American spelling of a word: `--license` for `--licence`. Empty if the word has no other spelling.
[[nodiscard]] std::string other_spelling(const std::string& word);

}  // namespace airlock::console
