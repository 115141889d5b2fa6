#pragma once
/// \file
/// The commands of `airlock-vendor`, one file each.

#include <string>

#include "console.hpp"
#include "core/result.hpp"

namespace airlock::tools {

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
void add_open(VendorContext& context);
void add_intake(VendorContext& context);
void add_gaps(VendorContext& context);
void add_receipt(VendorContext& context);

}  // namespace airlock::tools
