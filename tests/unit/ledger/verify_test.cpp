#include "ledger/verify.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "book.hpp"
#include "ledger/entry.hpp"
#include "ledger/schema.hpp"

namespace verify_test {

using namespace airlock;
using core::Code;
using ledger::Kind;
using ledger::Ledger;
using test::Book;
using test::disclosure_id;
using test::Json;
using test::report_id;

namespace {

/// What an intruder with the file can do: everything. The triggers are gone while `act` runs and back afterwards.
template <typename Act>
void tamper(const std::string& path, Act act) {
  auto database = db::Database::open(path, db::Mode::read_write).value();
  auto transaction = db::Transaction::begin(database).value();
  std::vector<std::string> triggers;
  for (const std::string_view sql : ledger::schema().statements) {
    if (sql.starts_with("CREATE TRIGGER ")) triggers.emplace_back(sql);
  }
  REQUIRE(triggers.size() == 6);
  for (const std::string& sql : triggers) {
    const auto name = sql.substr(15, sql.find(' ', 15) - 15);
    REQUIRE(database.run("DROP TRIGGER " + name));
  }
  act(database);
  for (const std::string& sql : triggers) REQUIRE(database.run(sql));
  REQUIRE(transaction.commit());
}

/// Gives entry `seq` another body, its leaf and its columns, as a careful intruder would.
void write_entry(db::Database& database, std::uint64_t seq, const std::string& body) {
  const auto facts = ledger::read_body(body, seq).value_or(ledger::Facts{});
  auto put = database
                 .prepare(
                     "REPLACE INTO entries (seq, body, leaf, time, kind, report_id, number, disclosure_id) "
                     "VALUES (?, ?, ?, ?, ?, nullif(?, ''), nullif(?, 0), nullif(?, ''))")
                 .value();
  put.bind(static_cast<std::int64_t>(seq)).bind(body).bind_blob(ledger::leaf_hash(body).view());
  put.bind(facts.time.text()).bind(ledger::name(facts.kind)).bind(facts.report_id);
  put.bind(facts.kind == Kind::produced ? static_cast<std::int64_t>(facts.number) : 0);
  put.bind(facts.disclosure_id);
  REQUIRE(put.run());
}

/// Makes all leaves and nodes anew from the bodies.
void rebuild_tree(db::Database& database) {
  REQUIRE(database.run("DELETE FROM nodes"));
  std::vector<std::string> bodies;
  {
    auto query = database.prepare("SELECT body FROM entries ORDER BY seq").value();
    while (query.step().value()) bodies.push_back(query.text(0));
  }
  ledger::Frontier frontier;
  auto put = database.prepare("INSERT INTO nodes VALUES (?, ?, ?)").value();
  for (const std::string& body : bodies) {
    REQUIRE(
        frontier.append(ledger::leaf_hash(body), [&](unsigned level, std::uint64_t index, const core::Digest& hash) {
          put.reset();
          return put.bind(std::int64_t{level}).bind(static_cast<std::int64_t>(index)).bind_blob(hash.view()).run();
        }));
  }
}

std::string body_at(db::Database& database, std::uint64_t seq) {
  auto query = database.prepare("SELECT body FROM entries WHERE seq = " + std::to_string(seq)).value();
  REQUIRE(query.step().value());
  return query.text(0);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string verdict(const std::string& path, const crypto::NoteVerifier& verifier) {
  const auto opened = Ledger::open(path, db::Mode::read_only);
  if (!opened) return opened.error().message;
  const auto checked = ledger::verify(*opened, verifier);
  if (checked) return "sound";
  CHECK(checked.error().code == Code::integrity);
  CHECK_FALSE(checked.error().hint.empty());
  const std::string prefix = "`" + path + "`: ";
  REQUIRE(checked.error().message.starts_with(prefix));
  return checked.error().message.substr(prefix.size());
}

std::string verdict(const Book& book) { return verdict(book.path(), book.verifier); }

/// A full ledger that nobody changes.
const Book& original() {
  struct Full : Book {
    Full() { test::fill(*this); }
  };
  static const Full book;
  return book;
}

/// The verdict on a copy of a full ledger after `change` of its file.
template <typename Change>
std::string after(Change change) {
  const test::TemporaryDirectory folder;
  std::filesystem::copy(original().path(), folder / "copy.db");
  tamper(folder / "copy.db", change);
  return verdict(folder / "copy.db", original().verifier);
}

std::string after_sql(const std::string& sql) {
  return after([&](db::Database& database) {
    const auto done = database.run(sql);
    REQUIRE_MESSAGE(done, done.error().message);
  });
}

/// Appends entries past all rules: bodies with their leaves, columns and nodes.
std::string after_append(Kind kind, const std::string& report, const Json& members) {
  return after([&](db::Database& database) {
    const auto time = core::Time::from_text("2026-12-01T00:00:00Z").value();
    const auto last = ledger::read_body(body_at(database, 12), 12).value();
    const auto newest = ledger::after(*last.newest, last);
    write_entry(database, 13, ledger::make_body(13, kind, report, members, time, std::string(16, 'n'), newest).value());
    rebuild_tree(database);
  });
}

}  // namespace

TEST_CASE("an untouched ledger is sound, and verify says what is in it") {
  Book book;
  test::fill(book);
  const auto checked = ledger::verify(book.ledger, book.verifier);
  REQUIRE_MESSAGE(checked, checked.error().message);
  CHECK(checked->entries == 13);
  CHECK(checked->checkpoints == 3);
  CHECK(checked->reports == 4);
  CHECK(checked->disclosures == 4);
  CHECK(checked->head == book.ledger.head().value());
  CHECK(checked->times_back == 0);
  CHECK_FALSE(checked->first_time_back);
}

TEST_CASE("an empty ledger is sound") {
  const Book book;
  CHECK(ledger::verify(book.ledger, book.verifier)->head == book.ledger.head().value());
}

TEST_CASE("a ledger of several pages is sound") {
  Book book;
  for (std::uint64_t n = 1; n <= 40; ++n) {
    book.produce(n, n);
    book.seal(n, n);
    book.end(Kind::released, n, n);
  }
  const auto checked = ledger::verify(book.ledger, book.verifier);
  REQUIRE_MESSAGE(checked, checked.error().message);
  CHECK(checked->entries == 120);
  CHECK(checked->checkpoints == 40);
  CHECK(checked->disclosures == 40);
}

TEST_CASE("a clock that went back is reported and is no fault") {
  Book book;
  book.add(Kind::site_created);
  book.now = book.now - std::chrono::hours(1);
  book.add(Kind::hold);
  book.add(Kind::release);
  book.now = book.now - std::chrono::hours(1);
  book.add(Kind::hold);
  const auto checked = ledger::verify(book.ledger, book.verifier);
  REQUIRE(checked);
  CHECK(checked->times_back == 2);
  CHECK(checked->first_time_back == 1);
}

TEST_CASE("verify reads entries that another process appends, and disturbs nobody") {
  Book book;
  test::fill(book);
  const auto reader = Ledger::open(book.path(), db::Mode::read_only).value();
  auto change = book.change();
  REQUIRE(book.append(change, Kind::hold, "", Json::object()));
  CHECK(ledger::verify(reader, book.verifier)->entries == 13);
  REQUIRE(change.commit());
  CHECK(ledger::verify(reader, book.verifier)->entries == 14);
}

TEST_CASE("an entry that was changed is named") {
  const std::string from = "\"kind\":\"withheld\"";
  CHECK(after_sql("UPDATE entries SET body = replace(body, '-11-01T', '-11-02T') WHERE seq = 4") ==
        "entry 4: its leaf is not the hash of its body");
  CHECK(after_sql("UPDATE entries SET body = body || ' ' WHERE seq = 4") ==
        "entry 4: its leaf is not the hash of its body");
  CHECK(after_sql("UPDATE entries SET leaf = zeroblob(32) WHERE seq = 4") ==
        "entry 4: its leaf is not the hash of its body");
  CHECK(after_sql("UPDATE entries SET body = 'x' WHERE seq = 4").starts_with("entry 4: `body`: is not valid JSON"));
  CHECK(after([&](db::Database& database) {
          write_entry(database, 5, replaced(body_at(database, 5), from, "\"kind\":\"refused\""));
        }) == "entry 5: the stored node 2 of level 1 differs from the tree");
}

TEST_CASE("each column beside the body is compared with it") {
  for (const std::string& set :
       std::vector<std::string>{"time = '2026-11-01T00:00:00Z'", "kind = 'held'", "kind = ''",
                                "report_id = '" + report_id(9) + "'", "report_id = NULL", "number = 9", "number = NULL",
                                "disclosure_id = '" + disclosure_id(9) + "'", "disclosure_id = NULL"}) {
    CAPTURE(set);
    CHECK(after_sql("UPDATE entries SET " + set + " WHERE seq = 6") == "entry 6: a column differs from its body");
  }
}

TEST_CASE("entries that were swapped, removed or put elsewhere are named") {
  CHECK(after([](db::Database& database) {
          REQUIRE(
              database.run("UPDATE entries SET seq = 99 WHERE seq = 8;"
                           "UPDATE entries SET seq = 8 WHERE seq = 5; UPDATE entries SET seq = 5 WHERE seq = 99"));
        }) == "entry 5: `body`: `/seq`: must be 5");
  CHECK(after_sql("DELETE FROM entries WHERE seq = 5") == "entry 5: is missing");
  CHECK(after_sql("DELETE FROM entries WHERE seq = 0") == "entry 0: is missing");
  CHECK(after_sql("UPDATE entries SET seq = -5 WHERE seq = 5") == "entry -5: no entry can have that place");
  CHECK(after_sql("UPDATE entries SET seq = 20 WHERE seq = 12") == "entry 12: is missing");
}

TEST_CASE("entries missing at the end are found where a checkpoint covers them or something hangs on them") {
  // Entry 12 recorded disclosure 4.
  CHECK(after_sql("DELETE FROM entries WHERE seq = 12") ==
        "disclosure 4: the outbox does not say what the entries say");
  CHECK(after([](db::Database& database) {
          REQUIRE(
              database.run("DELETE FROM entries WHERE seq >= 9; DELETE FROM outbox WHERE disclosure >= 3;"
                           "DELETE FROM originals WHERE seq >= 9"));
          rebuild_tree(database);
        }) == "the checkpoint of 10 entries: there are only 9");
}

TEST_CASE("what verify cannot find: an end that no checkpoint in the file covers, cut off or rewritten with care") {
  Book book;
  test::fill(book);
  const auto head = book.ledger.head().value();
  SUBCASE("cut off") {
    tamper(book.path(), [](db::Database& database) {
      REQUIRE(
          database.run("DELETE FROM entries WHERE seq = 12; DELETE FROM outbox WHERE disclosure = 4;"
                       "DELETE FROM originals WHERE seq = 12"));
      rebuild_tree(database);
    });
    CHECK(verdict(book) == "sound");
    // A checkpoint that was kept elsewhere finds it.
    CHECK(Ledger::open(book.path(), db::Mode::read_only)->head(head.size).error().message ==
          "`" + book.path() + "`: has only 12 entries");
  }
  SUBCASE("rewritten") {
    tamper(book.path(), [](db::Database& database) {
      write_entry(database, 12, replaced(body_at(database, 12), "2026-11-01", "2026-11-09"));
      rebuild_tree(database);
      REQUIRE(database.run("UPDATE outbox SET time = replace(time, '-01T', '-09T') WHERE disclosure = 4"));
    });
    CHECK(verdict(book) == "sound");
    CHECK_FALSE(Ledger::open(book.path(), db::Mode::read_only)->head(head.size).value() == head);
  }
}

TEST_CASE("a past that was rewritten with care is found by any later checkpoint") {
  const auto rewritten = [](const std::string& sql) {
    return after([&](db::Database& database) {
      write_entry(database, 5, replaced(body_at(database, 5), "\"kind\":\"withheld\"", "\"kind\":\"refused\""));
      rebuild_tree(database);
      REQUIRE(database.run(sql));
    });
  };
  CHECK(rewritten("DELETE FROM checkpoints WHERE size = 2") == "the checkpoint of 7 entries: is of another tree");
  CHECK(rewritten("DELETE FROM checkpoints WHERE size = 7") == "entry 7: its checkpoint is of another tree");
}

TEST_CASE("a tree node that was changed, removed or added is found") {
  CHECK(after_sql("UPDATE nodes SET hash = zeroblob(32) WHERE level = 2 AND idx = 1") ==
        "entry 7: the stored node 1 of level 2 differs from the tree");
  CHECK(after_sql("DELETE FROM nodes WHERE level = 1 AND idx = 1") == "lacks the tree's node 1 of level 1");
  CHECK(after_sql("UPDATE nodes SET hash = x'00' WHERE level = 1 AND idx = 1") == "lacks the tree's node 1 of level 1");
  for (const std::string place : {"0, 0", "1, 6", "9, 0", "-1, 0"}) {
    CHECK(after_sql("INSERT INTO nodes VALUES (" + place + ", zeroblob(32))") == "there are tree nodes of no entry");
  }
}

TEST_CASE("an outbox that differs from its entries is found") {
  for (const std::string& set : std::vector<std::string>{
           "stage = 'sealed'", "stage = 'abandoned'", "file = 'other.p7m'", "file_sha256 = ''", "content_sha256 = ''",
           "size = 1", "attempts = 1", "last_attempt = '2026-11-01T00:00:00Z'", "next_try = '2026-11-01T00:00:00Z'",
           "last_error = 'x'", "uncertain = 1", "time = '2026-11-01T00:00:00Z'", "number = 2",
           "report_id = '" + report_id(2) + "'", "disclosure = 7", "disclosure = -1"}) {
    CAPTURE(set);
    CHECK(after_sql("UPDATE outbox SET " + set + " WHERE disclosure = 1")
              .ends_with(": the outbox does not say what the entries say"));
  }
  CHECK(after_sql("UPDATE outbox SET stage = 'lost' WHERE disclosure = 1") == "disclosure 1: is at an unknown stage");
  CHECK(after_sql("UPDATE outbox SET next_try = 'soon' WHERE disclosure = 1") == "disclosure 1: a time of it is none");
  for (const std::string sql :
       {"DELETE FROM outbox WHERE disclosure = 1", "UPDATE outbox SET recorded = 2 WHERE disclosure = 1",
        "UPDATE outbox SET disclosure_id = 'x' WHERE disclosure = 1"}) {
    CHECK(after_sql(sql) == "entry 1: its disclosure is not in the outbox");
  }
  CHECK(after_sql("INSERT INTO outbox SELECT 9, '" + disclosure_id(9) +
                  "', report_id, number, recorded, stage, file, file_sha256, content_sha256, size, time, attempts, "
                  "last_attempt, next_try, last_error, uncertain FROM outbox WHERE disclosure = 1") ==
        "disclosure 9: the outbox does not say what the entries say");
}

TEST_CASE("originals that are missing, of another report, or of none are found") {
  const std::string fault = "entry 4: the original of its report is not in the table of originals";
  for (const std::string sql :
       {"DELETE FROM originals WHERE seq = 4", "UPDATE originals SET seq = 5 WHERE seq = 4",
        "UPDATE originals SET report_id = 'x' WHERE seq = 4", "UPDATE originals SET salt = x'00' WHERE seq = 4"}) {
    CHECK(after_sql(sql) == fault);
  }
  CHECK(after_sql("INSERT INTO originals VALUES (5, 'x', zeroblob(32), zeroblob(32), 1)") ==
        "there are originals of no report");
}

TEST_CASE("a kept checkpoint that is forged, of another tree or of the future is found") {
  Book book;
  test::fill(book);
  const auto other_key = crypto::PrivateKey::generate(crypto::KeyKind::ed25519).value();
  const auto put = [&](std::int64_t size, const std::string& note) {
    tamper(book.path(), [&](db::Database& database) {
      REQUIRE(database.run("DELETE FROM checkpoints WHERE size >= 10 OR size <= 0"));
      auto insert = database.prepare("INSERT INTO checkpoints VALUES (?, ?)").value();
      REQUIRE(insert.bind(size).bind(note).run());
    });
    return verdict(book);
  };
  const auto head = book.ledger.head(12).value();
  const auto sign = [&](const ledger::TreeHead& of, const crypto::PrivateKey& key) {
    return ledger::sign_checkpoint(of, test::site_id, key).value();
  };
  CHECK(put(12, sign(head, book.key)) == "sound");
  CHECK(put(12, sign(head, other_key)).starts_with("the checkpoint of 12 entries: checkpoint: "));
  CHECK(put(12, "").starts_with("the checkpoint of 12 entries: checkpoint: "));
  CHECK(put(11, sign(head, book.key)) == "the checkpoint of 11 entries: is of another tree");
  CHECK(put(12, sign({12, ledger::leaf_hash("x")}, book.key)) == "the checkpoint of 12 entries: is of another tree");
  CHECK(put(14, sign({14, head.root}, book.key)) == "the checkpoint of 14 entries: there are only 13");
  CHECK(put(0, sign({0, ledger::Frontier().root()}, book.key)) == "a checkpoint is of no entries");
  CHECK(put(-7, sign(head, book.key)) == "a checkpoint is of no entries");
}

TEST_CASE("the checkpoint in a sealed entry must be of the tree that recorded the disclosure") {
  const auto sealed_with = [](auto checkpoint) {
    Book book;
    test::fill(book);
    Json members = book.sealing(4);
    members["checkpoint"] = checkpoint(book);
    book.add(Kind::sealed, 4, members);
    return verdict(book);
  };
  const auto sign = [](const Book& book, const ledger::TreeHead& head) {
    return ledger::sign_checkpoint(head, test::site_id, book.key).value();
  };
  CHECK(sealed_with([&](const Book& book) { return book.checkpoint(); }) == "sound");
  const std::string wrong_tree = "entry 13: its checkpoint is not of the tree that recorded the disclosure";
  CHECK(sealed_with([&](const Book& book) { return sign(book, book.ledger.head(12).value()); }) == wrong_tree);
  CHECK(sealed_with([&](const Book& book) { return sign(book, {14, ledger::leaf_hash("x")}); }) == wrong_tree);
  CHECK(sealed_with([&](const Book& book) {
          return sign(book, {13, ledger::leaf_hash("x")});
        }) == "entry 13: its checkpoint is of another tree");
  CHECK(sealed_with([](const Book&) { return "no note"; }).starts_with("entry 13: checkpoint: "));
  CHECK(sealed_with([](const Book&) { return ""; }).starts_with("entry 13: checkpoint: "));
  CHECK(sealed_with([&](const Book& book) {
          return replaced(book.checkpoint(), "\n13\n", "\n12\n");
        }).starts_with("entry 13: checkpoint: "));
}

TEST_CASE("another key's ledger does not verify") {
  Book book;
  test::fill(book);
  const crypto::NoteVerifier stranger(ledger::origin(test::site_id),
                                      crypto::PrivateKey::generate(crypto::KeyKind::ed25519)->public_key());
  const auto checked = ledger::verify(book.ledger, stranger);
  REQUIRE_FALSE(checked);
  CHECK(checked.error().code == Code::integrity);
}

TEST_CASE("entries that break a rule are found, however well their leaves and nodes fit") {
  CHECK(after_append(Kind::hold, "", Json::object()) == "sound");
  CHECK(after_append(Kind::produced, report_id(6), Book::numbered(6, 0)) ==
        "entry 13: the number of the report must be 5, not 6");
  CHECK(after_append(Kind::produced, report_id(5), Book::numbered(5, 0)) ==
        "entry 13: the original of its report is not in the table of originals");
  CHECK(after_append(Kind::decided, report_id(2), Book::numbered(1, 0)) ==
        "entry 13: no report `" + report_id(2) + "` has the number 1");
  CHECK(after_append(Kind::decided, report_id(2), Book::numbered(2, 9)) ==
        "entry 13: the number of the disclosure must be 5, not 9");
  CHECK(after_append(Kind::decided, report_id(2), Book::numbered(2, 5)) ==
        "entry 13: its disclosure is not in the outbox");
  CHECK(after_append(Kind::released, report_id(4), {{"disclosure_id", disclosure_id(4)}}) ==
        "entry 13: the disclosure `" + disclosure_id(4) + "` is recorded and cannot become released");
  CHECK(after_append(Kind::abandoned, report_id(1), {{"disclosure_id", disclosure_id(4)}}) ==
        "entry 13: the disclosure `" + disclosure_id(4) + "` was not recorded for this report");
  CHECK(after_append(Kind::abandoned, report_id(4), {{"disclosure_id", disclosure_id(8)}}) ==
        "entry 13: its disclosure is not in the outbox");
  // The same stage twice, which the outbox row alone would not show.
  CHECK(after_append(Kind::payload_lost, report_id(3), {{"disclosure_id", disclosure_id(2)}}) ==
        "entry 13: the disclosure `" + disclosure_id(2) + "` is payload_lost and cannot become payload_lost");
}

TEST_CASE("an index that differs from its table is found") {
  Book book;
  test::fill(book);
  std::ifstream in(book.path(), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  in.close();
  // The time of entry 5 stands in its body, its column, an index, and the body of entry 6; each of them is covered.
  const std::string time = book.ledger.entry(5)->time.text();
  std::size_t places = 0;
  for (std::size_t at = bytes.find(time); at != std::string::npos; at = bytes.find(time, at + 1)) {
    std::string changed = bytes;
    changed[at + 3] = '7';
    std::ofstream(book.path(), std::ios::binary) << changed;
    CHECK(verdict(book) != "sound");
    ++places;
  }
  CHECK(places == 4);
}

TEST_CASE("a changed byte anywhere is found or changes nothing") {
  Book book;
  test::fill(book);
  const auto honest = ledger::verify(book.ledger, book.verifier).value();
  const auto entries = book.ledger.entries(0, ledger::all).value();
  std::ifstream in(book.path(), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  in.close();
  const std::string copy = book.folder / "copy.db";
  std::size_t found = 0;
  std::size_t tried = 0;
  // Most of the file is zeroes that mean nothing.
  std::size_t written = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (bytes[at] == 0 || ++written % 79 != 0) continue;
    CAPTURE(at);
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x41);
    std::ofstream(copy, std::ios::binary | std::ios::trunc) << changed;
    ++tried;
    const auto opened = Ledger::open(copy, db::Mode::read_only);
    const auto checked = opened ? ledger::verify(*opened, book.verifier) : core::fail(opened.error());
    if (!checked) {
      CHECK(checked.error().code != Code::bad_input);
      ++found;
      continue;
    }
    CHECK(checked->head == honest.head);
    const auto read = opened->entries(0, ledger::all).value();
    REQUIRE(read.size() == entries.size());
    for (std::size_t i = 0; i < read.size(); ++i) CHECK(read[i].body == entries[i].body);
  }
  // The others were in unused space, in what the tree does not cover (originals), or in SQLite's own counters.
  MESSAGE(found << " of " << tried << " changed bytes found");
  CHECK(tried > 100);
  CHECK(found > tried / 2);
}

TEST_CASE("a file that was cut short is no ledger any more") {
  Book book;
  test::fill(book);
  std::filesystem::resize_file(book.path(), std::filesystem::file_size(book.path()) / 2);
  CHECK(verdict(book) != "sound");
}

}  // namespace verify_test
