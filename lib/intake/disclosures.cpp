// The part of the register for disclosures that arrive: what contradicts them, which are missing, and receipts for
// them.
#include <algorithm>
#include <set>

#include "intake/query.hpp"
#include "intake/register.hpp"

namespace airlock::intake {
namespace {

using core::Code;
using core::fail;

std::string disclosure_words(std::uint64_t disclosure) { return "disclosure " + std::to_string(disclosure); }

}  // namespace

std::string_view name(CheckpointStanding standing) {
  switch (standing) {
    case CheckpointStanding::first:
      return "first";
    case CheckpointStanding::proven:
      return "proven";
    case CheckpointStanding::older:
      return "older";
    default:
      return "unproven";
  }
}

Result<std::optional<Register::Acknowledged>> Register::acknowledged(std::string_view site_id) {
  AIRLOCK_TRY(
      auto query,
      database_.prepare("SELECT c.note, c.size, c.root FROM checkpoints c JOIN (SELECT size, 0 AS at FROM "
                        "readmissions WHERE site_id = ?1 AND number = (SELECT max(number) FROM readmissions WHERE "
                        "site_id = ?1) UNION ALL SELECT size, sequence FROM receipts WHERE site_id = ?1 AND "
                        "sequence > (SELECT coalesce(max(receipt_sequence), 0) FROM readmissions WHERE "
                        "site_id = ?1)) r ON c.size = r.size WHERE c.site_id = ?1 ORDER BY r.at DESC LIMIT 1"));
  query.bind(site_id);
  AIRLOCK_TRY(const bool row, query.step());
  if (!row) return std::nullopt;
  AIRLOCK_TRY(const auto root, core::Digest::from_hex(query.text(2)));
  return Acknowledged{query.text(0), {counter_in(query, 1), root}};
}

Result<std::string> Register::contradiction_of_tree(const std::string& site_id, const ledger::TreeHead& head) {
  AIRLOCK_TRY(auto query, database_.prepare("SELECT root FROM checkpoints WHERE site_id = ? AND size = ?"));
  query.bind(site_id).bind(column(head.size));
  AIRLOCK_TRY(const bool row, query.step());
  if (!row || query.text(0) == head.root.hex()) return std::string();
  return "the ledger had another root when it had " + std::to_string(head.size) + " entries";
}

Result<std::string> Register::contradiction_of_content(const Arrival& arrival) {
  AIRLOCK_TRY(auto query, database_.prepare("SELECT disclosure, id, content_sha256 FROM disclosures "
                                            "WHERE site_id = ? AND (disclosure = ? OR id = ?)"));
  query.bind(arrival.site_id).bind(column(arrival.disclosure)).bind(arrival.id);
  for (;;) {
    AIRLOCK_TRY(const bool row, query.step());
    if (!row) return std::string();
    const bool same = counter_in(query, 0) == arrival.disclosure && query.text(1) == arrival.id &&
                      query.text(2) == arrival.content_sha256;
    if (!same) {
      return disclosure_words(counter_in(query, 0)) +
             " of this site is in the register already, with other content: " + query.text(1) + ", SHA-256 " +
             query.text(2);
    }
  }
}

Result<std::string> Register::contradiction_of_previous(const Arrival& arrival) {
  const std::string& site = arrival.site_id;
  std::uint64_t before = 0;  // the number of `previous`; 0: the arrival is the site's first disclosure
  if (arrival.previous) {
    AIRLOCK_TRY(auto query,
                database_.prepare("SELECT disclosure, content_sha256 FROM disclosures WHERE site_id = ? AND id = ?"));
    query.bind(site).bind(arrival.previous->id);
    AIRLOCK_TRY(const bool is_here, query.step());
    if (!is_here) {
      AIRLOCK_TRY(const auto fork, fork_with(site, *arrival.previous));
      if (fork) return "it comes after " + disclosure_words(*fork) + " of a fork, which the register keeps apart";
      AIRLOCK_TRY(const auto expected, bundle_right_before(arrival));
      if (expected)
        return "it names another predecessor than " + disclosure_words(*expected) + ", which is in the register";
      return std::string();
    }
    before = counter_in(query, 0);
    if (query.text(1) != arrival.previous->content_sha256 || before >= arrival.disclosure) {
      return "it names " + disclosure_words(before) +
             " as its predecessor, but with other content than the register has";
    }
  }
  // `previous` may skip what was sent, since that can still be queued then, but no bundle.
  AIRLOCK_TRY(auto query, database_.prepare("SELECT max(disclosure) FROM disclosures WHERE site_id = ? AND "
                                            "kind = 'bundle' AND disclosure > ? AND disclosure < ?"));
  query.bind(site).bind(column(before)).bind(column(arrival.disclosure));
  AIRLOCK_TRY(const auto skipped, first_number(query));
  if (skipped) return "it leaves out " + disclosure_words(*skipped) + ", which is in the register";
  return std::string();
}

Result<std::string> Register::contradiction_of_later(const Arrival& arrival) {
  AIRLOCK_TRY(auto named, database_.prepare("SELECT min(disclosure) FROM disclosures WHERE site_id = ? AND "
                                            "previous_id = ? AND (previous_sha256 <> ? OR disclosure <= ?)"));
  named.bind(arrival.site_id).bind(arrival.id).bind(arrival.content_sha256).bind(column(arrival.disclosure));
  AIRLOCK_TRY(const auto by, first_number(named));
  if (by)
    return disclosure_words(*by) + ", which is in the register, names it as its predecessor, but with other content";
  if (!arrival.is_bundle) return std::string();
  AIRLOCK_TRY(auto later, database_.prepare("SELECT min(d.disclosure) FROM disclosures d LEFT JOIN disclosures p "
                                            "ON p.site_id = d.site_id AND p.id = d.previous_id WHERE d.site_id = ? AND "
                                            "d.disclosure > ? AND (d.previous_id = '' OR p.disclosure < ?)"));
  later.bind(arrival.site_id).bind(column(arrival.disclosure)).bind(column(arrival.disclosure));
  AIRLOCK_TRY(const auto skipping, first_number(later));
  if (skipping) return disclosure_words(*skipping) + ", which is in the register, leaves it out";
  return std::string();
}

Result<std::string> Register::contradiction(const Arrival& arrival) {
  AIRLOCK_TRY(std::string out, contradiction_of_content(arrival));
  if (out.empty()) {
    AIRLOCK_TRY(out, contradiction_of_previous(arrival));
  }
  if (out.empty()) {
    AIRLOCK_TRY(out, contradiction_of_later(arrival));
  }
  if (out.empty() && arrival.is_bundle) {
    AIRLOCK_TRY(out, contradiction_of_tree(arrival.site_id, arrival.head));
  }
  if (out.empty() && arrival.is_bundle && arrival.proven_from) {
    AIRLOCK_TRY(out, contradiction_of_tree(arrival.site_id, *arrival.proven_from));
  }
  return out;
}

Result<std::optional<std::uint64_t>> Register::bundle_right_before(const Arrival& arrival) {
  AIRLOCK_TRY(auto here, database_.prepare("SELECT kind FROM disclosures WHERE site_id = ? AND disclosure = ?"));
  AIRLOCK_TRY(auto explained, database_.prepare("SELECT count(*) FROM voids WHERE site_id = ? AND disclosure = ?"));
  std::set<std::uint64_t> explained_by_arrival;
  for (const envelope::Void& one : arrival.voids) explained_by_arrival.insert(one.disclosure);
  for (std::uint64_t number = arrival.disclosure - 1; number > 0; --number) {
    here.bind(arrival.site_id).bind(column(number));
    AIRLOCK_TRY(const bool arrived, here.step());
    const bool bundle = arrived && here.text(0) == "bundle";
    here.reset();
    if (bundle) return std::optional(number);
    if (arrived || explained_by_arrival.contains(number)) continue;
    explained.bind(arrival.site_id).bind(column(number));
    AIRLOCK_TRY(const auto rows, first_number(explained));
    if (rows == std::uint64_t{0}) break;  // this number may be a bundle that is still to arrive
  }
  return std::optional<std::uint64_t>();
}

Result<CheckpointStanding> Register::standing_of(const Arrival& arrival) {
  AIRLOCK_TRY(const auto newest, acknowledged(arrival.site_id));
  if (!newest) return CheckpointStanding::first;
  const bool grown = arrival.proven_from && *arrival.proven_from == newest->head;
  if (arrival.head == newest->head || grown) return CheckpointStanding::proven;
  return arrival.head.size < newest->head.size ? CheckpointStanding::older : CheckpointStanding::unproven;
}

Result<void> Register::keep_checkpoint(const Arrival& arrival) {
  AIRLOCK_TRY(auto insert, database_.prepare("INSERT OR IGNORE INTO checkpoints VALUES (?, ?, ?, ?, ?)"));
  insert.bind(arrival.site_id)
      .bind(column(arrival.head.size))
      .bind(arrival.head.root.hex())
      .bind(arrival.checkpoint)
      .bind(arrival.proven_from ? column(arrival.proven_from->size) : 0);
  return insert.run();
}

Result<void> Register::note_fork(const Arrival& arrival, const std::string& reason, core::Time now) {
  AIRLOCK_TRY(auto note, database_.prepare("INSERT OR IGNORE INTO forks VALUES (?, ?, ?, ?, ?, ?)"));
  note.bind(arrival.site_id).bind(column(arrival.disclosure)).bind(arrival.id).bind(arrival.content_sha256);
  note.bind(reason).bind(now.text());
  return note.run();
}

Result<void> Register::keep_disclosure(const Arrival& arrival, core::Time now) {
  // A readmission may have ended the contradiction that made it a fork.
  AIRLOCK_TRY(auto fork, database_.prepare("DELETE FROM forks WHERE site_id = ? AND disclosure = ? AND id = ? AND "
                                           "content_sha256 = ?"));
  fork.bind(arrival.site_id).bind(column(arrival.disclosure)).bind(arrival.id).bind(arrival.content_sha256);
  AIRLOCK_CHECK(fork.run());
  AIRLOCK_TRY(auto insert, database_.prepare("INSERT INTO disclosures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  insert.bind(arrival.site_id);
  bind_disclosure(insert, arrival, now);
  AIRLOCK_CHECK(insert.run());
  AIRLOCK_TRY(auto add, database_.prepare("INSERT OR IGNORE INTO voids VALUES (?, ?, ?)"));
  for (const envelope::Void& one : arrival.voids) {
    add.bind(arrival.site_id).bind(column(one.disclosure)).bind(one.kind);
    AIRLOCK_CHECK(add.run());
    add.reset();
  }
  return {};
}

Result<std::vector<TakenIn>> Register::take_in(std::span<const Arrival> arrivals, core::Time now) {
  AIRLOCK_TRY(auto transaction, db::Transaction::begin(database_));
  std::vector<TakenIn> out;
  for (const Arrival& arrival : arrivals) {
    AIRLOCK_TRY(TakenIn taken, take_in_one(arrival, now));
    out.push_back(std::move(taken));
  }
  AIRLOCK_CHECK(transaction.commit());
  return out;
}

Result<TakenIn> Register::take_in_one(const Arrival& arrival, core::Time now) {
  TakenIn out;
  AIRLOCK_TRY(out.is_former, take_as_former(arrival, now));
  if (out.is_former) return out;
  AIRLOCK_TRY(out.fork, contradiction(arrival));
  if (!out.fork.empty()) {
    AIRLOCK_TRY(out.is_closed, is_closed(arrival));
    if (!out.is_closed) AIRLOCK_CHECK(note_fork(arrival, out.fork, now));
    return out;
  }
  AIRLOCK_TRY(const auto known, disclosure(arrival.site_id, arrival.disclosure));
  out.is_new = !known;
  if (arrival.is_bundle) {
    AIRLOCK_TRY(out.standing, standing_of(arrival));
  }
  // A bundle that an earlier release took in has no facts yet.
  AIRLOCK_CHECK(keep_facts(arrival));
  if (!out.is_new) return out;
  if (arrival.is_bundle) AIRLOCK_CHECK(keep_checkpoint(arrival));
  AIRLOCK_CHECK(keep_disclosure(arrival, now));
  return out;
}

Result<Gaps> Register::gaps(std::string_view site_id) {
  Gaps out;
  AIRLOCK_TRY(auto arrived, database_.prepare("SELECT disclosure, received FROM disclosures WHERE site_id = ? "
                                              "ORDER BY disclosure"));
  arrived.bind(site_id);
  std::set<std::uint64_t> here;
  for (;;) {
    AIRLOCK_TRY(const bool row, arrived.step());
    if (!row) break;
    out.last = counter_in(arrived, 0);
    here.insert(out.last);
    out.last_received = std::max(out.last_received, arrived.text(1));
  }
  out.received = here.size();
  AIRLOCK_TRY(auto voids,
              database_.prepare("SELECT disclosure, kind FROM voids WHERE site_id = ? ORDER BY disclosure"));
  voids.bind(site_id);
  std::set<std::uint64_t> known = here;
  for (;;) {
    AIRLOCK_TRY(const bool row, voids.step());
    if (!row) break;
    // A disclosure that the site gave up may have arrived all the same.
    if (!known.insert(counter_in(voids, 0)).second) continue;
    out.explained.push_back({counter_in(voids, 0), voids.text(1)});
  }
  std::uint64_t next = 1;
  for (const std::uint64_t number : known) {
    if (number > out.last) break;
    if (number > next) out.missing.push_back({next, number - 1});
    next = number + 1;
  }
  AIRLOCK_TRY(out.forks, open_forks(site_id, std::nullopt));
  AIRLOCK_TRY(out.readmissions, readmissions(site_id));
  AIRLOCK_TRY(out.closures, closures(site_id));
  AIRLOCK_TRY(out.retired, retirement_in_force(site_id));
  return out;
}

Result<std::string> Register::issue_receipt(std::string_view site_id, core::Time now, const IssueReceipt& issue) {
  AIRLOCK_TRY(auto transaction, db::Transaction::begin(database_));
  ReceiptOrder order;
  AIRLOCK_TRY(auto last, database_.prepare("SELECT coalesce(max(sequence), 0) FROM receipts WHERE site_id = ?"));
  last.bind(site_id);
  AIRLOCK_TRY(const auto sequence, first_number(last));
  order.sequence = sequence.value_or(0) + 1;

  AIRLOCK_TRY(auto items, database_.prepare("SELECT id, content_sha256 FROM disclosures d WHERE site_id = ? AND NOT "
                                            "EXISTS (SELECT 1 FROM forks f WHERE f.site_id = d.site_id AND "
                                            "f.disclosure = d.disclosure) ORDER BY disclosure DESC LIMIT ?"));
  items.bind(site_id).bind(static_cast<std::int64_t>(site::receipt_items_limit));
  AIRLOCK_TRY(order.items, all_rows(items, [](const db::Statement& row) {
                return site::ReceiptItem{row.text(0), row.text(1)};
              }));
  if (order.items.empty()) {
    return fail(Code::refused, "nothing of site " + std::string(site_id) + " has been taken in",
                "take in its bundles with `airlock-vendor intake FILE`");
  }
  std::reverse(order.items.begin(), order.items.end());
  AIRLOCK_TRY(Gaps found, gaps(site_id));
  order.missing = std::move(found.missing);
  if (order.missing.size() > site::receipt_missing_limit) {
    order.missing.erase(order.missing.begin(),
                        order.missing.end() - static_cast<std::ptrdiff_t>(site::receipt_missing_limit));
  }

  AIRLOCK_TRY(const auto newest, acknowledged(site_id));
  AIRLOCK_TRY(auto largest, database_.prepare("SELECT note, size FROM checkpoints WHERE site_id = ?1 AND "
                                              "(?2 = 0 OR (from_size = ?2 AND size > ?2)) ORDER BY size DESC LIMIT 1"));
  largest.bind(site_id).bind(newest ? column(newest->head.size) : 0);
  AIRLOCK_TRY(const bool grown, largest.step());
  std::uint64_t size = newest ? newest->head.size : 0;
  if (newest) order.checkpoint = newest->note;
  if (grown) {
    order.checkpoint = largest.text(0);
    size = counter_in(largest, 1);
  }
  largest.reset();

  AIRLOCK_TRY(const Issued issued, issue(order));
  AIRLOCK_TRY(auto insert, database_.prepare("INSERT INTO receipts VALUES (?, ?, ?, ?, ?)"));
  insert.bind(site_id).bind(column(order.sequence)).bind(now.text()).bind(column(size)).bind(issued.document);
  AIRLOCK_CHECK(insert.run());
  AIRLOCK_CHECK(transaction.commit());
  return issued.file;
}

}  // namespace airlock::intake
