#include "intake/search.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "temporary_directory.hpp"

using namespace airlock;
using namespace airlock::intake;

namespace {

void put(const std::string& path) { std::ofstream(path) << "x"; }

std::vector<std::string> names(const std::vector<std::string>& paths) {
  std::vector<std::string> out;
  for (const std::string& path : paths) out.push_back(path.substr(path.find_last_of('/') + 1));
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

TEST_CASE("a folder is gone through with all below it, and a bundle's name may end in any case") {
  const test::TemporaryDirectory folder;
  std::filesystem::create_directories(folder / "a/b");
  put(folder / "one.p7m");
  put(folder / "TWO.P7M");
  put(folder / "a/b/three.p7M");
  put(folder / "a/one.txt");  // not beside it
  put(folder / "two.txt");
  put(folder / ".p7m");
  FoundBundles found;
  find_bundles(folder / "", found);
  CHECK(names(found.bundles) == std::vector<std::string>{"TWO.P7M", "one.p7m", "three.p7M"});
  CHECK(found.instructions == 1);
  REQUIRE(found.passed_over.size() == 2);
  CHECK(found.unreadable.empty());
  CHECK_FALSE(found.passed_over.front().named);
}

TEST_CASE("no link is followed, neither within a folder nor where it is named") {
  const test::TemporaryDirectory folder;
  put(folder / "one.p7m");
  std::filesystem::create_directory(folder / "in");
  std::filesystem::create_symlink(folder / "one.p7m", folder / "in/link.p7m");
  std::filesystem::create_symlink(folder / "in", folder / "in/loop");
  FoundBundles found;
  find_bundles(folder / "in", found);
  find_bundles(folder / "in/link.p7m", found);
  CHECK(found.bundles.empty());
  REQUIRE(found.passed_over.size() == 3);
  CHECK(found.passed_over.back().named);
}

TEST_CASE(
    "a file that is named is taken for a bundle unless it is the instructions beside one; so is what is not there") {
  const test::TemporaryDirectory folder;
  put(folder / "one.p7m");
  put(folder / "ONE.TXT");
  put(folder / "notes.txt");
  FoundBundles found;
  for (const char* name : {"one.p7m", "ONE.TXT", "notes.txt", "none"}) find_bundles(folder / name, found);
  CHECK(names(found.bundles) == std::vector<std::string>{"none", "notes.txt", "one.p7m"});
  CHECK(found.instructions == 1);
  CHECK(found.passed_over.empty());
}
