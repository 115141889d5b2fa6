#pragma once
/// \file
/// Shows an opened bundle, in the same way to its site and to its vendor.

#include <string>

#include "console.hpp"
#include "core/result.hpp"
#include "envelope/bundle.hpp"

namespace airlock::console {

/// The document of a verified bundle: signer, signing time, manifest and warnings.
[[nodiscard]] core::Json to_json(const envelope::OpenedBundle& bundle);
/// The same for people, on standard output.
void show(const Console& console, const envelope::OpenedBundle& bundle);

/// Prints the bundle's warnings on standard error.
void warn(const Console& console, const envelope::OpenedBundle& bundle);

/// Writes every file of the bundle into `directory`, which must be empty or not exist yet. Error: refused if it is not
/// empty.
[[nodiscard]] core::Result<void> extract(const envelope::OpenedBundle& bundle, const std::string& directory);

/// Carries out `open`: extracts all files into `directory` or, if that is empty, writes the report to standard output.
/// Returns the exit code.
int open(const Console& console, const envelope::OpenedBundle& bundle, const std::string& directory);

}  // namespace airlock::console
