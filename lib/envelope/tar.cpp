#include "envelope/tar.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <set>

#include "core/text.hpp"

namespace airlock::envelope {
namespace {

using core::Code;
using core::fail;
using core::quote;

constexpr std::uint64_t block = 512;
/// ustar writes a name of up to 100 bytes into one field; ours are far shorter.
constexpr std::size_t name_limit = 100;

std::uint64_t round_up(std::uint64_t size) { return (size + block - 1) / block * block; }

/// Relative, of plain characters, without `.` or `..` as a step: safe to hand to any tar.
bool is_plain_name(std::string_view name) {
  if (name.empty() || name.size() > name_limit || name.front() == '/' || name.back() == '/') return false;
  bool at_start_of_step = true;
  for (const char c : name) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (at_start_of_step && !plain) return false;  // also `.`, `..` and hidden names
    if (!plain && c != '.' && c != '/') return false;
    at_start_of_step = c == '/';
  }
  return true;
}

/// Whether the block is the header of a plain file: of any other kind, an extension header too, it would tell another
/// tar something else about what follows.
Result<bool> is_plain_header(const core::Blob& tar, std::uint64_t at) {
  constexpr std::size_t typeflag = 156;
  std::array<char, 1> flag{};
  AIRLOCK_TRY(const std::size_t got, tar.read_at(at + typeflag, flag));
  return got == 1 && (flag[0] == '0' || flag[0] == '\0');
}

struct Reader {
  const core::Blob& blob;
  std::uint64_t at = 0;
  std::array<char, core::copy_piece> piece{};
  std::optional<core::Error> error;

  static la_ssize_t read(archive* handle, void* self, const void** into) {
    auto& reader = *static_cast<Reader*>(self);
    const auto got = reader.blob.read_at(reader.at, reader.piece);
    if (!got) {
      reader.error = got.error();
      archive_set_error(handle, EIO, "read");
      return -1;
    }
    reader.at += *got;
    *into = reader.piece.data();
    return static_cast<la_ssize_t>(*got);
  }

  static la_int64_t skip(archive*, void* self, la_int64_t count) {
    auto& reader = *static_cast<Reader*>(self);
    const auto left = reader.blob.size() - std::min(reader.blob.size(), reader.at);
    const auto step = std::min<std::uint64_t>(left, static_cast<std::uint64_t>(count));
    reader.at += step;
    return static_cast<la_int64_t>(step);
  }
};

Result<void> require_zeros(const core::Blob& tar, std::uint64_t from) {
  std::array<char, core::copy_piece> piece;
  core::BlobSource rest(tar, from, tar.size());
  for (;;) {
    AIRLOCK_TRY(const std::size_t got, rest.read(piece));
    if (got == 0) return {};
    if (std::any_of(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(got), [](char c) { return c != 0; })) {
      return fail(Code::bad_input, "the archive has bytes behind its end");
    }
  }
}

/// Takes what is written only as long as it is what a blob has there.
class Comparison final : public core::Sink {
 public:
  explicit Comparison(const core::Blob& with) : with_(with) {}
  [[nodiscard]] Result<void> write(std::string_view bytes) override {
    std::array<char, core::copy_piece> piece;
    while (!bytes.empty()) {
      const auto wanted = std::min(bytes.size(), piece.size());
      AIRLOCK_TRY(const std::size_t got, with_.read_at(at_, std::span(piece).first(wanted)));
      if (got == 0 || bytes.substr(0, got) != std::string_view(piece.data(), got)) return differs();
      at_ += got;
      bytes.remove_prefix(got);
    }
    return {};
  }
  /// That nothing is left.
  [[nodiscard]] Result<void> finish() const { return at_ == with_.size() ? Result<void>{} : differs(); }

 private:
  [[nodiscard]] Result<void> differs() const {
    const std::uint64_t header = at_ / block * block;
    return fail(Code::bad_input,
                "the archive is not written as Airlock writes it, from byte " + std::to_string(header) + " on");
  }

  const core::Blob& with_;
  std::uint64_t at_ = 0;
};

using Handle = std::unique_ptr<archive, int (*)(archive*)>;

}  // namespace

