#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "book.hpp"
#include "ledger/body.hpp"
#include "ledger/checkpoint.hpp"
#include "tamper.hpp"

using namespace airlock;
using core::Code;
using ledger::Kind;
using ledger::Ledger;
using test::after_append;
using test::after_sql;
using test::Book;
using test::disclosure_id;
using test::Json;
using test::replaced;
using test::report_id;
using test::tamper;
using test::verdict;

TEST_CASE("a tree node that was changed, removed or added is found") {
  CHECK(after_sql("UPDATE nodes SET hash = zeroblob(32) WHERE level = 2 AND idx = 1") ==
        "entry 7: the stored node 1 of level 2 differs from the tree");
  CHECK(after_sql("DELETE FROM nodes WHERE level = 1 AND idx = 1") == "lacks the tree's node 1 of level 1");
  CHECK(after_sql("UPDATE nodes SET hash = x'00' WHERE level = 1 AND idx = 1") == "lacks the tree's node 1 of level 1");
  for (const std::string place : {"0, 0", "1, 6", "9, 0", "-1, 0"}) {
    CHECK(after_sql("INSERT INTO nodes VALUES (" + place + ", zeroblob(32))") ==
          "there are tree nodes that belong to no entry");
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
  CHECK(after_sql("UPDATE outbox SET next_try = 'soon' WHERE disclosure = 1") == "disclosure 1: has a malformed time");
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
        "there are originals that belong to no report");
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
  const std::string wrong_tree = "entry 13: its checkpoint is not for the tree that recorded the disclosure";
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
