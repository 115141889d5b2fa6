#pragma once
/// \file
/// Interfaces for bytes, so that parsers, signers and filters know neither files nor sockets.
///
/// A `Source` is read once from front to back. A `Blob` is read at any offset, as often as needed. A `Sink` is written
/// from front to back. Nothing here buffers: a reader that wants few calls reads pieces of `copy_piece` bytes.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace airlock::core {

inline constexpr std::size_t copy_piece = 64ULL * 1024;

class Source {
 public:
  virtual ~Source() = default;
  /// Reads up to `into.size()` bytes and returns how many; 0 only at the end.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<char> into) = 0;
};

class Sink {
 public:
  virtual ~Sink() = default;
  /// Writes all of `bytes`, or fails. After a failure the content of the sink is undefined.
  [[nodiscard]] virtual Result<void> write(std::string_view bytes) = 0;
};

/// Bytes that do not change while they are read.
class Blob {
 public:
  virtual ~Blob() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// Reads `into.size()` bytes from `offset` on, and fewer only at the end. Returns how many.
  [[nodiscard]] virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const = 0;
};

/// Scratch space: written once from front to back, then read anywhere.
class Scratch : public Sink, public Blob {};

/// A blob of bytes in memory. The caller keeps the memory alive.
class MemoryBlob final : public Blob {
 public:
  explicit MemoryBlob(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override;

 private:
  std::string_view bytes_;
};

/// The part of another blob from `begin` up to `begin + size`. The caller keeps the other blob alive.
class BlobPart final : public Blob {
 public:
  BlobPart(const Blob& blob, std::uint64_t begin, std::uint64_t size) : blob_(blob), begin_(begin), size_(size) {}
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override;

 private:
  const Blob& blob_;
  std::uint64_t begin_;
  std::uint64_t size_;
};

/// Reads a blob, or the part of it from `begin` up to `end`, from front to back. The caller keeps the blob alive.
class BlobSource final : public Source {
 public:
  explicit BlobSource(const Blob& blob) : BlobSource(blob, 0, blob.size()) {}
  BlobSource(const Blob& blob, std::uint64_t begin, std::uint64_t end) : blob_(blob), at_(begin), end_(end) {}
  [[nodiscard]] Result<std::size_t> read(std::span<char> into) override;

 private:
  const Blob& blob_;
  std::uint64_t at_;
  std::uint64_t end_;
};

/// Keeps what is written in memory. Error: bad_input above `limit` bytes.
class StringSink final : public Sink {
 public:
  explicit StringSink(std::uint64_t limit) : limit_(limit) {}
  [[nodiscard]] Result<void> write(std::string_view bytes) override;
  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::uint64_t limit_;
  std::string bytes_;
};

/// Scratch space in memory. Error: bad_input above `limit` bytes.
class MemoryScratch final : public Scratch {
 public:
  explicit MemoryScratch(std::uint64_t limit) : sink_(limit) {}
  [[nodiscard]] Result<void> write(std::string_view bytes) override { return sink_.write(bytes); }
  [[nodiscard]] std::uint64_t size() const override { return sink_.bytes().size(); }
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override {
    return MemoryBlob(sink_.bytes()).read_at(offset, into);
  }

 private:
  StringSink sink_;
};

/// Writes everything to two sinks.
class Tee final : public Sink {
 public:
  Tee(Sink& first, Sink& second) : first_(first), second_(second) {}
  [[nodiscard]] Result<void> write(std::string_view bytes) override;

 private:
  Sink& first_;
  Sink& second_;
};

/// Writes the rest of `from` to `to`. Returns the number of bytes.
[[nodiscard]] Result<std::uint64_t> copy(Source& from, Sink& to);

/// All bytes of `blob`. Error: bad_input where it has more than `limit` bytes.
[[nodiscard]] Result<std::string> to_string(const Blob& blob, std::uint64_t limit);

}  // namespace airlock::core
