#include "ledger/outbox.hpp"

#include "ledger/queries.hpp"
#include "ledger/state.hpp"

namespace airlock::ledger {

Result<std::optional<Disclosure>> find_disclosure(db::Database& database, std::string_view id) {
  AIRLOCK_TRY(auto query, database.prepare(sql::disclosure_by_id));
  return one(query.bind(id), database.path(), disclosure_in);
}

Result<void> put_disclosure(db::Database& database, const Disclosure& disclosure) {
  AIRLOCK_TRY(auto put, database.prepare(sql::put_disclosure));
  put.bind(to_column(disclosure.disclosure)).bind(disclosure.id).bind(disclosure.report_id);
  put.bind(to_column(disclosure.number)).bind(to_column(disclosure.recorded)).bind(name(disclosure.stage));
  put.bind(disclosure.file).bind(disclosure.file_sha256).bind(disclosure.content_sha256);
  return put.bind(to_column(disclosure.size)).run();
}

}  // namespace airlock::ledger
