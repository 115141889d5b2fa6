// The part of the register for readmissions. A ledger that was restored from a backup gives numbers out a second time;
// its entry `adopted` names the disclosures that it knows. Those that only the lost ledger had become former ones.
#include <algorithm>

#include "intake/query.hpp"
#include "intake/register.hpp"

namespace airlock::intake {
namespace {

using core::Code;
using core::fail;
using ledger::AdoptedDisclosure;
using ledger::Adoption;

/// The first disclosure that the entry names. Both ledgers have those before it.
std::uint64_t first_named(const Adoption& adoption) {
  return adoption.disclosures.empty() ? 1 : adoption.disclosures.front().disclosure;
}

std::uint64_t last_named(const Adoption& adoption) {
  return adoption.disclosures.empty() ? 0 : adoption.disclosures.back().disclosure;
}

/// Whether it is the disclosure that the entry names. One that was not sealed yet then has no content there.
bool is_the_same(const AdoptedDisclosure& named, std::string_view id, std::string_view content_sha256) {
  return named.id == id && (named.content_sha256.empty() || named.content_sha256 == content_sha256);
}

/// Moves the site's rows of a table into `former_TABLE`, as far as their counter is at least `from`. The counter is the
/// first of `columns`.
Result<void> move_away(db::Database& database, const std::string& table, const std::string& columns,
                       std::string_view site_id, std::uint64_t readmission, std::uint64_t from) {
  const std::string where = " WHERE site_id = ?1 AND " + columns.substr(0, columns.find(',')) + " >= ?2";
  AIRLOCK_TRY(auto keep, database.prepare("INSERT INTO former_" + table + " SELECT site_id, ?3, " + columns + " FROM " +
                                          table + where));
  keep.bind(site_id).bind(column(from)).bind(column(readmission));
  AIRLOCK_CHECK(keep.run());
  AIRLOCK_TRY(auto remove, database.prepare("DELETE FROM " + table + where));
  remove.bind(site_id).bind(column(from));
  return remove.run();
}

constexpr auto disclosure_columns =
    "disclosure, id, content_sha256, kind, number, previous_id, previous_sha256, received";

/// Moves the disclosure that the adopted ledger names back from the former ones. Returns whether it was among them.
Result<bool> move_back(db::Database& database, std::string_view site_id, const AdoptedDisclosure& named) {
  AIRLOCK_TRY(auto here, database.prepare("SELECT count(*) FROM disclosures WHERE site_id = ? AND id = ?"));
  here.bind(site_id).bind(named.id);
  AIRLOCK_TRY(const auto taken, first_number(here));
  if (taken != std::uint64_t{0}) return false;
  AIRLOCK_TRY(auto find, database.prepare("SELECT content_sha256 FROM former_disclosures "
                                          "WHERE site_id = ? AND disclosure = ? AND id = ?"));
  find.bind(site_id).bind(column(named.disclosure)).bind(named.id);
  std::string content;
  for (;;) {
    AIRLOCK_TRY(const bool row, find.step());
    if (!row) return false;
    content = find.text(0);
    if (is_the_same(named, named.id, content)) break;
  }
  find.reset();
  const std::string where = " FROM former_disclosures WHERE site_id = ? AND id = ? AND content_sha256 = ?";
  AIRLOCK_TRY(auto take,
              database.prepare(std::string("INSERT INTO disclosures SELECT site_id, ") + disclosure_columns + where));
  take.bind(site_id).bind(named.id).bind(content);
  AIRLOCK_CHECK(take.run());
  AIRLOCK_TRY(auto remove, database.prepare("DELETE" + where));
  remove.bind(site_id).bind(named.id).bind(content);
  AIRLOCK_CHECK(remove.run());
  return true;
}

Result<std::uint64_t> count(db::Database& database, const std::string& what, std::string_view site_id,
                            std::uint64_t number) {
  AIRLOCK_TRY(auto query, database.prepare("SELECT count(*) FROM " + what));
  query.bind(site_id).bind(column(number));
  AIRLOCK_TRY(const auto found, first_number(query));
  return found.value_or(0);
}

/// Checks that the entry says of each disclosure and fork in the register to which ledger it belongs. Error: refused.
Result<void> check_reach(db::Database& database, std::string_view site_id, const Adoption& adoption) {
  const std::uint64_t first = first_named(adoption);
  const std::uint64_t last = last_named(adoption);
  AIRLOCK_TRY(auto later,
              database.prepare("SELECT min(disclosure) FROM disclosures WHERE site_id = ? AND disclosure > ? "
                               "AND received > ?"));
  later.bind(site_id).bind(column(last)).bind(adoption.time.text());
  AIRLOCK_TRY(const auto unnamed, first_number(later));
  if (unnamed) {
    return fail(Code::refused,
                "disclosure " + std::to_string(*unnamed) +
                    " arrived after the ledger was adopted, and the entry names " + std::to_string(last) +
                    " at most: nobody can tell to which past it belongs",
                "ask the site to run `airlock ledger adopt` once more and to send the proof of that entry");
  }
  AIRLOCK_TRY(auto fork, database.prepare("SELECT min(disclosure) FROM forks WHERE site_id = ? AND disclosure < ?"));
  fork.bind(site_id).bind(column(first));
  AIRLOCK_TRY(const auto before, first_number(fork));
  if (!before) return {};
  return fail(Code::refused,
              "the pasts part at disclosure " + std::to_string(*before) +
                  " or before, but the entry names only disclosures from " + std::to_string(first) + " on",
              "ask the site for the proof of an earlier entry `adopted`");
}

/// Moves disclosures and voids that only the lost ledger has to the former ones. Returns the last disclosure that both
/// ledgers have.
Result<std::uint64_t> part_disclosures(db::Database& database, std::string_view site_id, const Adoption& adoption,
                                       std::uint64_t readmission) {
  const std::uint64_t from = first_named(adoption);
  AIRLOCK_TRY(const auto in_question,
              count(database, "disclosures WHERE site_id = ? AND disclosure >= ?", site_id, from));
  AIRLOCK_CHECK(move_away(database, "disclosures", disclosure_columns, site_id, readmission, from));
  AIRLOCK_CHECK(move_away(database, "voids", "disclosure, kind", site_id, readmission, from));
  std::uint64_t common = from - 1;
  bool met = from == 1 || in_question == 0;
  AIRLOCK_TRY(auto gone, database.prepare("INSERT INTO voids VALUES (?, ?, ?)"));
  for (const AdoptedDisclosure& named : adoption.disclosures) {
    AIRLOCK_TRY(const bool back, move_back(database, site_id, named));
    if (back) common = named.disclosure;
    met = met || back;
    if (named.ended.empty()) continue;
    gone.bind(site_id).bind(column(named.disclosure)).bind(named.ended);
    AIRLOCK_CHECK(gone.run());
    gone.reset();
  }
  if (met) return common;
  return fail(Code::refused,
              "the entry names the disclosures from " + std::to_string(from) + " to " +
                  std::to_string(last_named(adoption)) + ", but the register has none of them",
              "take in a bundle that the restored ledger still knows, then try again");
}

}  // namespace

Result<Readmitted> Register::readmit(std::string_view site_id, const AdoptedPast& past, std::string_view reason,
                                     core::Time now) {
  const Adoption& adoption = past.adoption;
  AIRLOCK_TRY(auto transaction, db::Transaction::begin(database_));
  AIRLOCK_TRY(auto before, database_.prepare("SELECT entry, adopted, admitted FROM readmissions WHERE site_id = ?"));
  before.bind(site_id);
  std::uint64_t number = 1;
  for (;; ++number) {
    AIRLOCK_TRY(const bool row, before.step());
    if (!row) break;
    if (before.text(0) == past.entry) return Readmitted{};
    // An adoption with a time in our future came from a wrong clock and says nothing about the order.
    if (before.text(1) > adoption.time.text() && before.text(1) <= before.text(2)) {
      return fail(Code::refused,
                  "the ledger was adopted at " + adoption.time.text() + ", before the one that you readmitted on " +
                      before.text(2),
                  "ask the site's operator for the proof of its newest `adopted` entry");
    }
  }
  AIRLOCK_CHECK(check_reach(database_, site_id, adoption));
  Readmitted out{.is_new = true};
  AIRLOCK_TRY(const std::uint64_t common, part_disclosures(database_, site_id, adoption, number));
  // A fork of a disclosure that both ledgers have is not explained by the loss, so it stays.
  AIRLOCK_TRY(out.forks, count(database_, "forks WHERE site_id = ? AND disclosure > ?", site_id, common));
  AIRLOCK_CHECK(
      move_away(database_, "forks", "disclosure, id, content_sha256, reason, found", site_id, number, common + 1));
  // Of the checkpoints, only the one in the proof is known to be of the adopted ledger.
  AIRLOCK_CHECK(move_away(database_, "checkpoints", "size, root, note, from_size", site_id, number, 0));
  AIRLOCK_TRY(auto begin, database_.prepare("INSERT INTO checkpoints VALUES (?, ?, ?, ?, 0)"));
  begin.bind(site_id).bind(column(past.head.size)).bind(past.head.root.hex()).bind(past.checkpoint);
  AIRLOCK_CHECK(begin.run());
  AIRLOCK_TRY(auto note, database_.prepare("INSERT INTO readmissions SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
                                           "coalesce(max(sequence), 0) FROM receipts WHERE site_id = ?1"));
  note.bind(site_id).bind(column(number)).bind(now.text()).bind(adoption.time.text()).bind(reason);
  note.bind(adoption.reason).bind(column(adoption.seq)).bind(past.entry).bind(column(common));
  note.bind(column(past.head.size));
  AIRLOCK_CHECK(note.run());
  AIRLOCK_TRY(out.kept, count(database_, "disclosures WHERE site_id = ? AND disclosure >= ?", site_id, 0));
  AIRLOCK_TRY(out.former,
              count(database_, "former_disclosures WHERE site_id = ? AND readmission = ?", site_id, number));
  AIRLOCK_CHECK(transaction.commit());
  return out;
}

Result<bool> Register::take_as_former(const Arrival& arrival, core::Time now) {
  AIRLOCK_TRY(auto newest, database_.prepare("SELECT number, seq, entry, common FROM readmissions WHERE site_id = ? "
                                             "ORDER BY number DESC LIMIT 1"));
  newest.bind(arrival.site_id);
  AIRLOCK_TRY(const bool row, newest.step());
  if (!row || arrival.disclosure <= counter_in(newest, 3)) return false;  // both ledgers have it
  AIRLOCK_TRY(const Adoption adoption, ledger::read_adoption(newest.text(2), counter_in(newest, 1)));

  AIRLOCK_TRY(auto former, database_.prepare("SELECT count(*) FROM former_disclosures WHERE site_id = ? AND id = ? "
                                             "AND content_sha256 = ?"));
  former.bind(arrival.site_id).bind(arrival.id).bind(arrival.content_sha256);
  AIRLOCK_TRY(const auto known, first_number(former));
  if (known != std::uint64_t{0}) return true;
  AIRLOCK_TRY(auto present, database_.prepare("SELECT count(*) FROM disclosures WHERE site_id = ? AND id = ? "
                                              "AND content_sha256 = ?"));
  present.bind(arrival.site_id).bind(arrival.id).bind(arrival.content_sha256);
  AIRLOCK_TRY(const auto here, first_number(present));
  if (here != std::uint64_t{0}) return false;
  bool is_former = false;
  if (arrival.disclosure >= first_named(adoption) && arrival.disclosure <= last_named(adoption)) {
    const auto& named = adoption.disclosures[arrival.disclosure - first_named(adoption)];
    is_former = !is_the_same(named, arrival.id, arrival.content_sha256);
  } else if (arrival.disclosure > last_named(adoption) && arrival.previous) {
    former.bind(arrival.site_id).bind(arrival.previous->id).bind(arrival.previous->content_sha256);
    AIRLOCK_TRY(const auto follows, first_number(former));
    is_former = follows != std::uint64_t{0};
  }
  if (!is_former) return false;
  AIRLOCK_TRY(auto insert, database_.prepare("INSERT INTO former_disclosures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  insert.bind(arrival.site_id).bind(newest.integer(0));
  bind_disclosure(insert, arrival, now);
  AIRLOCK_CHECK(insert.run());
  return true;
}

Result<std::vector<Readmission>> Register::readmissions(std::string_view site_id) {
  AIRLOCK_TRY(auto query, database_.prepare(
                              "SELECT r.admitted, r.adopted, r.reason, r.site_reason, (SELECT count(*) FROM "
                              "former_disclosures f WHERE f.site_id = r.site_id AND f.readmission = r.number), (SELECT "
                              "count(*) FROM former_forks f WHERE f.site_id = r.site_id AND f.readmission = r.number) "
                              "FROM readmissions r WHERE r.site_id = ? ORDER BY r.number"));
  query.bind(site_id);
  return all_rows(query, [](const db::Statement& row) {
    return Readmission{row.text(0), row.text(1), row.text(2), row.text(3), counter_in(row, 4), counter_in(row, 5)};
  });
}

}  // namespace airlock::intake
