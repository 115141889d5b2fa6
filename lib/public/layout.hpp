#pragma once
/// \file
/// Names of the files in `public/` of a site directory (docs/formats/site.md), which every user of the machine may
/// read.
///
/// This module is in the folder `public`. That word is reserved in C++, so its namespace is `airlock::published`.

#include <string_view>

namespace airlock::published::layout {

inline constexpr std::string_view public_folder = "public";
inline constexpr std::string_view licence = "public/licence.p7s";
inline constexpr std::string_view next_licence =
    "public/licence.next.p7s";  ///< replaces `licence` when its term begins
inline constexpr std::string_view kit = "public/kit.p7s";
inline constexpr std::string_view vendor_root = "public/vendor-root.crt";
inline constexpr std::string_view public_site = "public/site.json";

}  // namespace airlock::published::layout
