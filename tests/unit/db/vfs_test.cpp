// What a connection may reach: somebody has planted files where SQLite looks for them.
#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "db/database.hpp"
#include "temporary_directory.hpp"

using namespace airlock;
using core::Code;
using db::Database;
using db::Mode;

namespace {

namespace fs = std::filesystem;

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

std::string big_endian(std::uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFFU);
  return out;
}

const std::string magic = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7";

/// As SQLite ends the journal of one of several databases (pager.c, `writeSuperJournal`), without the page number in
/// front.
std::string naming(const std::string& target) {
  std::uint32_t sum = 0;
  for (const char c : target) sum += static_cast<std::uint32_t>(static_cast<signed char>(c));
  return target + big_endian(static_cast<std::uint32_t>(target.size())) + big_endian(sum) + magic;
}

/// A database with one row, and what a process leaves that is killed within a large transaction.
struct Crashed {
  test::TemporaryDirectory folder;
  std::string path = folder / "x.db";
  std::string journal = path + "-journal";

  Crashed() {
    const std::string live = folder / "live.db";
    std::ofstream(live).close();
    auto database = Database::open(live, Mode::read_write).value();
    REQUIRE(database.run("CREATE TABLE t (n INTEGER PRIMARY KEY, word TEXT) STRICT; INSERT INTO t VALUES (1, 'one')"));
    REQUIRE(database.run("PRAGMA cache_size = 1"));
    auto transaction = db::Transaction::begin(database).value();
    REQUIRE(
        database.run("WITH RECURSIVE c(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM c WHERE i < 600)"
                     "INSERT INTO t (n, word) SELECT i, 'word ' || i FROM c"));
    fs::copy(live, path);
    fs::copy(live + "-journal", journal);
  }
};

std::string sound(const test::TemporaryDirectory& folder) {
  std::string path = folder / "x.db";
  std::ofstream(path).close();
  auto database = Database::open(path, Mode::read_write).value();
  REQUIRE(database.run("CREATE TABLE t (n INTEGER PRIMARY KEY) STRICT"));
  return path;
}

/// How both ways of opening end.
core::Error refusal(const std::string& path) {
  const auto reader = Database::open(path, Mode::read_only);
  const auto writer = Database::open(path, Mode::read_write);
  REQUIRE_FALSE(reader);
  REQUIRE_FALSE(writer);
  CHECK(reader.error().message == writer.error().message);
  CHECK(reader.error().code == Code::integrity);
  CHECK(writer.error().code == Code::integrity);
  CHECK_FALSE(writer.error().hint.empty());
  return writer.error();
}

struct Planted {
  const char* what;
  std::function<void(const std::string&)> make;
};

const std::array<Planted, 5> no_files{{
    {"a FIFO", [](const std::string& at) { REQUIRE(::mkfifo(at.c_str(), 0600) == 0); }},
    {"a folder", [](const std::string& at) { fs::create_directory(at); }},
    {"a symbolic link", [](const std::string& at) { fs::create_symlink(fs::path(at).parent_path() / "target", at); }},
    {"a symbolic link", [](const std::string& at) { fs::create_symlink("/dev/null", at); }},
    {"a socket",
     [](const std::string& at) {
       const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
       sockaddr_un name{};
       name.sun_family = AF_UNIX;
       std::strncpy(static_cast<char*>(name.sun_path), at.c_str(), sizeof name.sun_path - 1);
       REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
       ::close(fd);
     }},
}};

}  // namespace

TEST_CASE("a journal that names a super-journal is refused, and what it names stays") {
  const Crashed crashed;
  const std::string victim = crashed.folder / "site.key";
  write(victim, "secret");
  const std::string before = read(crashed.path);
  SUBCASE("the journal of a real crash") {}
  SUBCASE("a journal of nothing but the name, which SQLite would not play back") { write(crashed.journal, ""); }
  write(crashed.journal, read(crashed.journal) + big_endian(1) + naming(victim));
  const std::string journal = read(crashed.journal);
  const auto error = refusal(crashed.path);
  CHECK(error.message.find(crashed.journal) != std::string::npos);
  CHECK(error.message.find("site.key") != std::string::npos);
  CHECK(read(victim) == "secret");
  CHECK(read(crashed.path) == before);
  CHECK(read(crashed.journal) == journal);
}

