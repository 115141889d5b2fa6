// The part of Register that keeps what drifts.
#include "intake/query.hpp"
#include "intake/register.hpp"

namespace airlock::intake {

Result<void> Register::keep_facts(const Arrival& arrival) {
  if (!arrival.facts) return {};
  AIRLOCK_TRY(auto known, database_.prepare("SELECT count(*) FROM report_facts WHERE site_id = ? AND id = ?"));
  known.bind(arrival.site_id).bind(arrival.id);
  AIRLOCK_TRY(const auto rows, first_number(known));
  if (rows != std::uint64_t{0}) return {};
  const ReportFacts& facts = *arrival.facts;
  AIRLOCK_TRY(auto insert, database_.prepare("INSERT INTO report_facts VALUES (?, ?, ?, ?, ?)"));
  insert.bind(arrival.site_id).bind(arrival.id).bind(facts.version).bind(facts.dictionary_sha256);
  insert.bind(column(facts.held));
  AIRLOCK_CHECK(insert.run());
  AIRLOCK_TRY(auto add, database_.prepare("INSERT INTO misfits VALUES (?, ?, ?, ?, ?)"));
  for (const MisfitCount& each : facts.misfits) {
    add.bind(arrival.site_id).bind(arrival.id).bind(each.what).bind(each.path).bind(column(each.count));
    AIRLOCK_CHECK(add.run());
    add.reset();
  }
  return {};
}

Result<SiteDrift> Register::drift(std::string_view site_id, const std::string& since,
                                  std::string_view newest_dictionary) {
  SiteDrift out;
  out.site_id = site_id;
  AIRLOCK_TRY(
      auto bundles,
      database_.prepare("SELECT count(f.id), count(*) - count(f.id), coalesce(sum(f.held), 0) FROM disclosures d "
                        "LEFT JOIN report_facts f ON f.site_id = d.site_id AND f.id = d.id WHERE "
                        "d.site_id = ? AND d.kind = 'bundle' AND d.received >= ?"));
  bundles.bind(site_id).bind(since);
  AIRLOCK_TRY(const bool any, bundles.step());
  if (any) {
    out.reports = counter_in(bundles, 0);
    out.unknown = counter_in(bundles, 1);
    out.held = counter_in(bundles, 2);
  }
  AIRLOCK_TRY(auto misfits,
              database_.prepare("SELECT m.what, m.path, sum(m.count), f.version, f.dictionary_sha256 = ?1, count(*), "
                                "max(d.received) FROM disclosures d JOIN report_facts f ON f.site_id = d.site_id AND "
                                "f.id = d.id JOIN misfits m ON m.site_id = d.site_id AND m.id = d.id WHERE "
                                "d.site_id = ?2 AND d.received >= ?3 GROUP BY 4, 5, 1, 2 ORDER BY 4, 5, 1, 2"));
  misfits.bind(newest_dictionary).bind(site_id).bind(since);
  AIRLOCK_TRY(out.rows, all_rows(misfits, [](const db::Statement& row) {
                return DriftRow{{row.text(0), row.text(1), counter_in(row, 2)},
                                row.text(3),
                                row.integer(4) != 0,
                                counter_in(row, 5),
                                row.text(6)};
              }));
  return out;
}

}  // namespace airlock::intake
