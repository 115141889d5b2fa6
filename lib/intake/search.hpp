#pragma once
/// \file
/// Which files are bundles among what somebody names: files, and folders with all below them, such as a stick that a
/// site sent. Nothing is opened here, and no link is followed.

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace airlock::intake {

using core::Result;

/// A file or folder that was not taken for a bundle.
struct PassedOver {
  std::string path;
  std::string reason;  ///< `is a symbolic link`
  bool named = false;  ///< whether the caller named it, rather than a folder that it is in
};

struct FoundBundles {
  std::vector<std::string> bundles;
  std::vector<PassedOver> passed_over;
  std::uint64_t instructions = 0;  ///< `.txt` files beside bundles of the same name, which hand-over writes
  struct Unreadable {
    std::string path;
    core::Error error;
  };
  std::vector<Unreadable> unreadable;  ///< folders whose names could not be read
};

/// How deep folders are gone through below the one that was named.
inline constexpr int folder_depth_limit = 32;

/// Looks at `path` and adds to `into`. A folder is gone through with all folders in it; a bundle there is a file whose
/// name ends in `.p7m`, in upper or lower case, and does not begin with a dot. A file that is named itself is taken for
/// a bundle whatever its name, unless it is the instructions beside one. What is not there is taken for a bundle too:
/// whoever opens it learns why it cannot be opened.
void find_bundles(const std::string& path, FoundBundles& into);

}  // namespace airlock::intake
