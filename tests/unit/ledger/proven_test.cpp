// What is read from a ledger whose rows somebody changed, also with leaves and nodes made to fit again.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <functional>

#include "book.hpp"
#include "core/encoding.hpp"
#include "ledger/body.hpp"
#include "ledger/verify.hpp"

using namespace airlock;
using core::Code;
using core::Json;
using ledger::Kind;
using ledger::Ledger;
using test::Book;
using test::disclosure_id;
using test::report_id;

namespace {

/// A site's orders among its reports: kit, hold, two reports, release, a third report. Entries 0 to 7.
struct Orders : Book {
  Orders() {
    add(Kind::site_created);                    // 0
    add(Kind::kit, 0, {{"number", 1}});         // 1
    add(Kind::licence, 0, {{"sequence", 1}});   // 2
    add(Kind::hold, 0, {{"reason", "audit"}});  // 3
    produce(1);                                 // 4
    add(Kind::licence, 0, {{"sequence", 2}});   // 5
    add(Kind::release);                         // 6
    produce(2, 1);                              // 7
  }
};

void change(const Book& book, const std::string& sql) {
  auto database = db::Database::open(book.path(), db::Mode::read_write).value();
  for (const char* trigger : {"entries_next", "entries_no_update", "entries_no_delete"}) {
    REQUIRE(database.run("DROP TRIGGER " + std::string(trigger)));
  }
  const auto done = database.run(sql);
  REQUIRE_MESSAGE(done, done.error().message);
  // The schema must look as before.
  for (const auto statement : {
           R"(CREATE TRIGGER entries_next BEFORE INSERT ON entries
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq) + 1, 0) FROM entries)
BEGIN SELECT RAISE(ABORT, 'an entry can only be appended'); END)",
           R"(CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'an entry cannot be changed'); END)",
           R"(CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'an entry cannot be deleted'); END)"}) {
    REQUIRE(database.run(statement));
  }
}

/// Leaves and nodes as the bodies would have them.
void rebuild(const Book& book) {
  auto database = db::Database::open(book.path(), db::Mode::read_write).value();
  std::vector<std::string> bodies;
  {
    auto query = database.prepare("SELECT body FROM entries ORDER BY seq").value();
    while (query.step().value()) bodies.push_back(query.text(0));
  }
  std::string sql = "DELETE FROM nodes;";
  ledger::Frontier tree;
  for (const std::string& body : bodies) {
    const auto leaf = ledger::leaf_hash(body);
    sql += "UPDATE entries SET leaf = x'" + leaf.hex() + "' WHERE seq = " + std::to_string(tree.size()) + ";";
    REQUIRE(tree.append(leaf, [&](unsigned level, std::uint64_t index, const core::Digest& hash) -> core::Result<void> {
      sql += "INSERT INTO nodes VALUES (" + std::to_string(level) + "," + std::to_string(index) + ",x'" + hash.hex() +
             "');";
      return {};
    }));
  }
  change(book, sql);
}

/// The ledger as a command opens it, which knows the head that was signed.
core::Result<Ledger> opened(const Book& book, const ledger::TreeHead& head) {
  auto out = Ledger::open(book.path(), db::Mode::read_write).value();
  if (auto believed = out.believe(head); !believed) return core::fail(believed.error());
  return out;
}

template <typename T>
bool refused(const core::Result<T>& result) {
  return !result && result.error().code == Code::integrity;
}

}  // namespace

TEST_CASE("the newest of each kind is the one that the last leaf leads to") {
  const Orders book;
  const auto ledger = opened(book, book.ledger.head().value()).value();
  CHECK(ledger.newest(Kind::kit).value()->seq == 1);
  CHECK(ledger.newest(Kind::licence).value()->seq == 5);
  CHECK(ledger.newest(Kind::hold).value()->seq == 3);
  CHECK(ledger.newest(Kind::release).value()->seq == 6);
  CHECK(ledger.newest(Kind::produced).value()->seq == 7);
  CHECK_FALSE(ledger.newest(Kind::adopted).value());
  CHECK(ledger.newest(Kind::sealed).error().code == Code::unexpected);
  CHECK(ledger.last_number().value() == 2);
  CHECK(ledger.last_disclosure().value() == 1);
  const auto licences = ledger.entries_of_kind(Kind::licence).value();
  REQUIRE(licences.size() == 2);
  CHECK(licences[0].seq == 2);
  CHECK(licences[1].seq == 5);
}

