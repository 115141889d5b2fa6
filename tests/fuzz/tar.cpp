// The archives in kits and bundles. The files of an accepted one lie within it, one behind the other, under plain names.

#include "envelope/tar.hpp"

#include <set>

#include "fuzz/target.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t files_most = 64;
  const core::MemoryBlob tar(input_text(data, size));
  const auto files = envelope::read_tar(tar, files_most);
  if (!files) return 0;
  require(files->size() <= files_most, "no more files than allowed");
  std::set<std::string> names;
  std::uint64_t end = 0;
  for (const envelope::TarEntry& file : *files) {
    require(file.offset >= end && file.offset <= size && file.size <= size - file.offset, "a file lies within the archive");
    end = file.offset + file.size;
    require(!file.name.empty() && file.name.front() != '/' && file.name.find("..") == file.name.npos &&
                file.name.find('\0') == file.name.npos,
            "a name leads nowhere else");
    require(names.insert(file.name).second, "no name stands twice");
  }
  return 0;
}
