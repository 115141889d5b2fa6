#include "site/vendor_roots.hpp"

#include <algorithm>

#include "sys/write_file.hpp"

namespace airlock::site {
namespace {

constexpr std::size_t name_digits = 16;

}  // namespace

core::Result<void> add_roots(const Site& site, const std::vector<crypto::Successor>& successors) {
  if (successors.empty()) return {};
  AIRLOCK_TRY(auto roots, site.vendor_roots());
  for (const auto& successor : successors) {
    if (std::find(roots.begin(), roots.end(), successor.root) != roots.end()) continue;
    const std::string file =
        site.path(layout::vendor_trust) + "/root-" + successor.root.fingerprint().hex().substr(0, name_digits) + ".crt";
    AIRLOCK_CHECK(sys::replace_file(file, successor.root.pem(), site.file_permissions(), site.world()));
    roots.push_back(successor.root);
  }
  std::string all;
  for (const crypto::Certificate& root : roots) all += root.pem();
  return sys::replace_file(site.path(layout::vendor_root), all, sys::public_file, site.world());
}

}  // namespace airlock::site
