#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "db/database.hpp"
#include "file.hpp"

using namespace airlock;
using core::Code;
using db::Database;
using db::Mode;
using test::overwrite;
using test::with_table;
using test::writable;

TEST_CASE("the check finds a damaged page and a row without its index entry") {
  const test::TemporaryDirectory folder;
  const std::string path = with_table(folder);
  REQUIRE(writable(path).run("INSERT INTO t (n, word) VALUES (1, 'one'), (2, 'two')"));
  REQUIRE(writable(path).check());
  SUBCASE("a changed value") {
    std::ifstream in(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    overwrite(path, static_cast<std::streamoff>(bytes.find("two")), "TWO");
    const auto found = writable(path).check();
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Code::integrity);
    CHECK(found.error().message.find("missing from index") != std::string::npos);
  }
  SUBCASE("a page of noise") {
    overwrite(path, 4096, std::string(4096, '\xA5'));
    CHECK(writable(path).check().error().code == Code::integrity);
    const auto read = writable(path).number("SELECT raw FROM t");
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Code::integrity);
  }
}

namespace {

/// A database that is too large to be checked in its place.
std::string large(const test::TemporaryDirectory& folder) {
  std::string path = with_table(folder);
  Database database = writable(path);
  REQUIRE(
      database.run("INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) "
                   "SELECT i, 'word ' || i, randomblob(4000) FROM n"));
  REQUIRE(database.number("PRAGMA page_count").value() * 4096 > db::check_in_place_maximum);
  return path;
}

}  // namespace

TEST_CASE("a copy has every row and is sound, also while somebody goes on writing") {
  const test::TemporaryDirectory folder;
  const std::string path = large(folder);
  const std::string copied = folder / "copy.db";
  std::ofstream(copied).close();
  Database source = writable(path);

  std::atomic<bool> done = false;
  std::int64_t written = 0;
  std::thread writer([&] {
    Database other = writable(path);
    while (!done) {
      REQUIRE(other.run("INSERT INTO t (word) VALUES ('more ' || hex(randomblob(8)))"));
      std::this_thread::sleep_for(std::chrono::milliseconds(2));  // so that the copy gets its turn on a slow machine
      ++written;
    }
  });
  const auto copying = source.copy_to(copied);
  done = true;
  writer.join();
  REQUIRE_MESSAGE(copying, copying.error().message);
  CHECK(written > 0);
  auto copy = Database::open(copied, Mode::read_only);
  REQUIRE(copy);
  CHECK(copy->check());
  CHECK(copy->number("SELECT count(*) FROM t WHERE raw IS NOT NULL").value() == 600);
}

TEST_CASE("the check of a large file, which is made on a copy, finds what the one in place finds, and leaves no file") {
  const test::TemporaryDirectory folder;
  const std::string path = large(folder);
  CHECK(writable(path).check());
  overwrite(path, 4096 * 300 + 3, std::string(64, '\x5a'));
  const auto checked = writable(path).check();
  REQUIRE_FALSE(checked);
  CHECK(checked.error().code == Code::integrity);
  CHECK(checked.error().message.find(path) != std::string::npos);
  for (const auto& each : std::filesystem::directory_iterator(folder / ".")) {
    CHECK(each.path().filename() == "x.db");
  }
}

TEST_CASE("a copy to a full disk or over nothing is an error that names the copy") {
  const test::TemporaryDirectory folder;
  Database source = writable(with_table(folder));
  const auto nowhere = source.copy_to(folder / "none.db");
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().message.find("none.db") != std::string::npos);
}
