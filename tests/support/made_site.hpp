#pragma once
/// \file
/// A site of a test's own, as `airlock init` makes it, without kit and licence. Its world is the test's.

#include <doctest/doctest.h>

#include "authorities.hpp"
#include "fake_world.hpp"
#include "office/init.hpp"
#include "site/site.hpp"
#include "sys/world.hpp"
#include "temporary_directory.hpp"

namespace airlock::test {

class MadeSite {
 public:
  MadeSite() {
    const auto made = office::init({.directory = directory(),
                                    .vendor_root = vendor().root.certificate.pem(),
                                    .kit = {},
                                    .licence = {},
                                    .licence_name = {},
                                    .name = {},
                                    .site_id = {}},
                                   world);
    REQUIRE_MESSAGE(made, made.error().message);
  }

  [[nodiscard]] std::string directory() const { return folder / "site"; }
  [[nodiscard]] site::Site open() const { return site::Site::open(directory(), world).value(); }

  core::Time start = time("2026-11-05T00:00:00Z");
  FakeWorld world{start};
  TemporaryDirectory folder = TemporaryDirectory::in_memory();
};

}  // namespace airlock::test
