#include "crypto/der.hpp"

namespace airlock::crypto::der {
namespace {

std::uint8_t byte(char c) { return static_cast<std::uint8_t>(c); }

}  // namespace

std::optional<DerHeader> read_header(std::string_view bytes) {
  if (bytes.size() < 2 || (byte(bytes[0]) & 0x1F) == 0x1F) return std::nullopt;
  const std::uint8_t first = byte(bytes[1]);
  DerHeader header{.tag = byte(bytes[0]), .size = 2};
  if (first < 0x80) {
    header.length = first;
    return header;
  }
  if (first == 0x80) {
    header.indefinite = true;
    return header;
  }
  const std::size_t count = first & 0x7F;
  if (count > 8 || bytes.size() < 2 + count || bytes[2] == 0) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) header.length = header.length << 8 | byte(bytes[2 + i]);
  if (header.length < 0x80) return std::nullopt;
  header.size = 2 + count;
  return header;
}

std::string_view DerReader::whole(std::uint8_t tag) {
  const auto header = at(tag) ? read_header(rest_) : std::nullopt;
  if (!header || header->indefinite || header->length > rest_.size() - header->size) {
    refuse();
    return {};
  }
  const auto found = rest_.substr(0, header->size + static_cast<std::size_t>(header->length));
  rest_.remove_prefix(found.size());
  return found;
}

std::string_view DerReader::content(std::uint8_t tag) {
  const auto found = whole(tag);
  return sound_ ? found.substr(read_header(found)->size) : std::string_view{};
}

void DerReader::expect(std::string_view encoding) {
  if (!sound_ || !rest_.starts_with(encoding)) return refuse();
  rest_.remove_prefix(encoding.size());
}

std::string value(std::uint8_t tag, std::initializer_list<std::string_view> parts) {
  std::uint64_t length = 0;
  for (const auto part : parts) length += part.size();
  std::string digits;
  for (std::uint64_t left = length; left > 0; left >>= 8) digits.insert(digits.begin(), static_cast<char>(left & 0xFF));
  std::string out(1, static_cast<char>(tag));
  if (length < 0x80) {
    out += static_cast<char>(length);
  } else {
    out += static_cast<char>(0x80 | digits.size());
    out += digits;
  }
  for (const auto part : parts) out += part;
  return out;
}

}  // namespace airlock::crypto::der
