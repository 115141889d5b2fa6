#pragma once
/// \file
/// Digests, keyed digests and short keyed fingerprints of bytes.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/digest.hpp"
#include "core/io.hpp"

namespace airlock::crypto {

using core::Digest;
using core::Result;

/// Bytes that are overwritten before their memory is freed: keys, passphrases, and texts that contain them.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();
  [[nodiscard]] std::string_view view() const { return bytes_; }

 private:
  void clear();

  std::string bytes_;
};

/// SHA-256 (FIPS 180-4) over bytes that come in pieces. It is a Sink, so it can digest what is copied.
class Sha256 final : public core::Sink {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256() override;
  void update(std::string_view bytes);
  /// The digest of all bytes so far. The object must not be used after it.
  [[nodiscard]] Digest finish();
  [[nodiscard]] Result<void> write(std::string_view bytes) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] Digest sha256(std::string_view bytes);
[[nodiscard]] Result<Digest> sha256(const core::Blob& blob);

/// HMAC-SHA-256 (RFC 2104, FIPS 198-1) under one key, for many short texts.
class HmacSha256 {
 public:
  explicit HmacSha256(const Secret& key);
  HmacSha256(HmacSha256&&) noexcept;
  HmacSha256& operator=(HmacSha256&&) noexcept;
  ~HmacSha256();
  [[nodiscard]] Digest operator()(std::string_view text);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// 128 bits of SipHash-2-4 under a random key of 16 bytes. It represents a text in a set where storing the text would
/// cost too much. Nobody who lacks the key can find two texts with one fingerprint. It must never leave the process.
struct Fingerprint {
  std::array<std::uint64_t, 2> words{};
  auto operator<=>(const Fingerprint&) const = default;
};

class Fingerprinter {
 public:
  /// `key` must have 16 bytes, fresh from the system's random source.
  explicit Fingerprinter(const Secret& key);
  Fingerprinter(Fingerprinter&&) noexcept;
  Fingerprinter& operator=(Fingerprinter&&) noexcept;
  ~Fingerprinter();
  [[nodiscard]] Fingerprint operator()(std::string_view text);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace airlock::crypto
