#pragma once
/// \file
/// Files that a sandbox leaves within reach.

#include <cstdint>
#include <string>

namespace airlock::sys {

/// The files below `path`, or `path` itself where it is a file. A path that does not exist is not granted.
struct Granted {
  enum class Grant : std::uint8_t {
    read,    ///< read files, and list folders
    write,   ///< also write a file that exists; make, rename and remove nothing
    change,  ///< also make files in a folder, rename them within it, and remove them
  };
  std::string path;
  Grant grant = Grant::read;
};

}  // namespace airlock::sys
