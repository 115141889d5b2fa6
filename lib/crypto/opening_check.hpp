#pragma once
/// \file
/// Tests whether the installed OpenSSL refuses forged envelopes (CVE-2026-34182), for this module's own .cpp files and
/// their tests. The version number cannot answer that: distributions fix bugs without changing it.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/cms.hpp"

namespace airlock::crypto {

/// Three objects in DER that are sealed for the built-in key.
struct OpeningSamples {
  std::string sound;    ///< AES-256-GCM; holds `content`
  std::string ofb;      ///< its cipher rewritten to AES-256-OFB with an IV of 16 bytes
  std::string tag;      ///< its tag cut to one byte, and ICVlen with it
  std::string content;  ///< what is in `sound`
  std::string key;      ///< PKCS #8; it is public and protects nothing
};
[[nodiscard]] const OpeningSamples& opening_samples();

/// Opens an object with some library; nothing if the library refuses.
using OpenFunction = std::function<std::optional<std::string>(std::string_view object)>;

/// Tests `open` with the three samples. Error: integrity if it does not open the sound one, or opens a forged one.
[[nodiscard]] Result<void> check_opening(const OpenFunction& open);

/// Opens an object with OpenSSL's CMS_decrypt and the built-in key, without the strict reader in front of it.
[[nodiscard]] std::optional<std::string> open_with_library(std::string_view object);

/// As `open`, but with `is_safe` instead of `opening_is_safe`.
[[nodiscard]] Result<void> open_if(const std::function<Result<void>()>& is_safe, const core::Blob& sealed,
                                   const PrivateKey& key, const Certificate& me, core::Sink& inner);

}  // namespace airlock::crypto
