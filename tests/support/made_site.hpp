#pragma once
/// \file
/// A site of a test's own, as `airlock init` makes it, without kit and licence. Its world is the test's.

#include <doctest/doctest.h>

#include "crypto/certificate.hpp"
#include "crypto/key.hpp"
#include "fake_world.hpp"
#include "office/init.hpp"
#include "site/site.hpp"
#include "sys/world.hpp"
#include "temporary_directory.hpp"

namespace airlock::test {

class MadeSite {
 public:
  MadeSite() {
    const auto key = crypto::PrivateKey::generate(crypto::KeyKind::p256).value();
    const auto root = crypto::self_sign({.common_name = "root",
                                         .roles = {},
                                         .not_before = start - std::chrono::days{1},
                                         .not_after = start + std::chrono::days{1000},
                                         .ca = true,
                                         .uuid = {}},
                                        key)
                          .value();
    const auto made = office::init({.directory = directory(),
                                    .vendor_root = root.pem(),
                                    .kit = {},
                                    .licence = {},
                                    .licence_name = {},
                                    .name = {},
                                    .site_id = {}});
    REQUIRE_MESSAGE(made, made.error().message);
  }

  [[nodiscard]] std::string directory() const { return folder / "site"; }
  [[nodiscard]] site::Site open() const { return site::Site::open(directory(), world).value(); }

  core::Time start = sys::real_world().now();
  FakeWorld world{start + std::chrono::hours(1)};
  TemporaryDirectory folder;
};

}  // namespace airlock::test
