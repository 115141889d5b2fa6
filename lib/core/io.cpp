#include "core/io.hpp"

#include <algorithm>
#include <array>

namespace airlock::core {

Result<std::size_t> MemoryBlob::read_at(std::uint64_t offset, std::span<char> into) const {
  if (offset >= bytes_.size()) return std::size_t{0};
  const auto part = bytes_.substr(static_cast<std::size_t>(offset), into.size());
  std::copy(part.begin(), part.end(), into.begin());
  return part.size();
}

Result<std::size_t> BlobPart::read_at(std::uint64_t offset, std::span<char> into) const {
  if (offset >= size_) return std::size_t{0};
  const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(size_ - offset, into.size()));
  return blob_.read_at(begin_ + offset, into.first(want));
}

Result<std::size_t> BlobSource::read(std::span<char> into) {
  const auto left = at_ < end_ ? end_ - at_ : 0;
  const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(left, into.size()));
  AIRLOCK_TRY(const std::size_t got, blob_.read_at(at_, into.first(want)));
  at_ += got;
  return got;
}

Result<void> StringSink::write(std::string_view bytes) {
  if (bytes.size() > limit_ - std::min<std::uint64_t>(limit_, bytes_.size())) {
    return fail(Code::bad_input, "is larger than " + std::to_string(limit_) + " bytes");
  }
  bytes_ += bytes;
  return {};
}

Result<void> Tee::write(std::string_view bytes) {
  AIRLOCK_CHECK(first_.write(bytes));
  return second_.write(bytes);
}

Result<std::uint64_t> copy(Source& from, Sink& to) {
  std::array<char, copy_piece> piece;
  std::uint64_t total = 0;
  for (;;) {
    AIRLOCK_TRY(const std::size_t got, from.read(piece));
    if (got == 0) return total;
    AIRLOCK_CHECK(to.write({piece.data(), got}));
    total += got;
  }
}

Result<std::string> to_string(const Blob& blob, std::uint64_t limit) {
  StringSink sink(limit);
  BlobSource source(blob);
  AIRLOCK_CHECK(copy(source, sink));
  return sink.take();
}

}  // namespace airlock::core
