#pragma once
/// \file
/// Whether the OpenSSL that is installed refuses forged envelopes (CVE-2026-34182), for this module's own .cpp files
/// and their tests. A version number would not tell: distributions carry fixes back without changing it.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/cms.hpp"

namespace airlock::crypto {

/// The three objects, sealed for the built-in key. DER.
struct OpeningSamples {
  std::string sound;    ///< AES-256-GCM; holds `content`
  std::string ofb;      ///< its cipher rewritten to AES-256-OFB with an IV of 16 bytes
  std::string tag;      ///< its tag cut to one byte, and ICVlen with it
  std::string content;  ///< what is in `sound`
  std::string key;      ///< PKCS #8. Protects nothing: it is public
};
[[nodiscard]] const OpeningSamples& opening_samples();

/// What a library finds in an object; nothing where it refuses.
using Opener = std::function<std::optional<std::string>(std::string_view object)>;

/// Error: integrity, where `open` does not open the sound sample or opens a forged one.
[[nodiscard]] Result<void> check_opening(const Opener& open);

/// OpenSSL's CMS_decrypt with the built-in key and nothing in front of it.
[[nodiscard]] std::optional<std::string> open_with_library(std::string_view object);

/// `open`, where `is_safe` stands for `opening_is_safe`.
[[nodiscard]] Result<void> open_if(const std::function<Result<void>()>& is_safe, const core::Blob& sealed,
                                   const PrivateKey& key, const Certificate& me, core::Sink& inner);

}  // namespace airlock::crypto
