#pragma once
/// \file
/// `airlock init`: makes a site.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "licence/licence.hpp"
#include "licence/verdict.hpp"
#include "sys/world.hpp"

namespace airlock::office {

using core::Result;

struct InitOptions {
  std::string directory;
  std::string vendor_root;             ///< PEM
  std::optional<std::string> kit;      ///< the file's bytes
  std::optional<std::string> licence;  ///< the file's bytes
  std::string licence_name;            ///< how messages name the licence's file
  std::string name;
  std::string site_id;    ///< empty: a random UUID is used
  std::string readers{};  ///< group whose members may read the site; empty: none
};

struct Initialised {
  std::string site_id;
  std::string product;  ///< empty if there was neither kit nor licence to name it
  core::Digest request_fingerprint;
  std::string request_path;
  core::Digest vendor_root_fingerprint;
  std::uint64_t kit_number = 0;  ///< 0: no kit was installed
  std::optional<licence::LicenceVerdict> licence;
};

/// Makes a site and installs the kit and the licence, if given. Precondition: a person has confirmed the fingerprint of
/// the vendor's root. After an error no part of the site remains. Errors: bad_input, integrity, refused, not_recorded,
/// verdict (the licence may not be installed).
[[nodiscard]] Result<Initialised> init(const InitOptions& options, const sys::World& world = sys::real_world());

}  // namespace airlock::office
