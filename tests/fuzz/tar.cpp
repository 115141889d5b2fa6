// The archives in kits and bundles. An accepted one is exactly what is written for its files, which have plain names.

#include "envelope/tar.hpp"

#include <set>

#include "fuzz/target.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t max_files = 64;
  const core::MemoryBlob tar(input_text(data, size));
  const auto listing = envelope::read_tar(tar, max_files);
  if (!listing) return 0;
  require(listing->files.size() <= max_files, "no more files than allowed");
  std::set<std::string> names;
  core::StringSink out(size);
  envelope::TarWriter again(out, listing->time);
  for (const envelope::TarEntry& file : listing->files) {
    require(!file.name.empty() && file.name.front() != '/' && file.name.front() != '.' &&
                file.name.find("/.") == file.name.npos && file.name.find('\0') == file.name.npos,
            "a name leads nowhere else");
    require(names.insert(file.name).second, "no name comes twice");
    require(again.add(file.name, core::BlobPart(tar, file.offset, file.size)).has_value(),
            "a file can be written again");
  }
  require(again.finish() && out.bytes() == input_text(data, size), "the archive is written again to the byte");
  return 0;
}
