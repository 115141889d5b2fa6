#include "db/database.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <thread>

#include "file.hpp"

using namespace airlock;
using core::Code;
using db::Database;
using db::Mode;
using test::pragma_text;
using test::with_table;
using test::writable;

namespace {

/// While it lives every read of SQLite's is one from a disk that fails.
class UnreadableDisk {
 public:
  UnreadableDisk() { put(reinterpret_cast<sqlite3_syscall_ptr>(&fail)); }
  UnreadableDisk(const UnreadableDisk&) = delete;
  UnreadableDisk& operator=(const UnreadableDisk&) = delete;
  ~UnreadableDisk() { put(nullptr); }

 private:
  static ssize_t fail(int, void*, size_t, off_t) {
    errno = EIO;
    return -1;
  }
  static void put(sqlite3_syscall_ptr call) {
    sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
    for (const char* name : {"pread", "pread64"}) vfs->xSetSystemCall(vfs, name, call);
  }
};

}  // namespace

TEST_CASE("a connection has every setting that keeps the file safe") {
  const test::TemporaryDirectory folder;
  Database database = writable(with_table(folder));
  CHECK(pragma_text(database, "journal_mode") == "delete");
  CHECK(pragma_text(database, "synchronous") == "3");  // EXTRA
  CHECK(pragma_text(database, "foreign_keys") == "1");
  CHECK(pragma_text(database, "trusted_schema") == "0");
  CHECK(pragma_text(database, "cell_size_check") == "1");
  CHECK(pragma_text(database, "recursive_triggers") == "1");
  CHECK(pragma_text(database, "temp_store") == "2");  // MEMORY
  CHECK(pragma_text(database, "busy_timeout") == "5000");
  CHECK(database.number("PRAGMA mmap_size").value() == 0);
  // DEFENSIVE has no pragma of its own: it forbids this one.
  REQUIRE(database.run("PRAGMA writable_schema = ON"));
  CHECK_FALSE(database.run("UPDATE sqlite_schema SET sql = ''"));
  CHECK_FALSE(database.run("ATTACH ':memory:' AS other"));
  CHECK_FALSE(database.prepare("SELECT \"word that is no column\" FROM t"));
}

TEST_CASE("what is bound comes back byte for byte") {
  const test::TemporaryDirectory folder;
  Database database = writable(with_table(folder));
  const std::string bytes("a\0b\xFF", 4);
  {
    auto insert = database.prepare("INSERT INTO t VALUES (?, ?, ?)");
    REQUIRE(insert);
    REQUIRE(insert->bind(INT64_MIN).bind("snow ❄").bind_blob(bytes).run());
    insert->reset();
    REQUIRE(insert->bind(INT64_MAX).bind(std::string_view()).bind_blob({}).run());
    REQUIRE(database.run("INSERT INTO t (n) VALUES (0)"));
  }
  auto rows = database.prepare("SELECT n, word, raw FROM t ORDER BY n");
  REQUIRE(rows);
  REQUIRE(rows->step().value());
  CHECK(rows->integer(0) == INT64_MIN);
  CHECK(rows->text(1) == "snow ❄");
  CHECK(rows->blob(2) == bytes);
  REQUIRE(rows->step().value());
  CHECK(rows->is_null(1));
  REQUIRE(rows->step().value());
  CHECK(rows->integer(0) == INT64_MAX);
  CHECK_FALSE(rows->is_null(1));
  CHECK(rows->text(1).empty());
  CHECK_FALSE(rows->is_null(2));
  CHECK_FALSE(rows->step().value());
}

TEST_CASE("a failed binding shows at the next step") {
  const test::TemporaryDirectory folder;
  Database database = writable(with_table(folder));
  auto insert = database.prepare("INSERT INTO t (n) VALUES (?)");
  REQUIRE(insert);
  const auto too_many = insert->bind(std::int64_t{1}).bind(std::int64_t{2}).run();
  REQUIRE_FALSE(too_many);
  CHECK(too_many.error().code == Code::unexpected);
  CHECK(too_many.error().message.find("parameter") != std::string::npos);
  CHECK(database.number("SELECT count(*) FROM t").value() == 0);

  auto select = database.prepare("SELECT ?");
  REQUIRE(select);
  CHECK_FALSE(select->bind(std::string(db::value_limit + 1, 'x')).step());
  select->reset();
  CHECK(select->bind("x").step().value());
}

TEST_CASE("only one whole statement can be prepared") {
  const test::TemporaryDirectory folder;
  Database database = writable(with_table(folder));
  CHECK_FALSE(database.prepare(""));
  CHECK_FALSE(database.prepare("SELECT 1; SELECT 2"));
  CHECK_FALSE(database.prepare("SELECT"));
  CHECK_FALSE(database.number("SELECT n FROM t"));
  CHECK_FALSE(database.prepare("SELECT 1")->run());
}