TEST_CASE("a hold that was made to look like something else, or older, is still in force or nothing is read") {
  for (const std::string sql :
       {"UPDATE entries SET kind = 'configured' WHERE seq = 6",
        "UPDATE entries SET body = replace(body, 'release', 'repeated'), kind = 'repeated' WHERE seq = 6",
        "UPDATE entries SET body = replace(body, '\"release\":6', '\"release\":3') WHERE seq = 7",
        "UPDATE entries SET time = '2027-01-01T00:00:00Z' WHERE seq = 6"}) {
    CAPTURE(sql);
    const Orders book;
    const auto head = book.ledger.head().value();
    change(book, sql);
    {
      const auto ledger = opened(book, head);
      CHECK((refused(ledger) || refused(ledger->newest(Kind::release))));
    }
    rebuild(book);
    const auto ledger = opened(book, head);
    CHECK((refused(ledger) || refused(ledger->newest(Kind::release))));
  }
}

TEST_CASE("no column decides which entry is the newest of its kind") {
  const Orders book;
  const auto head = book.ledger.head().value();
  // Today's index would have found entry 2 as the newest licence.
  change(book, "UPDATE entries SET kind = 'configured' WHERE seq = 5");
  const auto ledger = opened(book, head).value();
  CHECK(refused(ledger.newest(Kind::licence)));
  CHECK(refused(ledger.entries_of_kind(Kind::licence)));
  CHECK(ledger.newest(Kind::kit).value()->seq == 1);
}

TEST_CASE("what is cut off at the end is missed") {
  const Orders book;
  const auto head = book.ledger.head().value();
  change(book, "DELETE FROM entries WHERE seq > 5; DELETE FROM outbox; DELETE FROM originals WHERE seq > 5");
  rebuild(book);
  CHECK(refused(opened(book, head)));
}

TEST_CASE("entries that are newer than the head that was signed are hashed, and read like all others") {
  Orders book;
  const auto head = book.ledger.head().value();
  book.add(Kind::hold, 0, {{"reason", "again"}});
  {
    const auto ledger = opened(book, head).value();
    CHECK(ledger.believed() == 8);
    CHECK(ledger.newest(Kind::hold).value()->seq == 8);
  }
  change(book, "UPDATE entries SET body = replace(body, 'again', 'never') WHERE seq = 8");
  const auto ledger = opened(book, head);
  CHECK((refused(ledger) || refused(ledger->newest(Kind::hold))));
}

TEST_CASE("a change that is undone leaves nothing behind in what is read") {
  Orders book;
  const auto head = book.ledger.head().value();
  auto ledger = opened(book, head).value();
  {
    auto begun = ledger.change(book.lock).value();
    REQUIRE(begun.append(Kind::hold, "", Json::object(), book.now, std::string(16, 'n')));
    CHECK(ledger.newest(Kind::hold).value()->seq == 8);
  }
  CHECK(ledger.newest(Kind::hold).value()->seq == 3);
  // Another process appends in its place.
  book.add(Kind::release);
  CHECK(ledger.newest(Kind::release).value()->seq == 8);
}

TEST_CASE("counters and times come from proven entries, and not from rows that can be lowered") {
  const Orders book;
  const auto head = book.ledger.head().value();
  change(book,
         "UPDATE entries SET number = NULL WHERE seq = 7; UPDATE outbox SET disclosure = 0; "
         "UPDATE entries SET time = '2020-01-01T00:00:00Z' WHERE seq < 7");
  const auto ledger = opened(book, head).value();
  CHECK(ledger.last_number().value() == 2);
  CHECK(ledger.last_disclosure().value() == 1);
  CHECK(ledger.newest_time().value() == book.ledger.entry(7)->time);
}

TEST_CASE("a disclosure whose row says more than its entries is not given") {
  Orders book;
  const auto head = book.ledger.head().value();
  CHECK(opened(book, head)->disclosure(disclosure_id(1)).value()->stage == ledger::Stage::recorded);
  change(book, "UPDATE outbox SET stage = 'sent'");
  const auto ledger = opened(book, head).value();
  CHECK(refused(ledger.disclosure(disclosure_id(1))));
  CHECK(refused(ledger.disclosures_of_report(report_id(2))));
}

TEST_CASE("an entry that an index finds for another report is not believed") {
  const Orders book;
  const auto head = book.ledger.head().value();
  change(book, "UPDATE entries SET report_id = '" + report_id(1) + "' WHERE seq = 6");
  CHECK(refused(opened(book, head)->entries_of_report(report_id(1))));
}

