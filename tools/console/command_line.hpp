#pragma once
/// \file
/// What is said about a command line: the help of a command, and what is wrong with what was typed. Every complaint is
/// in the person's own spelling, names the nearest word that would have been understood, and the help to look at.

#include <map>
#include <string>

#include "core/result.hpp"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace airlock::console {

/// Exit codes and what each means for one command.
using Exits = std::map<int, std::string>;

/// What codes mean for a command that says nothing else about them (docs/reference/exit-codes.md).
[[nodiscard]] Exits common_exits();

/// Has `program` and the commands that are added to it from now on print their help as Airlock does: other spellings of
/// a word (`license`) are understood and not listed.
void shape_help(CLI::App& program);

/// The end of a command's help: `examples` and `exits`.
[[nodiscard]] std::string help_footer(const std::string& examples, const Exits& exits);

/// `airlock licence verify`: the command that the command line names, as far as it was understood.
[[nodiscard]] std::string named_command(const CLI::App& program);

/// What is wrong with the command line that `program` has just failed to parse with `wrong`. Always of code usage.
[[nodiscard]] core::Error usage_error(const CLI::App& program, const CLI::ParseError& wrong);

/// `--licence FILE` as people who write American English spell it; empty for a word that has no such spelling.
[[nodiscard]] std::string other_spelling(const std::string& word);

}  // namespace airlock::console