TEST_CASE("a statement that is prepared again begins anew, while another of the same text goes on") {
  const test::TemporaryDirectory folder;
  Database database = writable(with_table(folder));
  REQUIRE(database.run("INSERT INTO t (n) VALUES (1), (2), (3)"));
  constexpr std::string_view above = "SELECT n FROM t WHERE n > ? ORDER BY n";
  {
    auto first = database.prepare(above).value();
    REQUIRE(first.bind(std::int64_t{0}).step().value());
    auto second = database.prepare(above).value();
    REQUIRE(second.bind(std::int64_t{2}).step().value());
    CHECK(second.integer(0) == 3);
    REQUIRE(first.step().value());
    CHECK(first.integer(0) == 2);
  }
  // NULL is above nothing: the parameters of former uses are gone.
  auto again = database.prepare(above).value();
  CHECK_FALSE(again.step().value());
}

TEST_CASE("a statement that is kept for later holds no lock, and sees a schema that changed meanwhile") {
  const test::TemporaryDirectory folder;
  const std::string path = with_table(folder);
  Database reader = writable(path);
  REQUIRE(reader.run("INSERT INTO t (n) VALUES (1)"));
  CHECK(reader.number("SELECT count(*) FROM t").value() == 1);
  {
    auto row = reader.prepare("SELECT * FROM t").value();
    REQUIRE(row.step().value());
  }
  Database writer = writable(path);
  REQUIRE(writer.run("ALTER TABLE t ADD COLUMN more INTEGER; UPDATE t SET more = 7"));
  auto row = reader.prepare("SELECT * FROM t").value();
  REQUIRE(row.step().value());
  CHECK(row.integer(3) == 7);
}

TEST_CASE("a connection keeps any number of statements of different texts, and closes") {
  const test::TemporaryDirectory folder;
  Database database = writable(with_table(folder));
  for (int i = 0; i < 200; ++i) CHECK(database.number("SELECT " + std::to_string(i)).value() == i);
  CHECK(database.number("SELECT 0").value() == 0);
}

TEST_CASE("a missing file is bad input, and a text file is no database") {
  const test::TemporaryDirectory folder;
  const auto missing = Database::open(folder / "none.db", Mode::read_write);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Code::bad_input);
  CHECK(missing.error().message == "`" + (folder / "none.db") + "`: does not exist");
  CHECK_FALSE(missing.error().hint.empty());
  CHECK_FALSE(std::filesystem::exists(folder / "none.db"));

  std::ofstream(folder / "text.db") << std::string(4096, 'x');
  const auto text = Database::open(folder / "text.db", Mode::read_only);
  REQUIRE_FALSE(text);
  CHECK(text.error().code == Code::integrity);
  CHECK(text.error().message == "`" + (folder / "text.db") + "`: is not a database");
}

TEST_CASE("a name that SQLite would take for a URI or for memory is a file name") {
  const test::TemporaryDirectory folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  for (const std::string name : {"file:x.db?mode=memory", ":memory:"}) {
    CAPTURE(name);
    CHECK(Database::open(name, Mode::read_write).error().code == Code::bad_input);
    std::ofstream(name).close();
    CHECK(Database::open(name, Mode::read_write).value().path() == folder / name);
  }
  std::filesystem::current_path(before);
}

TEST_CASE("a folder that is reached through a symbolic link works") {
  const test::TemporaryDirectory folder;
  with_table(folder);
  std::filesystem::create_directory_symlink(folder.path(), folder / "link");
  CHECK(writable(folder / "link/x.db").number("SELECT count(*) FROM t").value() == 0);
}

TEST_CASE("a journal has the permissions of its file") {
  const test::TemporaryDirectory folder;
  const std::string path = with_table(folder);
  std::filesystem::permissions(path, std::filesystem::perms(0600));
  Database database = writable(path);
  auto transaction = db::Transaction::begin(database);
  REQUIRE(transaction);
  REQUIRE(database.run("INSERT INTO t (n) VALUES (1)"));
  REQUIRE(std::filesystem::exists(path + "-journal"));
  CHECK(std::filesystem::status(path + "-journal").permissions() == std::filesystem::perms(0600));
}

TEST_CASE("read_only reads and refuses to write") {
  const test::TemporaryDirectory folder;
  const std::string path = with_table(folder);
  auto database = Database::open(path, Mode::read_only);
  REQUIRE(database);
  CHECK(database->number("SELECT count(*) FROM t").value() == 0);
  const auto written = database->run("INSERT INTO t (n) VALUES (1)");
  REQUIRE_FALSE(written);
  CHECK(written.error().code == Code::not_recorded);
  CHECK(written.error().message == "`" + path + "`: cannot be written");
}