TEST_CASE("a report that the index lost is found by reading all entries") {
  const Orders book;
  const auto head = book.ledger.head().value();
  change(book, "UPDATE entries SET report_id = NULL WHERE seq = 4");
  const auto ledger = opened(book, head).value();
  CHECK(ledger.entries_of_report(report_id(1))->empty());
  CHECK(ledger.knows_report(report_id(1)).value());
  CHECK_FALSE(ledger.knows_report(report_id(9)).value());
}

TEST_CASE("ceilings and terms lie in a table and are believed by their digest") {
  Orders book;
  const Json ceiling{{"events", {{"a", 0}}}};
  book.add(Kind::authorised, 0, {{"reason", "x"}, {"ceiling", ceiling}});  // 8
  book.add(Kind::configured, 0, {{"ceiling", ceiling}});                   // 9
  book.add(Kind::decided, 1, {{"number", 1}, {"terms", ceiling}});         // 10
  const auto head = book.ledger.head().value();
  CHECK(ledger::verify(book.ledger, book.verifier));
  const auto names = [&](std::uint64_t seq, const char* member) {
    const auto body = ledger::body_of(book.ledger.entry(seq).value()).value();
    return core::Digest::from_hex(body.at(member).get<std::string>()).value();
  };
  const auto digest = names(8, "ceiling_sha256");
  CHECK(names(9, "ceiling_sha256") == digest);
  CHECK(book.ledger.text(digest).value() == core::to_text(ceiling));
  // What leaves in a bundle is a digest that nobody can guess.
  CHECK(names(10, "terms_sha256") != digest);
  CHECK(book.ledger.text(names(10, "terms_sha256")).value().ends_with("\n" + core::to_text(ceiling)));

  change(book, "UPDATE ceilings SET text = '{}' WHERE sha256 = x'" + digest.hex() + "'");
  CHECK(refused(opened(book, head)->text(digest)));
  CHECK(refused(ledger::verify(book.ledger, book.verifier)));
  change(book, "DELETE FROM ceilings WHERE sha256 = x'" + digest.hex() + "'");
  CHECK(refused(opened(book, head)->text(digest)));
  CHECK(refused(ledger::verify(book.ledger, book.verifier)));
}

TEST_CASE("verify finds an entry that names another newest entry than the one before it, also where the tree fits") {
  for (const std::string edit :
       {"replace(body, '\"licence\":5', '\"licence\":2')", "replace(body, '\"release\":6,', '')",
        "replace(body, '\"newest_time\":\"2026', '\"newest_time\":\"2025')"}) {
    CAPTURE(edit);
    const Orders book;
    change(book, "UPDATE entries SET body = " + edit + " WHERE seq = 7");
    rebuild(book);
    const auto ledger = Ledger::open(book.path(), db::Mode::read_only).value();
    const auto checked = ledger::verify(ledger, book.verifier);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().message.ends_with("entry 7: does not name the newest entries before it"));
  }
}

namespace {

/// Runs `act` once, as soon as SQLite begins a statement with `marker` in it on a connection that is opened while this
/// lives.
class Between {
 public:
  Between(std::string marker, std::function<void()> act) {
    marker_ = std::move(marker);
    act_ = std::move(act);
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&watch));
  }
  Between(const Between&) = delete;
  Between& operator=(const Between&) = delete;
  ~Between() { sqlite3_reset_auto_extension(); }

 private:
  inline static std::string marker_;
  inline static std::function<void()> act_;
  static int watch(sqlite3* opened, const char**, const void*) {
    return sqlite3_trace_v2(opened, SQLITE_TRACE_STMT, &begins, nullptr);
  }
  static int begins(unsigned, void*, void*, void* sql) {
    if (act_ && std::string_view(static_cast<const char*>(sql)).find(marker_) != std::string_view::npos) {
      std::exchange(act_, nullptr)();
    }
    return 0;
  }
};

}  // namespace

TEST_CASE("a disclosure on which another process appends while it is read is read again") {
  Orders book;
  bool appended = false;
  const Between between("FROM entries WHERE disclosure_id = ?", [&] {
    book.add(Kind::queued, 2, book.sealing(1));
    appended = true;
  });
  const auto reader = Ledger::open(book.path(), db::Mode::read_only).value();
  const auto read = reader.disclosure(disclosure_id(1));
  CHECK(appended);
  REQUIRE_MESSAGE(read, read.error().message);
  CHECK((*read)->stage == ledger::Stage::queued);
}
