#pragma once
/// \file
/// SQLite's result codes in our words (sqlite.org/rescode.html). For the source files of db/ only.

#include <cerrno>
#include <string>

#include "core/result.hpp"

struct sqlite3;

namespace airlock::db {

/// An extended code of SQLITE_CORRUPT that SQLite does not use: our VFS refused a file. `Vfs::refusal` has the error.
inline constexpr int refused_code = 11 | 200 << 8;

/// To be called before each call of SQLite whose error `last_error` is to tell: that of another must not be taken for it.
inline void forget_system_error() { errno = 0; }
/// The error that the connection reported last.
[[nodiscard]] core::Error last_error(sqlite3* handle);
/// The error of `code`, an extended result code, about the file at `path`; `text` is SQLite's own word for it.
[[nodiscard]] core::Error error_of(int code, const std::string& path, const std::string& text);

}  // namespace airlock::db
