#include "ledger/ledger.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "book.hpp"
#include "ledger/checkpoint.hpp"

using namespace airlock;
using core::Code;
using ledger::Kind;
using ledger::Ledger;
using ledger::Stage;
using test::Book;
using test::disclosure_id;
using test::Json;
using test::report_id;

namespace {

std::vector<std::uint64_t> numbers(const std::vector<ledger::Disclosure>& disclosures) {
  std::vector<std::uint64_t> out;
  for (const auto& disclosure : disclosures) out.push_back(disclosure.disclosure);
  return out;
}

std::vector<std::uint64_t> seqs(const std::vector<ledger::Entry>& entries) {
  std::vector<std::uint64_t> out;
  for (const auto& entry : entries) out.push_back(entry.seq);
  return out;
}

using List = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("a ledger is made 0600 whatever the umask, and never over another file") {
  const test::TemporaryDirectory folder;
  for (const mode_t mask : {0000U, 0777U}) {
    const std::string path = folder / std::to_string(mask);
    const mode_t before = umask(mask);
    const auto made = Ledger::create(path);
    umask(before);
    REQUIRE(made);
    CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms(0600));
    CHECK_FALSE(std::filesystem::exists(path + "-journal"));
    CHECK(Ledger::create(path).error().code == Code::refused);
    CHECK(Ledger::open(path, db::Mode::read_only));
  }
}

TEST_CASE("a ledger that cannot be made leaves no file") {
  const test::TemporaryDirectory folder;
  std::filesystem::create_directory(folder / "x.db-journal");  // where SQLite wants its journal
  CHECK(Ledger::create(folder / "x.db").error().code == Code::integrity);
  CHECK_FALSE(std::filesystem::exists(folder / "x.db"));
  CHECK_FALSE(Ledger::create(folder / "missing/x.db"));
}

TEST_CASE("what is no ledger is told apart from what is missing") {
  const test::TemporaryDirectory folder;
  CHECK(Ledger::open(folder / "none", db::Mode::read_only).error().code == Code::bad_input);
  std::ofstream(folder / "empty").close();
  const auto empty = Ledger::open(folder / "empty", db::Mode::read_only);
  REQUIRE_FALSE(empty);
  CHECK(empty.error().code == Code::integrity);
  CHECK(empty.error().message == "`" + (folder / "empty") + "`: is not a ledger");

  const Book book;
  auto raw = db::Database::open(book.path(), db::Mode::read_write).value();
  REQUIRE(raw.run("PRAGMA user_version = 3"));
  CHECK(Ledger::open(book.path(), db::Mode::read_only).error().code == Code::refused);
  REQUIRE(raw.run("PRAGMA user_version = 2; DROP TRIGGER entries_next"));
  CHECK(Ledger::open(book.path(), db::Mode::read_only).error().code == Code::integrity);
}

TEST_CASE("an empty ledger answers every question") {
  const Book book;
  CHECK(book.ledger.head()->size == 0);
  CHECK(book.ledger.head()->root.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(book.ledger.entries(0, 10)->empty());
  CHECK_FALSE(book.ledger.newest(Kind::kit)->has_value());
  CHECK(book.ledger.reports(1, 10)->empty());
  CHECK_FALSE(book.ledger.report(1)->has_value());
  CHECK(book.ledger.last_number().value() == 0);
  CHECK(book.ledger.last_disclosure().value() == 0);
  CHECK_FALSE(book.ledger.newest_time()->has_value());
  CHECK_FALSE(book.ledger.disclosure(disclosure_id(1))->has_value());
  CHECK_FALSE(book.ledger.disclosure_by_number(1)->has_value());
  CHECK(book.ledger.unfinished()->empty());
  CHECK_FALSE(book.ledger.previous_disclosure(1)->has_value());
  CHECK(book.ledger.undisclosed(0, 10)->empty());
  CHECK(book.ledger.originals(crypto::sha256(""))->empty());
  CHECK_FALSE(book.ledger.newest_checkpoint()->has_value());
}

TEST_CASE("an entry comes back with its exact body") {
  Book book;
  book.add(Kind::configured, 0, {{"what", "snow ❄ \"quoted\" \\ \n"}, {"n", 1.5}});
  const auto entry = book.ledger.entry(0).value();
  CHECK(entry.seq == 0);
  CHECK(entry.kind == Kind::configured);
  CHECK(entry.report_id.empty());
  CHECK(entry.time.text() == "2026-11-01T00:01:00Z");
  CHECK(
      entry.body ==
      R"({"format":"airlock-entry/2","nonce":"00000000000000016e6f6e6365202e2e","seq":0,"time":"2026-11-01T00:01:00Z",)"
      R"("kind":"configured","newest":{},"what":"snow ❄ \"quoted\" \\ \n","n":1.5})");
  const auto missing = book.ledger.entry(1);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Code::bad_input);
  CHECK(missing.error().message == "`" + book.path() + "`: has no entry 1");
  CHECK_FALSE(book.ledger.entry(UINT64_MAX));
}

