#pragma once
/// \file
/// Limits of every database.

#include <cstddef>
#include <cstdint>

namespace airlock::db {

/// How long a statement waits for another process before it fails as busy.
inline constexpr int busy_milliseconds = 5000;
/// Longest text, blob or row, in bytes, that is read or written, so that a hostile file cannot make us take more. Has
/// room for a kit in the vendor's register and for a ceiling in a ledger, which have 16 MiB at most.
inline constexpr int value_limit = 17 * 1024 * 1024;
/// Largest database, in bytes, that `Database::check` checks without a copy.
inline constexpr std::int64_t check_in_place_maximum = 1024LL * 1024;
/// How many statements a connection keeps prepared while nobody uses them.
inline constexpr std::size_t idle_statements_maximum = 64;
/// See `Database::copy_to`. A page has 4 KiB.
inline constexpr int copy_step_pages = 256;
inline constexpr int copy_restarts_maximum = 16;

}  // namespace airlock::db
