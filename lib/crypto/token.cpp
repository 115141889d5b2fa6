// ENGINE is deprecated since OpenSSL 3.0, where it still works in full: docs/decisions/0014-keys-kept-elsewhere.md.
#include "crypto/token.hpp"

#include <openssl/crypto.h>
#include <openssl/engine.h>
#include <openssl/evp.h>
#include <openssl/ui.h>

#include "core/text.hpp"
#include "crypto/openssl.hpp"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace airlock::crypto {
namespace {

using core::Code;
using core::fail;

/// The path of libp11's engine in OpenSSL's own folder. OpenSSL reports that as `ENGINESDIR: "/usr/lib/…/engines-3"`.
std::string engine_path() {
  const std::string_view text(OpenSSL_version(OPENSSL_ENGINES_DIR));
  const auto from = text.find('"');
  const auto to = text.rfind('"');
  if (from == std::string_view::npos || to <= from) return {};
  return std::string(text.substr(from + 1, to - from - 1)) + "/pkcs11.so";
}

/// How libp11's error ends where the module is missing, is not a PKCS #11 module, or does not start.
constexpr std::string_view no_module = "Unable to load PKCS#11 module";

core::Error refused(const std::string& what, std::string hint) {
  core::Error error = library_error(what);
  error.code = Code::refused;
  error.hint = std::move(hint);
  return error;
}

}  // namespace

Result<PrivateKey> load_token_key(const std::string& uri, const std::string& module, const Secret& pin) {
  (void)library();  // before all else, so that OpenSSL reads no configuration
  ENGINE_load_dynamic();
  const std::string path = engine_path();
  ENGINE* const engine = ENGINE_by_id("dynamic");  // never freed: it lives as long as the process
  const auto set = [&](const char* name, const char* value) {
    return ENGINE_ctrl_cmd_string(engine, name, value, 0) == 1;
  };
  if (engine == nullptr || !set("SO_PATH", path.c_str()) || !set("ID", "pkcs11") || !set("LIST_ADD", "0") ||
      !set("LOAD", nullptr)) {
    return fail(refused("the PKCS #11 engine cannot be loaded", "install Debian's `libengine-pkcs11-openssl`"));
  }
  const std::string pin_text(pin.view());
  if (!set("MODULE_PATH", module.c_str()) || (!pin_text.empty() && !set("PIN", pin_text.c_str())) ||
      ENGINE_init(engine) != 1) {
    return fail(refused("the PKCS #11 module does not start", "is it the module of this token's maker?"));
  }
  std::shared_ptr<EVP_PKEY> key(
      ENGINE_load_private_key(engine, uri.c_str(), const_cast<UI_METHOD*>(UI_null()), nullptr), EVP_PKEY_free);
  if (key == nullptr) {
    core::Error error = refused("the token does not offer the key",
                                "check that the token is present, that the URI has its label and the key's label, and "
                                "that the PIN is right. Tokens lock themselves after a few wrong PINs");
    // The engine loads the module only here, so this may be about the module.
    if (error.message.ends_with(no_module)) {
      error.hint = "check that " + core::quote(module) +
                   " exists, and is a PKCS #11 module for this machine that this user can read";
    }
    return fail(std::move(error));
  }
  return PrivateKey::from_handle(std::move(key));
}

}  // namespace airlock::crypto

#pragma GCC diagnostic pop