TEST_CASE("entries are read in pages, by kind and by report") {
  Book book;
  test::fill(book);
  CHECK(seqs(book.ledger.entries(0, 3).value()) == List{0, 1, 2});
  CHECK(seqs(book.ledger.entries(11, 100).value()) == List{11, 12});
  CHECK(book.ledger.entries(0, 0)->empty());
  CHECK(book.ledger.entries(0, SIZE_MAX)->size() == 13);
  CHECK(book.ledger.entries(UINT64_MAX, 1)->empty());
  CHECK(book.ledger.newest(Kind::produced).value()->seq == 12);
  CHECK_FALSE(book.ledger.newest(Kind::kit)->has_value());
  CHECK(seqs(book.ledger.entries_of_report(report_id(3)).value()) == List{6, 7, 8, 9, 10, 11});
  CHECK(seqs(book.ledger.entries_of_report(report_id(3), 8, 2).value()) == List{8, 9});
  CHECK(book.ledger.entries_of_report("")->empty());
  CHECK(book.ledger.newest_time().value() == book.ledger.entry(12)->time);
}

TEST_CASE("the newest time is the largest, not the last") {
  Book book;
  book.add(Kind::site_created);
  const auto newest = book.ledger.entry(0)->time;
  book.now = book.now - std::chrono::hours(24);
  book.add(Kind::hold);
  CHECK(book.ledger.newest_time().value() == newest);
}

TEST_CASE("reports are listed by number with their newest fact") {
  Book book;
  test::fill(book);
  const auto all = book.ledger.reports(1, 100).value();
  REQUIRE(all.size() == 4);
  const std::array latest{Kind::released, Kind::withheld, Kind::released, Kind::produced};
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].number == i + 1);
    CHECK(all[i].report_id == report_id(i + 1));
    CHECK(all[i].latest == latest[i]);
  }
  CHECK(all[2].latest_seq == 11);
  CHECK(all[2].produced == book.ledger.entry(6)->time);
  CHECK(book.ledger.reports(2, 2)->size() == 2);
  CHECK(book.ledger.report(2).value()->latest == Kind::withheld);
  CHECK_FALSE(book.ledger.report(0)->has_value());
  CHECK_FALSE(book.ledger.report(5)->has_value());
  CHECK(book.ledger.last_number().value() == 4);
}

TEST_CASE("disclosures say how far they have come") {
  Book book;
  test::fill(book);
  const auto first = book.ledger.disclosure(disclosure_id(1)).value().value();
  CHECK(first.disclosure == 1);
  CHECK(first.report_id == report_id(1));
  CHECK(first.number == 1);
  CHECK(first.recorded == 1);
  CHECK(first.stage == Stage::released);
  CHECK(first.file == "bundle-1.p7m");
  CHECK(first.file_sha256 == crypto::sha256("file 1").hex());
  CHECK(first.content_sha256 == crypto::sha256("content 1").hex());
  CHECK(first.size == 1001);
  CHECK(book.ledger.disclosure_by_number(2).value()->stage == Stage::payload_lost);
  CHECK(book.ledger.disclosure_by_number(3).value()->recorded == 9);
  const auto last = book.ledger.disclosure_by_number(4).value().value();
  CHECK(last.stage == Stage::recorded);
  CHECK(last.file.empty());
  CHECK_FALSE(book.ledger.disclosure_by_number(5)->has_value());
  CHECK(book.ledger.last_disclosure().value() == 4);
  CHECK(numbers(book.ledger.disclosures(2, 2).value()) == List{2, 3});
  CHECK(numbers(book.ledger.disclosures_of_report(report_id(3)).value()) == List{2, 3});
  CHECK(numbers(book.ledger.unfinished().value()) == List{4});
  book.seal(4, 4);
  CHECK(numbers(book.ledger.unfinished().value()) == List{4});
  book.end(Kind::released, 4, 4);
  CHECK(book.ledger.unfinished()->empty());
}

