#pragma once
/// \file
/// Finds the bundles in files and folders that a person names, such as a USB stick from a site. Opens no file, and
/// follows no link.

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace airlock::intake {

using core::Result;

/// A file or folder that is not a bundle.
struct PassedOverFile {
  std::string path;
  std::string reason;  ///< such as `is a symbolic link`
  bool named = false;  ///< true: the caller named it; false: it is in a folder that the caller named
};

struct FoundBundles {
  std::vector<std::string> bundles;
  std::vector<PassedOverFile> passed_over;
  std::uint64_t instructions = 0;  ///< number of `.txt` files that hand-over wrote beside bundles
  struct Unreadable {
    std::string path;
    core::Error error;
  };
  std::vector<Unreadable> unreadable;  ///< folders that could not be listed
};

/// Maximum depth of folders below the one that was named.
inline constexpr int folder_depth_limit = 32;

/// Looks at `path` and adds what it finds to `into`. In a folder and all folders below it, a bundle is a file whose
/// name ends in `.p7m`, in upper or lower case, and does not begin with a dot. A file that `path` names is taken as a
/// bundle whatever its name, unless it is the instructions beside a bundle. So is a `path` that does not exist: opening
/// it gives the error.
void find_bundles(const std::string& path, FoundBundles& into);

}  // namespace airlock::intake
