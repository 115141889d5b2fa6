#include "sys/new_directory.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "sys/look.hpp"
#include "sys/write_file.hpp"
#include "temporary_directory.hpp"

using airlock::core::Code;
using airlock::sys::NewDirectory;
using airlock::test::TemporaryDirectory;

namespace {

constexpr auto any = NewDirectory::FileSystem::any;

void put(const std::string& path) { REQUIRE(airlock::sys::create_file(path, "x", airlock::sys::private_file)); }

}  // namespace

TEST_CASE("a new directory that is not kept goes with all that is in it; one that was there stays, empty") {
  const TemporaryDirectory folder;
  const std::string path = folder / "new";
  {
    auto made = NewDirectory::begin(path, 0700, any);
    REQUIRE(made);
    put(path + "/a");
    std::filesystem::create_directories(path + "/b/c");
    REQUIRE(made->finish());
    put(path + "/later");
  }
  CHECK_FALSE(std::filesystem::exists(path));
  std::filesystem::create_directory(path);
  {
    auto made = NewDirectory::begin(path, 0700, any);
    REQUIRE(made);
    put(path + "/a");
  }
  CHECK(std::filesystem::is_empty(path));
}

TEST_CASE("a directory that is finished and kept stays, without a trace of how it was made") {
  const TemporaryDirectory folder;
  const std::string path = folder / "new";
  {
    auto made = NewDirectory::begin(path, 0700, NewDirectory::FileSystem::checked);
    REQUIRE(made);
    put(path + "/a");
    REQUIRE(made->finish());
    made->keep();
  }
  CHECK(airlock::sys::list_directory(path).value() == std::vector<std::string>{"a"});
  const auto again = NewDirectory::begin(path, 0700, any);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Code::refused);
  CHECK(std::filesystem::exists(path + "/a"));
}

TEST_CASE("what a process that was killed left is removed by the next, and nothing else is") {
  const TemporaryDirectory folder;
  const std::string path = folder / "new";
  std::filesystem::create_directory(path);
  put(path + "/" + std::string(NewDirectory::marker));
  put(path + "/half");
  auto made = NewDirectory::begin(path, 0700, any);
  REQUIRE(made);
  CHECK_FALSE(std::filesystem::exists(path + "/half"));
  REQUIRE(made->finish());
  made->keep();
  CHECK(std::filesystem::is_empty(path));
}
