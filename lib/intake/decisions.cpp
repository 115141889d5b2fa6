// The part of the register for what people decide about sites: retirements, and closing forks.
#include "intake/query.hpp"
#include "intake/register.hpp"

namespace airlock::intake {
namespace {

constexpr auto fork_columns = "disclosure, id, content_sha256, reason, found";
/// The open forks of one disclosure; of all where `?2` is 0.
constexpr auto open_of_site = " FROM forks WHERE site_id = ?1 AND (?2 = 0 OR disclosure = ?2)";

Fork fork_in(const db::Statement& row, int from) {
  return {counter_in(row, from), row.text(from + 1), row.text(from + 2), row.text(from + 3), row.text(from + 4)};
}

/// The number that the site's next row in `table` gets.
Result<std::uint64_t> next_number(db::Database& database, const std::string& table, std::string_view site_id) {
  AIRLOCK_TRY(auto query, database.prepare("SELECT coalesce(max(number), 0) + 1 FROM " + table + " WHERE site_id = ?"));
  query.bind(site_id);
  AIRLOCK_TRY(const auto found, first_number(query));
  return found.value_or(1);
}

}  // namespace

Result<std::vector<Retirement>> Register::retirements(std::string_view site_id) {
  AIRLOCK_TRY(auto query, database_.prepare("SELECT retired, reason, ended FROM retirements WHERE site_id = ? "
                                            "ORDER BY number"));
  query.bind(site_id);
  return all_rows(query, [](const db::Statement& row) { return Retirement{row.text(0), row.text(1), row.text(2)}; });
}

Result<std::optional<Retirement>> Register::retirement_in_force(std::string_view site_id) {
  AIRLOCK_TRY(const auto times, retirements(site_id));
  if (times.empty() || !times.back().ended.empty()) return std::nullopt;
  return times.back();
}

Result<bool> Register::retire_site(std::string_view site_id, std::string_view reason, core::Time now) {
  AIRLOCK_TRY(auto transaction, db::Transaction::begin(database_));
  AIRLOCK_TRY(const auto retired, retirement_in_force(site_id));
  if (retired) return false;
  AIRLOCK_TRY(const std::uint64_t number, next_number(database_, "retirements", site_id));
  AIRLOCK_TRY(auto insert, database_.prepare("INSERT INTO retirements VALUES (?, ?, ?, ?, '')"));
  insert.bind(site_id).bind(column(number)).bind(now.text()).bind(reason);
  AIRLOCK_CHECK(insert.run());
  AIRLOCK_CHECK(transaction.commit());
  return true;
}

Result<bool> Register::end_retirement(std::string_view site_id, core::Time now) {
  AIRLOCK_TRY(const auto retired, retirement_in_force(site_id));
  if (!retired) return false;
  AIRLOCK_TRY(auto end, database_.prepare("UPDATE retirements SET ended = ? WHERE site_id = ? AND ended = ''"));
  end.bind(now.text()).bind(site_id);
  AIRLOCK_CHECK(end.run());
  return true;
}

Result<std::vector<Fork>> Register::open_forks(std::string_view site_id, std::optional<std::uint64_t> disclosure) {
  AIRLOCK_TRY(auto query,
              database_.prepare(std::string("SELECT ") + fork_columns + open_of_site + " ORDER BY disclosure, found"));
  query.bind(site_id).bind(column(disclosure.value_or(0)));
  return all_rows(query, [](const db::Statement& row) { return fork_in(row, 0); });
}

Result<std::vector<Fork>> Register::close_forks(std::string_view site_id, std::optional<std::uint64_t> disclosure,
                                                std::string_view reason, core::Time now) {
  AIRLOCK_TRY(auto transaction, db::Transaction::begin(database_));
  AIRLOCK_TRY(auto out, open_forks(site_id, disclosure));
  if (out.empty()) return out;
  const std::int64_t only = column(disclosure.value_or(0));
  AIRLOCK_TRY(const std::uint64_t number, next_number(database_, "fork_closures", site_id));
  AIRLOCK_TRY(auto note, database_.prepare("INSERT INTO fork_closures VALUES (?, ?, ?, ?)"));
  note.bind(site_id).bind(column(number)).bind(now.text()).bind(reason);
  AIRLOCK_CHECK(note.run());
  // A fork that was closed, and noted again after a readmission, moves to the newest closure.
  AIRLOCK_TRY(auto move, database_.prepare(std::string("INSERT OR REPLACE INTO closed_forks SELECT site_id, ?3, ") +
                                           fork_columns + open_of_site));
  move.bind(site_id).bind(only).bind(column(number));
  AIRLOCK_CHECK(move.run());
  AIRLOCK_TRY(auto remove, database_.prepare(std::string("DELETE") + open_of_site));
  remove.bind(site_id).bind(only);
  AIRLOCK_CHECK(remove.run());
  AIRLOCK_CHECK(transaction.commit());
  return out;
}

Result<std::vector<ForkClosure>> Register::closures(std::string_view site_id) {
  AIRLOCK_TRY(auto query,
              database_.prepare("SELECT c.number, c.closed, c.reason, f.disclosure, f.id, f.content_sha256, "
                                "f.reason, f.found FROM fork_closures c JOIN closed_forks f ON f.site_id = "
                                "c.site_id AND f.closure = c.number WHERE c.site_id = ? ORDER BY c.number, "
                                "f.disclosure, f.found"));
  query.bind(site_id);
  std::vector<ForkClosure> out;
  std::uint64_t last = 0;
  for (;;) {
    AIRLOCK_TRY(const bool row, query.step());
    if (!row) return out;
    if (counter_in(query, 0) != last) out.push_back({query.text(1), query.text(2), {}});
    last = counter_in(query, 0);
    out.back().forks.push_back(fork_in(query, 3));
  }
}

Result<std::optional<std::uint64_t>> Register::fork_with(std::string_view site_id, const envelope::Previous& named) {
  AIRLOCK_TRY(auto query, database_.prepare("SELECT disclosure FROM forks WHERE site_id = ?1 AND id = ?2 AND "
                                            "content_sha256 = ?3 UNION SELECT disclosure FROM closed_forks WHERE "
                                            "site_id = ?1 AND id = ?2 AND content_sha256 = ?3"));
  query.bind(site_id).bind(named.id).bind(named.content_sha256);
  return first_number(query);
}

Result<bool> Register::is_closed(const Arrival& arrival) {
  AIRLOCK_TRY(auto query,
              database_.prepare("SELECT count(*) FROM closed_forks WHERE site_id = ? AND disclosure = ? AND "
                                "id = ? AND content_sha256 = ?"));
  query.bind(arrival.site_id).bind(column(arrival.disclosure)).bind(arrival.id).bind(arrival.content_sha256);
  AIRLOCK_TRY(const auto found, first_number(query));
  return found != std::uint64_t{0};
}

Result<std::optional<TakenDisclosure>> Register::disclosure(std::string_view site_id, std::uint64_t number) {
  AIRLOCK_TRY(auto query,
              database_.prepare("SELECT id, content_sha256, received FROM disclosures WHERE site_id = ? AND "
                                "disclosure = ?"));
  query.bind(site_id).bind(column(number));
  AIRLOCK_TRY(const bool row, query.step());
  if (!row) return std::nullopt;
  return TakenDisclosure{number, query.text(0), query.text(1), query.text(2)};
}

}  // namespace airlock::intake
