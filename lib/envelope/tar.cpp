#include "envelope/tar.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <set>

#include "core/ascii.hpp"
#include "core/text.hpp"

namespace airlock::envelope {
namespace {

using core::Code;
using core::fail;
using core::quote;

constexpr std::size_t block_size = 512;
using Block = std::array<char, block_size>;

/// A field of a header block.
struct HeaderField {
  std::size_t offset;
  std::size_t size;
};
// The fields that differ between the files of our archives; `header_of` has the others.
constexpr HeaderField name_field{0, 100};
constexpr HeaderField size_field{124, 12};
constexpr HeaderField time_field{136, 12};
constexpr HeaderField checksum_field{148, 8};

/// Numbers of sizes and times are 11 octal digits and a space.
constexpr std::size_t number_digits = 11;
constexpr std::uint64_t number_limit = 1ULL << (3 * number_digits);

std::uint64_t padding_after(std::uint64_t size) { return (block_size - size % block_size) % block_size; }

void put(Block& block, std::size_t offset, std::string_view text) {
  std::copy(text.begin(), text.end(), block.begin() + static_cast<std::ptrdiff_t>(offset));
}

std::string_view get(const Block& block, HeaderField field) { return {block.data() + field.offset, field.size}; }

std::string octal(std::uint64_t value, std::size_t digits) {
  std::string text(digits, '0');
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, value /= 8) {
    *digit = static_cast<char>('0' + value % 8);
  }
  return text;
}

/// The number in a field of 11 octal digits and a space; nothing if the field has another form.
std::optional<std::uint64_t> number_in(const Block& block, HeaderField field) {
  std::uint64_t value = 0;
  const std::string_view text = get(block, field);
  for (const char c : text.substr(0, number_digits)) {
    if (c < '0' || c > '7') return std::nullopt;
    value = value * 8 + static_cast<std::uint64_t>(c - '0');
  }
  if (text.back() != ' ') return std::nullopt;
  return value;
}

/// Relative, of plain characters, and no step of it begins with a dot: safe to give to any tar.
bool is_plain_name(std::string_view name) {
  if (name.empty() || name.size() > name_field.size || name.back() == '/') return false;
  bool at_start_of_step = true;
  for (const char c : name) {
    const bool plain = core::is_alphanumeric(c) || c == '-' || c == '_';
    if (at_start_of_step && !plain) return false;
    if (!plain && c != '.' && c != '/') return false;
    at_start_of_step = c == '/';
  }
  return true;
}

/// The one header block that a file of ours has. `size` and `seconds` are below `number_limit`.
Block header_of(std::string_view name, std::uint64_t size, std::uint64_t seconds) {
  using namespace std::string_view_literals;
  Block header{};
  put(header, name_field.offset, name);
  put(header, 100, "000644 "sv);  // mode
  put(header, 108, "000000 "sv);  // uid
  put(header, 116, "000000 "sv);  // gid
  put(header, size_field.offset, octal(size, number_digits) + ' ');
  put(header, time_field.offset, octal(seconds, number_digits) + ' ');
  put(header, checksum_field.offset, "        "sv);  // counts as spaces in its own sum
  put(header, 156, "0"sv);                           // typeflag: a regular file
  put(header, 257,
      "ustar\0"
      "00"sv);                    // magic and version
  put(header, 329, "000000 "sv);  // devmajor
  put(header, 337, "000000 "sv);  // devminor
  const auto sum = std::accumulate(header.begin(), header.end(), std::uint64_t{0},
                                   [](std::uint64_t so_far, char c) { return so_far + static_cast<unsigned char>(c); });
  put(header, checksum_field.offset, octal(sum, 6) + '\0');
  return header;
}

tl::unexpected<core::Error> refuse(const std::string& why) { return fail(Code::bad_input, "the archive " + why); }

tl::unexpected<core::Error> refuse_block(std::uint64_t offset) {
  return refuse("is not in the form that Airlock writes, from byte " + std::to_string(offset) + " on");
}

/// The block at `offset`. Error: bad_input where the archive ends before or within it.
Result<Block> read_block(const core::Blob& tar, std::uint64_t offset) {
  Block block{};
  AIRLOCK_TRY(const std::size_t got, tar.read_at(offset, block));
  if (got != block_size) return refuse("is cut short");
  return block;
}

/// Whether `size` bytes, less than a block, are zeros.
Result<bool> is_padding(const core::Blob& tar, std::uint64_t offset, std::uint64_t size) {
  Block block{};
  const auto wanted = std::span(block).first(static_cast<std::size_t>(size));
  AIRLOCK_TRY(const std::size_t got, tar.read_at(offset, wanted));
  return got == size && block == Block{};
}

struct FileHeader {
  std::string name;
  std::uint64_t size;
  std::uint64_t seconds;
};

/// Reads the header block that begins at `offset` of the archive. Error: bad_input where `header_of` would not make it.
Result<FileHeader> read_header(const Block& block, std::uint64_t offset) {
  const std::string_view field = get(block, name_field);
  const std::string name(field.substr(0, field.find('\0')));
  if (!is_plain_name(name)) return refuse("has a file with a name that is not allowed: " + quote(name));
  const auto size = number_in(block, size_field);
  const auto seconds = number_in(block, time_field);
  if (!size || !seconds || block != header_of(name, *size, *seconds)) return refuse_block(offset);
  return FileHeader{name, *size, *seconds};
}

/// Checks the end of the archive, which begins at `offset` with a block of zeros: one more, and nothing behind it.
Result<void> check_end(const core::Blob& tar, std::uint64_t offset) {
  AIRLOCK_TRY(const Block last, read_block(tar, offset + block_size));
  if (last != Block{}) return refuse_block(offset + block_size);
  if (tar.size() != offset + 2 * block_size) return refuse_block(offset + 2 * block_size);
  return {};
}

}  // namespace

