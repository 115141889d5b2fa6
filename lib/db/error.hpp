#pragma once
/// \file
/// The result codes of SQLite (sqlite.org/rescode.html) as errors of ours. For the source files of db/ only.
///
/// A busy, full, read-only or broken disk is `not_recorded`. A damaged file is `integrity`. A file that permissions
/// forbid is `unexpected`. Messages name the file.

#include <cerrno>
#include <string>

#include "core/result.hpp"

struct sqlite3;

namespace airlock::db {

/// Call this before each call of SQLite whose error `last_error` may report. SQLite does not set errno where no system
/// call failed, so an older errno would be taken for the cause.
inline void forget_system_error() { errno = 0; }

/// The error of the newest call on this connection that failed.
[[nodiscard]] core::Error last_error(sqlite3* handle);

/// The error for `code`, an extended result code, about the file at `path`. `text` is the message of SQLite.
[[nodiscard]] core::Error error_of(int code, const std::string& path, const std::string& text);

}  // namespace airlock::db
