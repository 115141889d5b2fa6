#pragma once
/// \file
/// The commands of `airlock-vendor`, one file each.

#include <string>
#include <string_view>

#include "console.hpp"
#include "core/result.hpp"

namespace airlock::tools {

/// Words for the help of an option: how its value names a site.
inline constexpr std::string_view site_words = "by its id, the first characters of its id, or its name";

/// What every command needs.
struct VendorContext {
  console::Console& console;
  std::string home;
};

void add_init(VendorContext& context);
void add_kit(VendorContext& context);
void add_licence(VendorContext& context);
void add_root(VendorContext& context);
void add_certificate(VendorContext& context);
void add_key(VendorContext& context);
void add_site(VendorContext& context);
/// The commands of `site` that list, show and retire sites, and close their forks.
void add_site_standing(VendorContext& context, console::Command& group);
void add_open(VendorContext& context);
void add_intake(VendorContext& context);
void add_gaps(VendorContext& context);
void add_drift(VendorContext& context);
void add_receipt(VendorContext& context);

}  // namespace airlock::tools
