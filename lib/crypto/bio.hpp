#pragma once
/// \file
/// Sources and sinks as OpenSSL's BIOs, and a blob made of parts of another one, for this module's own .cpp files.

#include <optional>
#include <span>
#include <vector>

#include "core/io.hpp"
#include "crypto/ber.hpp"
#include "crypto/openssl.hpp"

namespace airlock::crypto {

/// The source that a BIO reads from, and the source's error, which OpenSSL has no place for. Must not move while the
/// BIO lives.
struct BioSource {
  core::Source& source;
  std::optional<core::Error> error = std::nullopt;
};
[[nodiscard]] Handle<bio_st> reading_bio(BioSource& from);

/// The sink that a BIO writes to, and the sink's error, which OpenSSL has no place for: a full disk must be reported as
/// a full disk. Must not move while the BIO lives.
struct BioSink {
  core::Sink& sink;
  std::optional<core::Error> error = std::nullopt;
};
[[nodiscard]] Handle<bio_st> writing_bio(BioSink& to);

/// A BIO that reads `bytes`, at most 2 GiB, which must outlive it.
[[nodiscard]] Handle<bio_st> memory_bio(std::string_view bytes);

/// A blob of the given ranges of `whole`, one behind the other. `whole` must outlive it.
class RangesBlob final : public core::Blob {
 public:
  RangesBlob(const core::Blob& whole, std::vector<ByteRange> ranges);
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] core::Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override;

 private:
  struct PlacedRange {
    std::uint64_t at = 0;  ///< where the range begins in this blob
    ByteRange range;
  };
  const core::Blob& whole_;
  std::vector<PlacedRange> parts_;
  std::uint64_t size_ = 0;
};

}  // namespace airlock::crypto
