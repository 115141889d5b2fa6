#include "crypto/bio.hpp"

#include <openssl/bio.h>

#include <algorithm>

namespace airlock::crypto {
namespace {

int read_source(BIO* bio, char* into, int size) noexcept {
  auto& from = *static_cast<BioSource*>(BIO_get_data(bio));
  if (from.error) return -1;
  auto got = from.source.read({into, static_cast<std::size_t>(std::max(size, 0))});
  if (got) return static_cast<int>(*got);
  from.error = std::move(got).error();
  return -1;
}

int write_sink(BIO* bio, const char* bytes, int size) noexcept {
  auto& to = *static_cast<BioSink*>(BIO_get_data(bio));
  if (to.error) return -1;
  auto done = to.sink.write({bytes, static_cast<std::size_t>(std::max(size, 0))});
  if (done) return size;
  to.error = std::move(done).error();
  return -1;
}

long control(BIO*, int command, long, void*) noexcept { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* new_method(int (*read)(BIO*, char*, int), int (*write)(BIO*, const char*, int)) {
  BIO_METHOD* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "airlock");
  ensure(method != nullptr, "BIO");
  if (read != nullptr) BIO_meth_set_read(method, read);
  if (write != nullptr) BIO_meth_set_write(method, write);
  BIO_meth_set_ctrl(method, control);
  return method;
}

Handle<BIO> new_bio(const BIO_METHOD* method, void* data) {
  Handle<BIO> bio(BIO_new(method));
  ensure(bio != nullptr, "BIO");
  BIO_set_data(bio.get(), data);
  BIO_set_init(bio.get(), 1);
  return bio;
}

}  // namespace

// The methods are never freed: BIOs refer to them for as long as the process lives.
Handle<BIO> reading_bio(BioSource& from) {
  static const BIO_METHOD* const method = new_method(read_source, nullptr);
  return new_bio(method, &from);
}

Handle<BIO> writing_bio(BioSink& to) {
  static const BIO_METHOD* const method = new_method(nullptr, write_sink);
  return new_bio(method, &to);
}

Handle<BIO> memory_bio(std::string_view bytes) {
  Handle<BIO> bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
  ensure(bio != nullptr, "BIO");
  return bio;
}

RangesBlob::RangesBlob(const core::Blob& whole, std::vector<ByteRange> ranges) : whole_(whole) {
  parts_.reserve(ranges.size());
  for (const ByteRange& range : ranges) {
    parts_.push_back({size_, range});
    size_ += range.size;
  }
}

core::Result<std::size_t> RangesBlob::read_at(std::uint64_t offset, std::span<char> into) const {
  std::size_t done = 0;
  auto part = std::upper_bound(parts_.begin(), parts_.end(), offset,
                               [](std::uint64_t at, const PlacedRange& candidate) { return at < candidate.at; });
  if (part != parts_.begin()) --part;
  for (; part != parts_.end() && done < into.size(); ++part) {
    const std::uint64_t inside = offset + done - part->at;
    if (inside >= part->range.size) continue;  // an empty part, or the end of the last one
    const std::size_t want =
        static_cast<std::size_t>(std::min<std::uint64_t>(part->range.size - inside, into.size() - done));
    AIRLOCK_TRY(const std::size_t got, whole_.read_at(part->range.begin + inside, into.subspan(done, want)));
    done += got;
    if (got < want) break;
  }
  return done;
}

}  // namespace airlock::crypto