TEST_CASE("read_only refuses a file with an interrupted change, and a writer undoes that") {
  const test::TemporaryDirectory folder;
  const std::string path = with_table(folder);
  REQUIRE(writable(path).run("INSERT INTO t (n) VALUES (1)"));
  {
    Database database = writable(path);
    // More than the page cache holds, so that SQLite writes into the file before COMMIT and needs the journal.
    REQUIRE(database.run("PRAGMA cache_size = 1"));
    auto transaction = db::Transaction::begin(database);
    REQUIRE(transaction);
    REQUIRE(
        database.run("WITH RECURSIVE c(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM c WHERE i < 600)"
                     "INSERT INTO t (n, word) SELECT i, 'word ' || i FROM c"));
    std::filesystem::copy(path, folder / "crashed.db");
    std::filesystem::copy(path + "-journal", folder / "crashed.db-journal");
  }
  const auto reader = Database::open(folder / "crashed.db", Mode::read_only);
  REQUIRE_FALSE(reader);
  CHECK(reader.error().code == Code::not_recorded);
  CHECK(reader.error().message.find("a change was cut short") != std::string::npos);

  Database writer = writable(folder / "crashed.db");
  CHECK(writer.number("SELECT count(*) FROM t").value() == 1);
  CHECK(writer.check());
}

TEST_CASE("a transaction that is not committed leaves nothing") {
  const test::TemporaryDirectory folder;
  const std::string path = with_table(folder);
  Database database = writable(path);
  {
    auto transaction = db::Transaction::begin(database);
    REQUIRE(transaction);
    REQUIRE(database.run("INSERT INTO t (n) VALUES (1)"));
    auto moved = std::move(*transaction);
  }
  CHECK(database.number("SELECT count(*) FROM t").value() == 0);
  {
    auto transaction = db::Transaction::begin(database);
    REQUIRE(transaction);
    REQUIRE(database.run("INSERT INTO t (n) VALUES (1)"));
    REQUIRE(transaction->commit());
  }
  CHECK(writable(path).number("SELECT count(*) FROM t").value() == 1);
}

TEST_CASE("a second writer waits, then is told that the file is in use") {
  const test::TemporaryDirectory folder;
  const std::string path = with_table(folder);
  Database first = writable(path);
  Database second = writable(path);
  auto transaction = db::Transaction::begin(first);
  REQUIRE(transaction);
  REQUIRE(second.run("PRAGMA busy_timeout = 20"));
  const auto refused = db::Transaction::begin(second);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::not_recorded);
  CHECK(refused.error().message == "`" + path + "`: is in use by another process");

  REQUIRE(second.run("PRAGMA busy_timeout = 5000"));
  std::thread soon([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    CHECK(transaction->commit());
  });
  CHECK(db::Transaction::begin(second));
  soon.join();
}

TEST_CASE("COMMIT that a reader holds up is an error, and the destructor rolls back") {
  const test::TemporaryDirectory folder;
  const std::string path = with_table(folder);
  REQUIRE(writable(path).run("INSERT INTO t (n) VALUES (1), (2)"));
  Database reader = writable(path);
  auto rows = reader.prepare("SELECT n FROM t");
  REQUIRE(rows->step().value());

  Database writer = writable(path);
  REQUIRE(writer.run("PRAGMA busy_timeout = 20"));
  {
    auto transaction = db::Transaction::begin(writer);
    REQUIRE(writer.run("INSERT INTO t (n) VALUES (3)"));
    CHECK(transaction->commit().error().code == Code::not_recorded);
  }
  rows->reset();
  CHECK(writer.number("SELECT count(*) FROM t").value() == 2);
}

TEST_CASE("a full disk is not_recorded") {
  const test::TemporaryDirectory folder;
  Database database = writable(with_table(folder));
  REQUIRE(database.run("PRAGMA max_page_count = 4"));
  const auto full = database.run("INSERT INTO t (n, raw) VALUES (1, zeroblob(100000))");
  REQUIRE_FALSE(full);
  CHECK(full.error().code == Code::not_recorded);
  CHECK(full.error().message.find("no room") != std::string::npos);
  CHECK(database.number("SELECT count(*) FROM t").value() == 0);
}

TEST_CASE("a disk that cannot be read is not_recorded and no damage, whatever SQLite calls it") {
  const test::TemporaryDirectory folder;
  Database database = writable(with_table(folder));
  REQUIRE(database.number("SELECT count(*) FROM t"));
  {
    const UnreadableDisk disk;
    const auto read = database.number("SELECT count(*) FROM t");
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Code::not_recorded);
    CHECK(read.error().message.find("cannot be read") != std::string::npos);
  }
  CHECK(database.number("SELECT count(*) FROM t").value() == 0);
}

TEST_CASE("a file that was removed under the connection is not written") {
  const test::TemporaryDirectory folder;
  const std::string path = with_table(folder);
  Database database = writable(path);
  std::filesystem::rename(path, folder / "elsewhere.db");
  const auto written = database.run("INSERT INTO t (n) VALUES (1)");
  REQUIRE_FALSE(written);
  CHECK(written.error().code == Code::not_recorded);
  CHECK(written.error().message.find("moved or replaced") != std::string::npos);
}
