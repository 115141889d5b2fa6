#include "core/digest.hpp"

#include "core/encoding.hpp"
#include "core/text.hpp"

namespace airlock::core {

std::string Digest::hex() const { return to_hex(view()); }

Result<Digest> Digest::from_hex(std::string_view text) {
  const auto raw = core::from_hex(text);
  if (!raw || raw->size() != size || to_lower(text) != text) {
    return fail(Code::bad_input, quote(text) + " is not a SHA-256 in lower-case hex");
  }
  return from_bytes(*raw);
}

Result<Digest> Digest::from_bytes(std::string_view raw) {
  if (raw.size() != size) return fail(Code::bad_input, "a SHA-256 has 32 bytes, not " + std::to_string(raw.size()));
  Digest digest;
  for (std::size_t i = 0; i < size; ++i) digest.bytes[i] = static_cast<std::uint8_t>(raw[i]);
  return digest;
}

}  // namespace airlock::core
