#pragma once
/// \file
/// Statements of one connection that are prepared, and that nobody uses. For the source files of db/ only.

#include <string_view>
#include <unordered_map>

struct sqlite3_stmt;

namespace airlock::db {

class IdleStatements {
 public:
  /// A statement of this text, ready for new parameters, which the caller then has; null where there is none.
  [[nodiscard]] sqlite3_stmt* take(std::string_view sql);
  /// Ends the reading of a statement, frees its lock, and keeps it for the next one who needs it.
  void give_back(sqlite3_stmt* handle);
  /// Finalises all of them, as must be done before their connection is closed.
  void finalise();

 private:
  std::unordered_map<std::string_view, sqlite3_stmt*> statements_;
};

}  // namespace airlock::db
