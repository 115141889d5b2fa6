#pragma once
/// \file
/// The texts about a command line: the help of a command, and errors in what a person typed. Every error repeats the
/// person's own spelling, suggests the nearest word that would have been understood, and names the help to read.

#include <string>

#include "core/result.hpp"
#include "declared.hpp"

namespace CLI {
class ParseError;
}  // namespace CLI

namespace airlock::console {

/// Gives `program`, and every command added to it from now on, the form of Airlock's help. Other spellings of a word
/// (`license`) are understood but not listed. `declarations` must live as long as the program.
void shape_help(CLI::App& program, const Declarations& declarations);

/// The full name of the command that the command line names, as far as it was understood: `airlock licence verify`.
[[nodiscard]] std::string named_command(const CLI::App& program);

/// The error of a command line that `program` failed to parse with `wrong`. Its code is always usage.
[[nodiscard]] core::Error usage_error(const CLI::App& program, const CLI::ParseError& wrong);

}  // namespace airlock::console
