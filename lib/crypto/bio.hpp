#pragma once
/// \file
/// Sources and sinks as OpenSSL's BIOs, and a blob made of parts of another, for this module's own .cpp files.

#include <optional>
#include <span>
#include <vector>

#include "core/io.hpp"
#include "crypto/ber.hpp"
#include "crypto/openssl.hpp"

namespace airlock::crypto {

/// What a BIO reads from, and the error that it could not tell OpenSSL. Must stay where it is while the BIO lives.
struct BioSource {
  core::Source& source;
  std::optional<core::Error> error = std::nullopt;
};
[[nodiscard]] Handle<bio_st> reading_bio(BioSource& from);

/// What a BIO writes to, and the error that it could not tell OpenSSL: a full disk must come back as exactly that.
struct BioSink {
  core::Sink& sink;
  std::optional<core::Error> error = std::nullopt;
};
[[nodiscard]] Handle<bio_st> writing_bio(BioSink& to);

/// Bytes in memory that stay there while the BIO lives. At most 2 GiB.
[[nodiscard]] Handle<bio_st> memory_bio(std::string_view bytes);

/// The bytes of some ranges of `whole`, one behind the other. `whole` must outlive it.
class RangesBlob final : public core::Blob {
 public:
  RangesBlob(const core::Blob& whole, std::vector<Range> ranges);
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] core::Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override;

 private:
  struct Part {
    std::uint64_t at = 0;  ///< where the range begins in this blob
    Range range;
  };
  const core::Blob& whole_;
  std::vector<Part> parts_;
  std::uint64_t size_ = 0;
};

}  // namespace airlock::crypto