TEST_CASE("a name that is appended while the journal is played back is refused as well, and the journal kept") {
  // The journal is looked at when it is opened, and SQLite reads its end again later. SQLite's own call to read it is
  // where the test appends.
  static std::string victim;
  static std::string target;
  static int appended = 0;
  const Crashed crashed;
  victim = crashed.folder / "site.key";
  target = crashed.journal;
  appended = 0;
  write(victim, "secret");
  sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
  static std::uint64_t reads = 0;
  reads = 0;
  using Pread = ssize_t (*)(int, void*, size_t, off_t);
  const Pread late = [](int fd, void* into, size_t size, off_t at) -> ssize_t {
    const auto got = ::pread(fd, into, size, at);
    struct stat open {};
    struct stat named {};
    const bool journal = ::fstat(fd, &open) == 0 && ::stat(target.c_str(), &named) == 0 && open.st_ino == named.st_ino;
    // The header is read last by the check, for reading and for writing: the second time nothing else is checked.
    if (journal && at == 0 && size == 28 && ++reads == 2) {
      std::ofstream(target, std::ios::binary | std::ios::app) << big_endian(1) + naming(victim);
      ++appended;
    }
    return got;
  };
  for (const char* name : {"pread", "pread64"}) {
    vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(late));
  }
  const auto opened = Database::open(crashed.path, Mode::read_write);
  for (const char* name : {"pread", "pread64"}) vfs->xSetSystemCall(vfs, name, nullptr);
  CHECK(appended == 1);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Code::integrity);
  CHECK(opened.error().message.find("site.key") != std::string::npos);
  CHECK(read(victim) == "secret");
  CHECK(fs::file_size(crashed.journal) > 0);
}

TEST_CASE("what is no regular file is neither a journal nor a database, and nobody waits for it") {
  for (const Planted& planted : no_files) {
    CAPTURE(planted.what);
    {
      const test::TemporaryDirectory folder;
      const std::string path = sound(folder);
      planted.make(path + "-journal");
      const auto error = refusal(path);
      CHECK(error.message.find("x.db-journal") != std::string::npos);
      CHECK(error.message.find(planted.what) != std::string::npos);
      CHECK(fs::symlink_status(path + "-journal").type() != fs::file_type::not_found);
    }
    {
      const test::TemporaryDirectory folder;
      planted.make(folder / "x.db");
      CHECK(refusal(folder / "x.db").message.find(planted.what) != std::string::npos);
    }
  }
}

TEST_CASE("a journal that appears as a FIFO or link under an open connection stops the next statement") {
  const test::TemporaryDirectory folder;
  const std::string path = sound(folder);
  auto database = Database::open(path, Mode::read_write).value();
  for (const Planted& planted : no_files) {
    CAPTURE(planted.what);
    planted.make(path + "-journal");
    const auto written = database.run("INSERT INTO t VALUES (NULL)");
    REQUIRE_FALSE(written);
    CHECK(written.error().code == Code::integrity);
    CHECK_FALSE(database.number("SELECT count(*) FROM t"));
    fs::remove_all(path + "-journal");
    CHECK(database.number("SELECT count(*) FROM t").value() == 0);
  }
  CHECK(database.run("INSERT INTO t VALUES (NULL)"));
}

TEST_CASE("a journal with a second name is refused: emptying it would empty the other") {
  const test::TemporaryDirectory folder;
  const std::string path = sound(folder);
  write(folder / "site.key", "secret");
  fs::create_hard_link(folder / "site.key", path + "-journal");
  CHECK(refusal(path).message.find("hard link") != std::string::npos);
  CHECK(read(folder / "site.key") == "secret");
}

