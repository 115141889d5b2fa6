#include "keeper/key_file.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "core/ascii.hpp"
#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "crypto/key.hpp"
#include "sys/read_file.hpp"

namespace airlock::keeper {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;

constexpr std::string_view token_format = "airlock-token-key/1";
constexpr std::string_view scheme = "pkcs11:";
constexpr std::size_t uri_limit = 1024;
constexpr std::size_t module_limit = 4096;
/// What may name a token and a key in it (RFC 7512 2.3).
constexpr std::array<std::string_view, 7> attributes{"token",  "manufacturer", "model", "serial",
                                                     "object", "id",           "type"};

tl::unexpected<core::Error> refuse_uri(const std::string& why, std::string hint = {}) {
  return fail(Code::bad_input, "the URI of the key " + why, std::move(hint));
}

bool is_value(std::string_view text) {
  constexpr std::string_view plain = "-._~:[]@!$'()*+,=&";  // pk11-pchar, RFC 7512 2.3
  const auto is_hex = [](char c) { return core::hex_value(c) >= 0; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (core::is_alphanumeric(c) || plain.find(c) != plain.npos) continue;
    if (c != '%' || i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
    i += 2;
  }
  return !text.empty();
}

Result<void> check_uri(std::string_view uri) {
  if (!uri.starts_with(scheme) || uri.size() > uri_limit) return refuse_uri("must begin with `pkcs11:`");
  // A PIN is looked for first and anywhere: whoever wrote it there must learn that it is no longer a secret.
  if (const std::string lower = core::to_lower(uri); lower.find("pin-value") != lower.npos) {
    return refuse_uri("contains a PIN",
                      "leave out `pin-value`: Airlock asks for the PIN, or reads it from `--passphrase-fd` or a "
                      "systemd credential. Change this PIN, since others can read command lines and files");
  }
  uri.remove_prefix(scheme.size());
  if (uri.find('?') != uri.npos) {
    return refuse_uri("must not have a query part (`?…`)",
                      "give the module with `--module`; a PIN does not belong in the URI");
  }
  std::set<std::string_view> seen;
  while (!uri.empty()) {
    const auto part = uri.substr(0, uri.find(';'));
    uri.remove_prefix(std::min(uri.size(), part.size() + 1));
    const auto equals = part.find('=');
    const auto attribute = part.substr(0, equals);
    if (equals == part.npos || !is_value(part.substr(equals + 1))) {
      return refuse_uri("has a part that RFC 7512 does not allow: " + quote(part));
    }
    if (std::find(attributes.begin(), attributes.end(), attribute) == attributes.end()) {
      return refuse_uri("has the attribute " + quote(attribute) + ", which Airlock does not use");
    }
    if (!seen.insert(attribute).second) return refuse_uri("has " + quote(attribute) + " twice");
    if (attribute == "type" && part != "type=private") return refuse_uri("must be of `type=private`");
  }
  if (seen.count("object") + seen.count("id") == 0) return refuse_uri("must name the key by `object` or `id`");
  if (seen.count("token") + seen.count("serial") == 0) return refuse_uri("must name the token by `token` or `serial`");
  return {};
}

}  // namespace

Result<void> check(const TokenKey& token) {
  AIRLOCK_CHECK(check_uri(token.uri));
  const std::string& module = token.module;
  if (!module.starts_with('/') || module.size() > module_limit || !core::is_document_text(module)) {
    return fail(Code::bad_input, "the PKCS #11 module must be an absolute path",
                "for SoftHSM it is /usr/lib/softhsm/libsofthsm2.so");
  }
  return {};
}

std::string_view name(KeyProtection kept) {
  switch (kept) {
    case KeyProtection::unencrypted:
      return "openly";
    case KeyProtection::under_passphrase:
      return "under a passphrase";
    default:
      return "in a token";
  }
}

Result<KeyFile> read_key_file(const std::string& path) {
  AIRLOCK_TRY(std::string text, sys::read_private_file(path, key_file_bytes_limit));
  KeyFile out;
  if (!text.starts_with('{')) {
    out.kept = crypto::is_encrypted_pem(text) ? KeyProtection::under_passphrase : KeyProtection::unencrypted;
    out.pem = crypto::Secret(std::move(text));
    return out;
  }
  out.kept = KeyProtection::in_token;
  AIRLOCK_TRY(const Json json, core::parse_json(text, path));
  core::Members in(json, path, "");
  in.format(token_format);
  out.token.uri = in.text("uri");
  out.token.module = in.text("module");
  AIRLOCK_CHECK(in.finish());
  if (auto sound = check(out.token); !sound) return fail(std::move(sound).error().within(quote(path)));
  return out;
}

std::string to_document(const TokenKey& token) {
  return core::to_pretty_text({{"format", token_format}, {"uri", token.uri}, {"module", token.module}});
}

}  // namespace airlock::keeper
