#include "crypto/note.hpp"

#include <openssl/evp.h>

#include <array>
#include <optional>

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "core/utf8.hpp"
#include "crypto/openssl.hpp"
#include "crypto/signature.hpp"

namespace airlock::crypto {

using core::Code;
using core::fail;

namespace {

constexpr std::string_view dash = "\xE2\x80\x94 ";  // U+2014 and a space
constexpr char ed25519_type = 1;
constexpr std::size_t id_size = 4;
constexpr std::size_t signature_size = 64;
constexpr std::size_t signatures_limit = 16;

/// Whether a name may be part of a note: it is not empty and has neither white space (Unicode's White_Space) nor `+`,
/// which separates the parts of a key's text.
bool is_name(std::string_view name) {
  if (name.empty() || !core::is_utf8(name)) return false;
  while (!name.empty()) {
    const auto next = core::first_code_point(name);
    const char32_t c = next.value;
    if (c <= U' ' || c == U'+' || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
        c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000) {
      return false;
    }
    name.remove_prefix(next.bytes);
  }
  return true;
}

bool is_text(std::string_view text) {
  if (!core::is_utf8(text)) return false;
  for (const char c : text) {
    if (static_cast<std::uint8_t>(c) < 0x20 && c != '\n') return false;
  }
  return true;
}

/// Removes and returns the text before `separator`, and removes the separator too; nothing if there is none.
std::optional<std::string_view> cut(std::string_view& rest, std::string_view separator) {
  const auto at = rest.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  const auto part = rest.substr(0, at);
  rest.remove_prefix(at + separator.size());
  return part;
}

}  // namespace

NoteVerifier::NoteVerifier(std::string name, PublicKey key) : name_(std::move(name)), key_(std::move(key)) {}

Result<NoteVerifier> NoteVerifier::from_text(std::string_view vkey) {
  const auto refuse = [&] { return fail(Code::bad_input, core::quote(vkey) + " is not a note verifier key"); };
  std::string_view rest = vkey;
  const auto name = cut(rest, "+");
  const auto id = cut(rest, "+");
  const auto bytes = core::from_base64(rest);
  if (!name || !id || !bytes || !is_name(*name) || bytes->empty() || bytes->front() != ed25519_type) return refuse();
  auto key = PublicKey::from_ed25519(std::string_view(*bytes).substr(1));
  if (!key) return refuse();
  NoteVerifier verifier(std::string(*name), *std::move(key));
  if (core::to_hex(verifier.id()) != *id) return refuse();
  return verifier;
}

std::string NoteVerifier::text() const {
  return name_ + "+" + core::to_hex(id()) + "+" + core::to_base64(ed25519_type + key_.ed25519());
}

std::string NoteVerifier::id() const {
  return std::string(sha256(name_ + "\n" + ed25519_type + key_.ed25519()).view().substr(0, id_size));
}

Result<std::string> sign_note(std::string_view text, const std::string& name, const PrivateKey& key) {
  if (key.kind() != KeyKind::ed25519) return fail(Code::bad_input, "a note is signed with an Ed25519 key");
  if (!is_name(name)) return fail(Code::bad_input, core::quote(name) + " cannot be the name of a note's key");
  if (!text.ends_with('\n') || !is_text(text)) {
    return fail(Code::bad_input, "a note must be UTF-8 without control characters and end in a newline");
  }
  const Handle<EVP_MD_CTX> context(EVP_MD_CTX_new());
  std::array<unsigned char, signature_size> signature{};
  std::size_t size = signature.size();
  if (context == nullptr ||
      EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, library(), nullptr, key.handle(), nullptr) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, octets(text), text.size()) != 1) {
    return fail(library_error("signing a note failed"));
  }
  const std::string bytes = NoteVerifier(name, key.public_key()).id() + std::string(signature.begin(), signature.end());
  return std::string(text) + "\n" + std::string(dash) + name + " " + core::to_base64(bytes) + "\n";
}

Result<std::string> verify_note(std::string_view note, const NoteVerifier& verifier) {
  const auto refuse = [](const char* why) {
    return fail(Code::bad_input, std::string("is not a signed note: ") + why);
  };
  if (!is_text(note)) return refuse("it must be UTF-8 without control characters");
  const auto blank = note.rfind("\n\n");
  if (blank == std::string_view::npos || !note.ends_with('\n')) return refuse("it must end in signature lines");
  const std::string_view text = note.substr(0, blank + 1);
  std::string_view rest = note.substr(blank + 2);
  if (rest.empty()) return refuse("it must end in signature lines");

  bool verified = false;
  for (std::size_t count = 0; !rest.empty(); ++count) {
    if (count == signatures_limit) return refuse("it has more than 16 signatures");
    std::string_view line = *cut(rest, "\n");
    if (!line.starts_with(dash)) return refuse("a signature line is malformed");
    line.remove_prefix(dash.size());
    const auto name = cut(line, " ");
    const auto bytes = core::from_base64(line);
    if (!name || !is_name(*name) || !bytes || bytes->size() <= id_size) return refuse("a signature line is malformed");
    if (*name != verifier.name() || !bytes->starts_with(verifier.id())) continue;
    if (!is_signature(verifier.key(), text, std::string_view(*bytes).substr(id_size))) {
      return fail(Code::integrity, "the note's signature by " + core::quote(verifier.name()) + " does not verify");
    }
    verified = true;
  }
  if (!verified) return fail(Code::integrity, "the note is not signed by " + core::quote(verifier.name()));
  return std::string(text);
}

}  // namespace airlock::crypto
