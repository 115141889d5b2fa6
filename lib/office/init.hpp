#pragma once
/// \file
/// Making a site: `airlock init`.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "licence/licence.hpp"
#include "licence/verdict.hpp"

namespace airlock::office {

using core::Result;

struct InitOptions {
  std::string directory;
  std::string vendor_root;             ///< PEM
  std::optional<std::string> kit;      ///< the file's bytes
  std::optional<std::string> licence;  ///< the file's bytes
  std::string licence_name;            ///< what messages call the file
  std::string name;
  std::string site_id;  ///< empty: a random one
};

struct Initialised {
  std::string site_id;
  std::string product;  ///< empty where neither kit nor licence named one
  core::Digest request_fingerprint;
  std::string request_path;
  core::Digest vendor_root_fingerprint;
  std::uint64_t kit_number = 0;  ///< 0: none
  std::optional<licence::LicenceVerdict> licence;
};

/// Makes a site. The caller has confirmed the root's fingerprint. After an error nothing remains of it.
/// Errors: bad_input, integrity, refused, not_recorded, verdict (a licence that may not be installed).
[[nodiscard]] Result<Initialised> init(const InitOptions& options);

}  // namespace airlock::office