Result<std::vector<TarEntry>> read_tar(const core::Blob& tar, std::size_t most) {
  Reader reader{.blob = tar, .error = {}};
  const Handle handle{archive_read_new(), archive_read_free};
  archive_read_support_format_tar(handle.get());
  archive_read_set_read_callback(handle.get(), Reader::read);
  archive_read_set_skip_callback(handle.get(), Reader::skip);
  archive_read_set_callback_data(handle.get(), &reader);
  const auto refuse = [&](const std::string& why) -> tl::unexpected<core::Error> {
    if (reader.error) return fail(*reader.error);
    return fail(Code::bad_input, "the archive " + why);
  };
  if (archive_read_open1(handle.get()) != ARCHIVE_OK) return refuse("is not a tar archive");

  std::vector<TarEntry> entries;
  std::set<std::string, std::less<>> names;
  std::uint64_t expected = 0;
  for (;;) {
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(handle.get(), &entry);
    if (result == ARCHIVE_EOF) break;
    if (result != ARCHIVE_OK) return refuse("is not a sound tar archive");
    const char* pathname = archive_entry_pathname(entry);
    const std::string name = pathname == nullptr ? "" : pathname;
    const auto header = archive_read_header_position(handle.get());
    const auto size = archive_entry_size(entry);
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr ||
        archive_entry_sparse_count(entry) != 0 || !archive_entry_size_is_set(entry) || size < 0) {
      return refuse("holds something other than regular files: " + quote(name));
    }
    if (!is_plain_name(name)) return refuse("has a file with a name that is not plain: " + quote(name));
    if (!names.insert(name).second) return refuse("has the file " + quote(name) + " twice");
    // A header block each and nothing between them: so there are no extension headers that another tar would heed.
    if (header < 0 || static_cast<std::uint64_t>(header) != expected) return refuse("has extension headers");
    AIRLOCK_TRY(const bool plain, is_plain_header(tar, expected));
    if (!plain) return refuse("has extension headers");
    if (entries.size() == most) return refuse("holds more than " + std::to_string(most) + " files");
    const TarEntry found{name, expected + block, static_cast<std::uint64_t>(size)};
    if (found.size > tar.size() - std::min(tar.size(), found.offset)) return refuse("ends within " + quote(name));
    expected = found.offset + round_up(found.size);
    entries.push_back(found);
    if (archive_read_data_skip(handle.get()) != ARCHIVE_OK) return refuse("ends within " + quote(name));
  }
  if (entries.empty() || expected + 2 * block > tar.size()) return refuse("is cut short");
  AIRLOCK_CHECK(require_zeros(tar, expected));
  return entries;
}

Result<void> check_as_written(const core::Blob& tar, const std::vector<TarEntry>& entries, core::Time time) {
  Comparison comparison(tar);
  TarWriter again(comparison, time);
  for (const TarEntry& entry : entries) {
    AIRLOCK_CHECK(again.add(entry.name, core::BlobPart(tar, entry.offset, entry.size)));
  }
  AIRLOCK_CHECK(again.finish());
  return comparison.finish();
}

struct TarWriter::State {
  core::Sink& out;
  core::Time time;
  bool discard = false;
  std::optional<core::Error> error;
  Handle handle{archive_write_new(), archive_write_free};

  static la_ssize_t write(archive* handle, void* self, const void* bytes, std::size_t count) {
    auto& state = *static_cast<State*>(self);
    if (state.discard) return static_cast<la_ssize_t>(count);
    const auto written = state.out.write({static_cast<const char*>(bytes), count});
    if (!written) {
      state.error = written.error();
      archive_set_error(handle, EIO, "write");
      return -1;
    }
    return static_cast<la_ssize_t>(count);
  }

  [[nodiscard]] tl::unexpected<core::Error> failure(const std::string& doing) const {
    if (error) return fail(*error);
    const char* why = archive_error_string(handle.get());
    return fail(Code::unexpected, doing + (why == nullptr ? std::string{} : ": " + core::printable(why)));
  }
};

TarWriter::TarWriter(core::Sink& out, core::Time time) : state_(new State{.out = out, .time = time, .discard = false, .error = {}}) {
  archive* handle = state_->handle.get();
  archive_write_set_format_ustar(handle);
  archive_write_set_bytes_per_block(handle, static_cast<int>(core::copy_piece));
  archive_write_set_bytes_in_last_block(handle, 1);
  archive_write_open(handle, state_.get(), nullptr, State::write, nullptr);
}
TarWriter::TarWriter(TarWriter&&) noexcept = default;
TarWriter& TarWriter::operator=(TarWriter&&) noexcept = default;
TarWriter::~TarWriter() {
  // Freeing closes, and so writes the end of the archive; what was not finished must not look finished.
  if (state_) state_->discard = true;
}

Result<void> TarWriter::add(const std::string& name, std::string_view bytes) {
  return add(name, core::MemoryBlob(bytes));
}

Result<void> TarWriter::add(const std::string& name, const core::Blob& bytes) {
  if (!is_plain_name(name)) return fail(Code::unexpected, quote(name) + " is not a plain name for an archive");
  const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry{archive_entry_new(), archive_entry_free};
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  archive_entry_set_mtime(entry.get(), static_cast<time_t>(state_->time.seconds), 0);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes.size()));
  archive* handle = state_->handle.get();
  if (archive_write_header(handle, entry.get()) != ARCHIVE_OK) return state_->failure("archive header");
  std::array<char, core::copy_piece> piece;
  core::BlobSource source(bytes);
  std::uint64_t written = 0;
  for (;;) {
    AIRLOCK_TRY(const std::size_t got, source.read(piece));
    if (got == 0) break;
    written += got;
    if (archive_write_data(handle, piece.data(), got) != static_cast<la_ssize_t>(got)) {
      return state_->failure("archive data");
    }
  }
  // libarchive would fill what is missing with zeros.
  if (written != bytes.size()) return fail(Code::unexpected, quote(name) + " changed while it was archived");
  if (archive_write_finish_entry(handle) != ARCHIVE_OK) return state_->failure("archive entry");
  return {};
}

Result<void> TarWriter::finish() {
  if (archive_write_close(state_->handle.get()) != ARCHIVE_OK) return state_->failure("archive end");
  return {};
}

}  // namespace airlock::envelope
