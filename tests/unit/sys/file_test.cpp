#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "sys/drop.hpp"
#include "sys/file_system.hpp"
#include "sys/lock.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/read_file.hpp"
#include "sys/system.hpp"
#include "sys/world.hpp"
#include "sys/write_file.hpp"
#include "temporary_directory.hpp"

using namespace airlock::sys;
using airlock::core::Code;
using airlock::test::TemporaryDirectory;

namespace {
unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}
}  // namespace

TEST_CASE("a created file is complete, has its mode whatever the umask, and is never overwritten") {
  const TemporaryDirectory dir;
  const auto before = umask(0077);
  CHECK(create_file(dir / "a", "one", public_file));
  umask(before);
  CHECK(mode_of(dir / "a") == 0644);
  CHECK(read_file(dir / "a", 3).value() == "one");
  const auto again = create_file(dir / "a", "two", public_file);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Code::refused);
  CHECK(read_file(dir / "a", 3).value() == "one");
  CHECK(replace_file(dir / "a", "two", private_file));
  CHECK(read_file(dir / "a", 3).value() == "two");
  CHECK(mode_of(dir / "a") == 0600);
  CHECK(list_directory(dir.path()).value() == std::vector<std::string>{"a"});  // no hidden file stays behind
}

TEST_CASE("what is not a readable file of bounded size is refused with its path") {
  const TemporaryDirectory dir;
  REQUIRE(create_file(dir / "a", "four", public_file));
  CHECK(read_file(dir / "a", 3).error().message.ends_with("is larger than 3 bytes"));
  CHECK(read_file(dir.path(), 3).error().message.ends_with("is a directory, not a file"));
  CHECK(read_file(dir / "none", 3).error().message == "`" + (dir / "none") + "`: open: no such file or directory");
  REQUIRE(mkfifo((dir / "pipe").c_str(), 0600) == 0);
  CHECK(read_file(dir / "pipe", 3).error().message.ends_with("is not a regular file"));
  CHECK(InputSource::open(dir.path()).error().code == Code::bad_input);
}

TEST_CASE("a secret that others can read is refused") {
  const TemporaryDirectory dir;
  REQUIRE(create_file(dir / "key", "secret", 0640));
  const auto key = read_private_file(dir / "key", 10);
  REQUIRE_FALSE(key);
  CHECK(key.error().code == Code::refused);
  REQUIRE(chmod((dir / "key").c_str(), 0600) == 0);
  CHECK(read_private_file(dir / "key", 10).value() == "secret");
}

TEST_CASE("a new file goes away unless it is kept, and gives back what it reserved") {
  const TemporaryDirectory dir;
  {
    auto file = NewFile::create(dir / "x", private_file);
    REQUIRE(file);
    CHECK(file->write("abc"));
  }
  CHECK_FALSE(exists(dir / "x"));
  {
    auto file = NewFile::create(dir / "x", private_file);
    REQUIRE(file);
    CHECK(file->reserve(100000));
    CHECK(file->write("abc"));
    CHECK(file->sync());
    file->keep();
  }
  CHECK(read_file(dir / "x", 10).value() == "abc");
}

TEST_CASE("what is not there is told from what cannot be looked for") {
  const TemporaryDirectory dir;
  std::ofstream(dir / "file").close();
  std::filesystem::create_symlink("nowhere", dir / "dangling");
  CHECK(look_for(dir / "file").value());
  CHECK(look_for(dir / "dangling").value());
  CHECK_FALSE(look_for(dir / "other").value());
  CHECK_FALSE(look_for(dir / "file/other").value());
  CHECK_FALSE(look_for(dir / std::string(300, 'x')));
  CHECK(look_for_directory(dir / "").value());
  CHECK_FALSE(look_for_directory(dir / "file").value());
  CHECK_FALSE(look_for_directory(dir / "dangling").value());
  CHECK_FALSE(look_for_directory(dir / std::string(300, 'x')));
  REQUIRE(create_file(dir / "public", "one", public_file));
  CHECK_FALSE(attributes_of(dir / "public").value()->directory);
  CHECK(attributes_of(dir / "public").value()->permissions == public_file);
  REQUIRE(make_directory(dir / "inbox", 01730));
  CHECK(attributes_of(dir / "inbox").value()->directory);
  CHECK(attributes_of(dir / "inbox").value()->permissions == 01730);
  CHECK_FALSE(attributes_of(dir / "none").value());
  CHECK_FALSE(attributes_of(dir / "dangling").value());
  CHECK_FALSE(attributes_of(dir / std::string(300, 'x')));
}

TEST_CASE("scratch space is read anywhere and leaves no name") {
  const TemporaryDirectory dir;
  auto spool = Spool::create(dir.path());
  REQUIRE(spool);
  CHECK(spool->write("hello "));
  CHECK(spool->write("world"));
  CHECK(airlock::core::to_string(*spool, 100).value() == "hello world");
  char part[3];
  CHECK(spool->read_at(9, part).value() == 2);
  CHECK(list_directory(dir.path()).value().empty());
}

