#pragma once
/// \file
/// Database files for tests.

#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "db/database.hpp"
#include "temporary_directory.hpp"

namespace airlock::test {

/// A file of no bytes, which is an empty database.
inline std::string empty_file(const TemporaryDirectory& folder) {
  std::string path = folder / "x.db";
  std::ofstream(path).close();
  return path;
}

inline db::Database writable(const std::string& path) {
  auto database = db::Database::open(path, db::Mode::read_write);
  REQUIRE_MESSAGE(database, database.error().message);
  return std::move(*database);
}

inline std::string with_table(const TemporaryDirectory& folder) {
  std::string path = empty_file(folder);
  REQUIRE(writable(path).run("CREATE TABLE t (n INTEGER PRIMARY KEY, word TEXT UNIQUE, raw BLOB) STRICT"));
  return path;
}

inline std::string pragma_text(db::Database& database, const std::string& name) {
  auto statement = database.prepare("PRAGMA " + name);
  REQUIRE(statement);
  REQUIRE(statement->step().value());
  return statement->text(0);
}

inline void overwrite(const std::string& path, std::streamoff at, const std::string& bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(at);
  file << bytes;
  REQUIRE(file.good());
}

}  // namespace airlock::test
