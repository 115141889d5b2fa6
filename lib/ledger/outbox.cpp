#include "ledger/outbox.hpp"

#include "ledger/queries.hpp"
#include "ledger/rows.hpp"

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
  const auto text = [](const std::optional<Time>& time) { return time ? time->text() : std::string(); };
  put.bind(to_column(disclosure.size)).bind(disclosure.time.text()).bind(to_column(disclosure.attempts));
  put.bind(text(disclosure.last_attempt)).bind(text(disclosure.next_try)).bind(disclosure.last_error);
  return put.bind(std::int64_t{disclosure.uncertain ? 1 : 0}).run();
}

}  // namespace airlock::ledger