TEST_CASE("a lock keeps others out until it goes") {
  const TemporaryDirectory dir;
  {
    const auto held = Lock::acquire(dir / "lock", 0);
    REQUIRE(held);
    const auto second = Lock::acquire(dir / "lock", 0);
    REQUIRE_FALSE(second);
    CHECK(second.error().code == Code::not_recorded);
  }
  CHECK(Lock::acquire(dir / "lock", 0));
}

TEST_CASE("the file system of a test machine will do, and the probe leaves nothing") {
  const TemporaryDirectory dir;
  CHECK(check_file_system(dir.path()));
  CHECK(list_directory(dir.path()).value().empty());
  CHECK_FALSE(check_file_system(dir / "none"));
}

TEST_CASE("random values differ") {
  CHECK(random_bytes(16) != random_bytes(16));
  CHECK(random_uuid() != random_uuid());
}

TEST_CASE("a dropped file that changes while it is read is noticed, and so are links") {
  const airlock::test::TemporaryDirectory folder;
  const std::string path = folder / "report";
  REQUIRE(airlock::sys::create_file(path, "{}", 0644));
  CHECK(airlock::sys::look_at_drop(path) == airlock::sys::Drop::unsettled);
  auto file = airlock::sys::DroppedFile::open(path);
  REQUIRE(file);
  CHECK(file->unchanged().value());
  std::ofstream(path, std::ios::app) << "more";
  CHECK_FALSE(file->unchanged().value());
  REQUIRE(airlock::sys::link_file(path, folder / "second"));
  CHECK(airlock::sys::look_at_drop(path) == airlock::sys::Drop::linked);
  CHECK_FALSE(airlock::sys::DroppedFile::open(path));
  std::filesystem::create_symlink(path, folder / "symbolic");
  CHECK(airlock::sys::look_at_drop(folder / "symbolic") == airlock::sys::Drop::not_a_file);
  CHECK_FALSE(airlock::sys::DroppedFile::open(folder / "symbolic"));
  CHECK(airlock::sys::look_at_drop(folder / "nothing") == airlock::sys::Drop::gone);
  REQUIRE(airlock::sys::create_file(folder / "taken", "", 0644));
  CHECK_FALSE(airlock::sys::rename_drop(path, folder / "taken"));
}

TEST_CASE("a dropped file is taken only where it is one of its own that nobody writes, and never over another") {
  const TemporaryDirectory folder;
  REQUIRE(create_file(folder / "report", "{}", public_file));
  {
    std::ofstream writer(folder / "report", std::ios::app);
    CHECK(take_drop(folder / "report", folder / "claimed").value() == TakeResult::not_now);
  }
  std::filesystem::create_symlink(folder / "report", folder / "symbolic");
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  REQUIRE(make_directory(folder / "folder", 0700));
  for (const std::string name : {"symbolic", "pipe", "folder", "nothing"}) {
    CAPTURE(name);
    CHECK(take_drop(folder / name, folder / "claimed").value() == TakeResult::not_now);
  }
  REQUIRE(link_file(folder / "report", folder / "second"));
  CHECK(take_drop(folder / "report", folder / "claimed").value() == TakeResult::not_now);
  REQUIRE(remove_file(folder / "second"));
  CHECK_FALSE(exists(folder / "claimed"));
  REQUIRE(create_file(folder / "taken", "other", public_file));
  CHECK_FALSE(take_drop(folder / "report", folder / "taken"));
  CHECK(take_drop(folder / "report", folder / "claimed").value() == TakeResult::yes);
  CHECK(read_file(folder / "claimed", 10).value() == "{}");
  CHECK_FALSE(exists(folder / "report"));
}

TEST_CASE("only files of one's own are removed, and lines go into no link and no file with other names") {
  const TemporaryDirectory folder;
  REQUIRE(create_file(folder / "file", "one\n", public_file));
  std::filesystem::create_symlink(folder / "file", folder / "symbolic");
  REQUIRE(make_directory(folder / "folder", 0700));
  REQUIRE(create_file(folder / "folder/inside", "", public_file));
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  for (const std::string name : {"symbolic", "folder", "pipe", "nothing"}) CHECK(remove_if_file(folder / name));
  CHECK(kind_of(folder / "symbolic").value() == FileKind::link);
  CHECK(kind_of(folder / "folder").value() == FileKind::directory);
  CHECK(kind_of(folder / "pipe").value() == FileKind::other);
  CHECK(kind_of(folder / "nothing").value() == FileKind::none);
  CHECK(append_lines(folder / "symbolic", "two\n", public_file).error().code == Code::refused);
  CHECK(append_lines(folder / "pipe", "two\n", public_file).error().code == Code::bad_input);
  REQUIRE(link_file(folder / "file", folder / "second"));
  CHECK(append_lines(folder / "file", "two\n", public_file).error().code == Code::refused);
  REQUIRE(remove_if_file(folder / "second"));
  CHECK(append_lines(folder / "file", "two\n", public_file));
  CHECK(read_file(folder / "file", 100).value() == "one\ntwo\n");
  CHECK(remove_if_file(folder / "file"));
  CHECK_FALSE(exists(folder / "file"));
}