TEST_CASE("a journal that more people may write than the database is refused") {
  const Crashed crashed;
  fs::permissions(crashed.path, fs::perms(0600));
  fs::permissions(crashed.journal, fs::perms(0620));
  CHECK(refusal(crashed.path).message.find("may not write the database") != std::string::npos);
  fs::permissions(crashed.journal, fs::perms(0600));
  if (::geteuid() == 0) {
    REQUIRE(::chown(crashed.journal.c_str(), 65534, 65534) == 0);
    CHECK(refusal(crashed.path).message.find("may not write the database") != std::string::npos);
    REQUIRE(::chown(crashed.journal.c_str(), 0, 0) == 0);
  }
  CHECK(Database::open(crashed.path, Mode::read_write).value().number("SELECT count(*) FROM t").value() == 1);
}

TEST_CASE("a journal cannot make the database larger than it and the journal are") {
  const Crashed crashed;
  const auto before = fs::file_size(crashed.path);
  std::string journal = read(crashed.journal);
  SUBCASE("pages") { journal.replace(16, 4, "\xff\xff\xff\xff"); }
  SUBCASE("large pages") { journal.replace(24, 4, big_endian(65536)); }
  SUBCASE("as many as would fit, and then some") { journal.replace(16, 4, big_endian(1000)); }
  write(crashed.journal, journal);
  CHECK(refusal(crashed.path).message.find("not belong to this database") != std::string::npos);
  CHECK(fs::file_size(crashed.path) == before);
}

TEST_CASE("a database in WAL mode, and one with a write-ahead log beside it, is refused and nothing is written") {
  const test::TemporaryDirectory folder;
  const std::string path = sound(folder);
  SUBCASE("the header says so") {
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &other) == SQLITE_OK);
    REQUIRE(sqlite3_exec(other, "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(other);
    CHECK(refusal(path).message.find("WAL mode") != std::string::npos);
    CHECK_FALSE(fs::exists(path + "-wal"));
    CHECK_FALSE(fs::exists(path + "-shm"));
  }
  SUBCASE("a log was planted") {
    write(path + "-wal", "planted");
    CHECK(refusal(path).message.find("x.db-wal") != std::string::npos);
    CHECK(read(path + "-wal") == "planted");
  }
  SUBCASE("a FIFO was planted as the log") {
    REQUIRE(::mkfifo((path + "-wal").c_str(), 0600) == 0);
    CHECK(refusal(path).message.find("x.db-wal") != std::string::npos);
  }
}

TEST_CASE("neither a connection nor a copy reaches another file") {
  const test::TemporaryDirectory folder;
  const std::string path = sound(folder);
  write(folder / "other.db", "");
  auto database = Database::open(path, Mode::read_write).value();
  for (const std::string& sql : {"ATTACH '" + (folder / "other.db") + "' AS o", std::string("ATTACH 'file:x' AS o"),
                                 std::string("VACUUM INTO '") + (folder / "new.db") + "'",
                                 std::string("SELECT load_extension('/usr/lib/x.so')")}) {
    CAPTURE(sql);
    CHECK_FALSE(database.run(sql));
  }
  CHECK_FALSE(fs::exists(folder / "new.db"));
  // Temporary tables, sorters and statement journals stay in memory.
  REQUIRE(
      database.run("CREATE TEMP TABLE s AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE "
                   "i < 20000) SELECT i, hex(randomblob(50)) AS word FROM c; SELECT count(*) FROM (SELECT word "
                   "FROM s ORDER BY word)"));
  CHECK(database.number("SELECT count(*) FROM s").value() == 20000);
  fs::create_symlink(folder / "other.db", folder / "copy.db");
  const auto copied = database.copy_to(folder / "copy.db");
  REQUIRE_FALSE(copied);
  CHECK(copied.error().code == Code::integrity);
  CHECK(fs::file_size(folder / "other.db") == 0);
}

TEST_CASE("two connections in two threads open their own files at once") {
  const test::TemporaryDirectory folder;
  std::array<std::thread, 2> threads;
  for (std::size_t i = 0; i < threads.size(); ++i) {
    threads[i] = std::thread([&, i] {
      const std::string path = folder / (std::to_string(i) + ".db");
      std::ofstream(path).close();
      for (int round = 0; round < 20; ++round) {
        auto database = Database::open(path, Mode::read_write).value();
        REQUIRE(database.run("CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY) STRICT"));
        REQUIRE(database.number("SELECT count(*) FROM t").value() == 0);
      }
    });
  }
  for (std::thread& each : threads) each.join();
}
