#pragma once
/// \file
/// Digests, keyed digests and short keyed fingerprints of bytes.

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
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

/// 128 bits of SipHash-1-3 under a random key of 16 bytes. It represents a text in a set where storing the text would
/// cost too much. Nobody who lacks the key can find two texts with one fingerprint. It must never leave the process.
struct Fingerprint {
  std::array<std::uint64_t, 2> words{};
  auto operator<=>(const Fingerprint&) const = default;
};

/// Written here and not taken from OpenSSL, whose calls cost ten times as much as the fingerprint of a short text.
class Fingerprinter {
 public:
  /// `key` must have 16 bytes, fresh from the system's random source.
  explicit Fingerprinter(const Secret& key);
  /// Inline, so that who uses only the first word does not compute the second.
  [[nodiscard]] Fingerprint operator()(std::string_view text) const {
    State state = start_;
    const char* at = text.data();
    for (const char* end = at + text.size() / 8 * 8; at != end; at += 8) state.take(word(at));
    state.take(last_bytes(text) | std::uint64_t{text.size()} << 56);
    Fingerprint out;
    state.v[2] ^= 0xEE;
    for (int i = 0; i < 3; ++i) state.mix();
    out.words[0] = state.all();
    state.v[1] ^= 0xDD;
    for (int i = 0; i < 3; ++i) state.mix();
    out.words[1] = state.all();
    return out;
  }

 private:
  struct State {
    std::array<std::uint64_t, 4> v{};

    void mix() {
      v[0] += v[1], v[1] = std::rotl(v[1], 13) ^ v[0], v[0] = std::rotl(v[0], 32);
      v[2] += v[3], v[3] = std::rotl(v[3], 16) ^ v[2];
      v[0] += v[3], v[3] = std::rotl(v[3], 21) ^ v[0];
      v[2] += v[1], v[1] = std::rotl(v[1], 17) ^ v[2], v[2] = std::rotl(v[2], 32);
    }
    void take(std::uint64_t word) {
      v[3] ^= word;
      mix();
      v[0] ^= word;
    }
    [[nodiscard]] std::uint64_t all() const { return v[0] ^ v[1] ^ v[2] ^ v[3]; }
  };

  static std::uint64_t word(const char* from) {
    static_assert(std::endian::native == std::endian::little);
    std::uint64_t out = 0;
    std::memcpy(&out, from, sizeof out);
    return out;
  }

  /// The bytes after the last whole word of `text`.
  static std::uint64_t last_bytes(std::string_view text) {
    const std::size_t bytes = text.size() % 8;
    if (bytes == 0) return 0;
    if (text.size() > 8) return word(text.data() + text.size() - 8) >> 8 * (8 - bytes);
    std::uint64_t out = 0;
    for (std::size_t i = bytes; i-- > 0;) out = out << 8 | static_cast<unsigned char>(text[i]);
    return out;
  }

  State start_;
};

}  // namespace airlock::crypto
