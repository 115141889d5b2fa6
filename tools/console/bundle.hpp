#pragma once
/// \file
/// How an opened bundle looks, to its site and to its vendor.

#include <string>

#include "console.hpp"
#include "core/result.hpp"
#include "envelope/bundle.hpp"

namespace airlock::console {

/// The manifest and what was verified.
[[nodiscard]] core::Json to_json(const envelope::OpenedBundle& bundle);
void show(const Console& console, const envelope::OpenedBundle& bundle);

/// What should be known of the bundle, on standard error.
void warn(const Console& console, const envelope::OpenedBundle& bundle);

/// Writes every file of the bundle into `directory`, which must not exist or be empty. Error: refused where it is not.
[[nodiscard]] core::Result<void> extract(const envelope::OpenedBundle& bundle, const std::string& directory);

/// `open`: the report on standard output, or all files in a directory. Returns the exit code.
int open(const Console& console, const envelope::OpenedBundle& bundle, const std::string& directory);

}  // namespace airlock::console
