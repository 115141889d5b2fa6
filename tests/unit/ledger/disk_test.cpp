// Each change that SQLite makes of the ledger's files fails in turn.
#include <filesystem>

#include "book.hpp"
#include "ledger/verify.hpp"
#include "sqlite_faults.hpp"

using namespace airlock;
using core::Json;
using ledger::Kind;
using ledger::Ledger;
using test::Book;
using test::Fault;

namespace {

/// Records report 5 in one change, as the gate does.
core::Result<void> record(Book& book) {
  auto change = book.change();
  AIRLOCK_CHECK(book.append(change, Kind::produced, test::report_id(5), Book::numbered(5, 0)));
  AIRLOCK_CHECK(change.keep_original(test::original_of(5)));
  AIRLOCK_CHECK(book.append(change, Kind::withheld, test::report_id(5), Json::object()));
  AIRLOCK_CHECK(change.commit());
  return {};
}

}  // namespace

TEST_CASE("wherever the disk fails, the ledger opened again has whole changes and goes on") {
  Book book;
  test::fill(book);
  const std::string before = book.folder / "before.db";
  std::filesystem::copy_file(book.path(), before);
  const std::uint64_t size = book.ledger.head()->size;
  test::FakeWorld disk(book.now);
  std::uint64_t points = 0;
  std::uint64_t unknown = 0;
  for (const Fault fault : {Fault::before, Fault::after, Fault::crash}) {
    for (std::uint64_t nth = 1;; ++nth, ++points) {
      REQUIRE(nth < 1000);
      CAPTURE(static_cast<int>(fault));
      CAPTURE(nth);
      std::filesystem::copy_file(before, book.path(), std::filesystem::copy_options::overwrite_existing);
      std::filesystem::remove(book.path() + "-journal");
      book.ledger = Ledger::open(book.path(), db::Mode::read_write).value();
      core::Result<void> done;
      {
        const test::SqliteFaults faults(disk, test::SqliteFaults::Counted::all);
        disk.fail_at(nth, fault);
        done = record(book);
        // The process ends.
        book.ledger = Ledger::open(before, db::Mode::read_only).value();
      }
      const bool failed = disk.failed();
      disk.heal();
      book.ledger = Ledger::open(book.path(), db::Mode::read_write).value();
      const auto verified = ledger::verify(book.ledger, book.verifier);
      REQUIRE_MESSAGE(verified, verified.error().message);
      const bool is_there = verified->head.size == size + 2;
      CHECK((is_there || verified->head.size == size));
      CHECK((is_there || !done));
      CHECK((done || done.error().code == core::Code::not_recorded));
      if (is_there && !done) ++unknown;
      CHECK(book.ledger.originals(test::original_of(5).sha256)->size() == (is_there ? 1 : 0));
      CHECK(book.add(Kind::hold) == verified->head.size);
      if (!failed) {
        CHECK(done);
        break;
      }
    }
  }
  // Where only the news of a commit was lost, it happened.
  CHECK(unknown > 0);
  MESSAGE(points << " faults of the disk");
}