TEST_CASE("a bundle learns what was not disclosed since the previous one that left") {
  Book book;
  test::fill(book);
  // For the bundle of disclosure 4: the previous is 3, recorded at 9; only report 4 itself came after.
  const auto previous = book.ledger.previous_disclosure(4).value().value();
  CHECK(previous.disclosure == 3);
  const auto since = book.ledger.undisclosed(previous.recorded + 1, 10).value();
  REQUIRE(since.size() == 1);
  CHECK(since[0].report.number == 4);

  // For the bundle of disclosure 3: 2 was lost, so the previous is 1; report 2 was withheld in between.
  CHECK(book.ledger.previous_disclosure(3).value()->disclosure == 1);
  const auto earlier = book.ledger.undisclosed(2, 10).value();
  REQUIRE(earlier.size() == 2);
  CHECK(earlier[0].report.number == 2);
  CHECK(earlier[0].report.latest == Kind::withheld);
  CHECK(earlier[0].produced.seq == 4);
  CHECK(earlier[0].produced.body == book.ledger.entry(4)->body);
  CHECK(earlier[1].report.number == 4);
  CHECK(numbers(book.ledger.disclosures(2, 1).value()) == List{2});
  CHECK_FALSE(book.ledger.previous_disclosure(1)->has_value());
  CHECK(book.ledger.undisclosed(2, 1)->size() == 1);
}

TEST_CASE("originals are found by digest, newest first, and by report") {
  Book book;
  for (std::uint64_t n = 1; n <= 3; ++n) {
    auto change = book.change();
    REQUIRE(book.append(change, Kind::produced, report_id(n), Book::numbered(n, 0)));
    auto original = test::original_of(n);
    if (n != 2) original.sha256 = crypto::sha256("the same bytes");
    REQUIRE(change.keep_original(original));
    REQUIRE(change.commit());
  }
  const auto found = book.ledger.originals(crypto::sha256("the same bytes")).value();
  REQUIRE(found.size() == 2);
  CHECK(found[0].report_id == report_id(3));
  CHECK(found[1].report_id == report_id(1));
  CHECK(found[1].salt == std::string(32, 's'));
  CHECK(found[1].size == 9);
  CHECK(book.ledger.original(report_id(2)).value()->sha256 == crypto::sha256("report 2"));
}

TEST_CASE("every entry has an inclusion proof in every tree that holds it") {
  Book book;
  test::fill(book);
  for (std::uint64_t size = 1; size <= 13; ++size) {
    const auto head = book.ledger.head(size).value();
    for (std::uint64_t seq = 0; seq < size; ++seq) {
      const auto leaf = ledger::leaf_hash(book.ledger.entry(seq)->body);
      CHECK(ledger::verify_inclusion(seq, size, leaf, book.ledger.inclusion_proof(seq, size).value(), head.root));
    }
  }
  CHECK(book.ledger.inclusion_proof(13, 13).error().code == Code::bad_input);
  CHECK(book.ledger.inclusion_proof(0, 14).error().message == "`" + book.path() + "`: has only 13 entries");
  CHECK_FALSE(book.ledger.inclusion_proof(0, 0));
  CHECK_FALSE(book.ledger.head(UINT64_MAX));
}

TEST_CASE("the proof of an entry leaves the ledger and verifies") {
  Book book;
  test::fill(book);
  const auto hashes = book.ledger.inclusion_proof(4, 13).value();
  const auto proof = ledger::read_proof(ledger::proof_text(4, hashes, book.checkpoint())).value();
  CHECK(ledger::verify_proof(book.ledger.entry(4)->body, proof, book.verifier).value() == book.ledger.head().value());
}

TEST_CASE("a query holds no lock that would stop a writer") {
  Book book;
  test::fill(book);
  auto reader = Ledger::open(book.path(), db::Mode::read_only).value();
  REQUIRE(reader.entries(0, 2));
  REQUIRE(reader.newest(Kind::produced));
  REQUIRE(reader.newest_time());
  REQUIRE(reader.newest_checkpoint());
  REQUIRE(reader.head());
  REQUIRE(reader.disclosure(disclosure_id(1)));
  book.add(Kind::hold);
  CHECK(reader.head()->size == 14);
}
