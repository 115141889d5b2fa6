#include "sys/sizes.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "temporary_directory.hpp"

using namespace airlock;

TEST_CASE("files are sized in whole blocks, two names of one file have one id, and all else is left out") {
  const test::TemporaryDirectory folder;
  const std::string at = folder.path() + "/";
  std::ofstream(at + "a") << "x";
  std::ofstream(at + "b") << std::string(4097, 'x');
  std::filesystem::create_hard_link(at + "b", at + "c");
  std::filesystem::create_symlink(at + "b", at + "link");
  std::filesystem::create_directory(at + "folder");
  const auto files = sys::sizes_in(folder.path());
  REQUIRE(files.has_value());
  REQUIRE(files->size() == 3);
  CHECK((*files)[0].bytes == 1);
  CHECK((*files)[0].taken == 4096);
  CHECK((*files)[1].taken == 8192);
  CHECK((*files)[1].file_id == (*files)[2].file_id);
  CHECK((*files)[0].file_id != (*files)[1].file_id);
  CHECK(sys::size_of(at + "b").value() == 4097);
  CHECK_FALSE(sys::size_of(at + "link").has_value());
  CHECK_FALSE(sys::size_of(at + "none").has_value());
  CHECK_FALSE(sys::sizes_in(at + "none").has_value());
  CHECK(sys::whole_blocks(0) == 4096);
  CHECK_FALSE(sys::stamp_of(at + "none").has_value());
}
