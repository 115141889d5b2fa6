#include <sqlite3.h>

#include "db/database.hpp"
#include "db/error.hpp"
#include "db/idle_statements.hpp"
#include "db/limits.hpp"

namespace airlock::db {

using core::fail;

namespace {

/// SQLite takes a null pointer for NULL, and an empty view may have one.
const char* pointer(std::string_view bytes) { return bytes.empty() ? "" : bytes.data(); }

/// `data` must have been asked for before the size: asking converts.
std::string_view column_bytes(sqlite3_stmt* handle, int column, const void* data) {
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(handle, column))};
}

}  // namespace

void Statement::GiveBack::operator()(sqlite3_stmt* handle) const { idle->give_back(handle); }

sqlite3_stmt* IdleStatements::take(std::string_view sql) {
  auto found = statements_.extract(sql);
  return found ? found.mapped() : nullptr;
}

void IdleStatements::give_back(sqlite3_stmt* handle) {
  sqlite3_reset(handle);
  sqlite3_clear_bindings(handle);
  // The key is the text that the statement itself has.
  if (statements_.size() == idle_statements_maximum || !statements_.try_emplace(sqlite3_sql(handle), handle).second) {
    sqlite3_finalize(handle);
  }
}

void IdleStatements::finalise() {
  for (const auto& [sql, handle] : statements_) sqlite3_finalize(handle);
  statements_.clear();
}

void Statement::note_binding(int code) {
  ++next_;
  if (bind_code_ == SQLITE_OK) bind_code_ = code;
}

Statement& Statement::bind(std::int64_t value) {
  note_binding(sqlite3_bind_int64(handle_.get(), next_, value));
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  note_binding(sqlite3_bind_text64(handle_.get(), next_, pointer(text), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind_blob(std::string_view bytes) {
  note_binding(sqlite3_bind_blob64(handle_.get(), next_, pointer(bytes), bytes.size(), SQLITE_TRANSIENT));
  return *this;
}

Result<bool> Statement::step() {
  sqlite3* database = sqlite3_db_handle(handle_.get());
  if (bind_code_ != SQLITE_OK) {
    return fail(error_of(bind_code_, sqlite3_db_filename(database, "main"),
                         std::string("parameter: ") + sqlite3_errstr(bind_code_)));
  }
  forget_system_error();
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return fail(last_error(database));
}

Result<void> Statement::run() {
  AIRLOCK_TRY(const bool row, step());
  if (row) {
    return fail(core::Code::unexpected, std::string("`") + sqlite3_sql(handle_.get()) + "` gave a row");
  }
  return {};
}

void Statement::reset() {
  sqlite3_reset(handle_.get());
  sqlite3_clear_bindings(handle_.get());
  next_ = 1;
  bind_code_ = SQLITE_OK;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }

std::string Statement::text(int column) const { return std::string(text_view(column)); }
std::string Statement::blob(int column) const { return std::string(blob_view(column)); }

std::string_view Statement::text_view(int column) const {
  return column_bytes(handle_.get(), column, sqlite3_column_text(handle_.get(), column));
}

std::string_view Statement::blob_view(int column) const {
  return column_bytes(handle_.get(), column, sqlite3_column_blob(handle_.get(), column));
}

bool Statement::is_null(int column) const { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }

}  // namespace airlock::db
