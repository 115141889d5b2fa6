#pragma once
/// \file
/// The description of a whole program as one JSON document: every command with its arguments, options, examples and
/// exit codes. `PROGRAM --describe` prints it. Manual pages and docs/reference/commands.md are made from it.

#include "core/json.hpp"
#include "declared.hpp"

namespace airlock::console {

/// The members are `name`, `description`, `version`, `about`, `guide`, `arguments`, `options`, `examples`, `exits`,
/// `commands`, and so again in each command, without `version`. Hidden options and American spellings are left out.
[[nodiscard]] core::Json description(const CLI::App& program, const Declarations& declarations);

}  // namespace airlock::console