Result<TarListing> read_tar(const core::Blob& tar, std::size_t max_files) {
  TarListing out;
  std::set<std::string, std::less<>> names;
  std::uint64_t at = 0;
  for (;;) {
    AIRLOCK_TRY(const Block block, read_block(tar, at));
    if (block == Block{}) break;
    AIRLOCK_TRY(const FileHeader header, read_header(block, at));
    const core::Time time{static_cast<std::int64_t>(header.seconds)};
    if (out.files.empty()) out.time = time;
    if (time != out.time) return refuse_block(at);
    if (!names.insert(header.name).second) return refuse("has the file " + quote(header.name) + " twice");
    if (out.files.size() == max_files) return refuse("holds more than " + std::to_string(max_files) + " files");
    const std::uint64_t begin = at + block_size;
    if (header.size > tar.size() - begin) return refuse("ends within " + quote(header.name));
    const std::uint64_t end = begin + header.size;
    AIRLOCK_TRY(const bool padded, is_padding(tar, end, padding_after(header.size)));
    if (!padded) return refuse_block(end / block_size * block_size);
    at = end + padding_after(header.size);
    out.files.push_back({header.name, begin, header.size});
  }
  if (out.files.empty()) return refuse("holds no file");
  AIRLOCK_CHECK(check_end(tar, at));
  return out;
}

Result<void> TarWriter::add(std::string_view name, std::string_view bytes) {
  return add(name, core::MemoryBlob(bytes));
}

Result<void> TarWriter::add(std::string_view name, const core::Blob& bytes) {
  const auto seconds = static_cast<std::uint64_t>(time_.seconds);  // above the limit where it was negative
  if (!is_plain_name(name) || bytes.size() >= number_limit || seconds >= number_limit) {
    return fail(Code::unexpected, quote(name) + " has a name, size or time that an archive cannot have");
  }
  const Block header = header_of(name, bytes.size(), seconds);
  AIRLOCK_CHECK(out_.write({header.data(), header.size()}));
  core::BlobSource source(bytes);
  AIRLOCK_TRY(const std::uint64_t written, core::copy(source, out_));
  if (written != bytes.size()) return fail(Code::unexpected, quote(name) + " changed while it was archived");
  return out_.write(std::string(static_cast<std::size_t>(padding_after(written)), '\0'));
}

Result<void> TarWriter::finish() { return out_.write(std::string(2 * block_size, '\0')); }

}  // namespace airlock::envelope
