// ENGINE and methods of keys are deprecated in OpenSSL 3 and complete in 3.0; the alternative is a provider that
// implements the whole of RSA and EC key management to reach one call (docs/decisions/0014-keys-kept-elsewhere.md).
#include "crypto/delegate.hpp"

#include <openssl/ec.h>
#include <openssl/engine.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <exception>
#include <optional>

#include "crypto/openssl.hpp"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace airlock::crypto {
namespace {

using core::Code;
using core::fail;

/// What hangs on a key that is kept elsewhere.
struct Delegate {
  DigestSigner signer;
  PublicKey half;
  std::optional<core::Error> error;
};

void free_delegate(void* /*key*/, void* delegate, CRYPTO_EX_DATA* /*all*/, int /*index*/, long /*argument*/,
                   void* /*pointer*/) {
  delete static_cast<Delegate*>(delegate);
}

int delegate_index() {
  static const int index =
      CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_EVP_PKEY, 0, nullptr, nullptr, nullptr, free_delegate);
  return index;
}

Delegate* delegate_of(const EVP_PKEY* key) {
  return static_cast<Delegate*>(EVP_PKEY_get_ex_data(key, delegate_index()));
}

/// Whether what the library is about to sign is what a `DigestSigner` signs.
bool is_wanted(EVP_PKEY_CTX* context, const Delegate& delegate, std::size_t size) {
  if (size != digest_bytes(delegate.half.kind())) return false;
  if (delegate.half.kind() != KeyKind::rsa) return true;
  int padding = 0;
  int salt = 0;
  const EVP_MD* mask = nullptr;
  return EVP_PKEY_CTX_get_rsa_padding(context, &padding) == 1 && padding == RSA_PKCS1_PSS_PADDING &&
         EVP_PKEY_CTX_get_rsa_pss_saltlen(context, &salt) == 1 &&
         (salt == RSA_PSS_SALTLEN_DIGEST || salt == static_cast<int>(size)) &&
         EVP_PKEY_CTX_get_rsa_mgf1_md(context, &mask) == 1 && mask != nullptr && EVP_MD_get_type(mask) == NID_sha256;
}

/// The library's call for a signature, with a digest.
int sign_elsewhere(EVP_PKEY_CTX* context, unsigned char* into, std::size_t* size, const unsigned char* digest,
                   std::size_t digest_size) {
  EVP_PKEY* const key = EVP_PKEY_CTX_get0_pkey(context);
  Delegate* const delegate = key == nullptr ? nullptr : delegate_of(key);
  const auto room = static_cast<std::size_t>(std::max(0, EVP_PKEY_get_size(key)));
  if (delegate == nullptr || size == nullptr) return 0;
  if (into == nullptr) {
    *size = room;
    return 1;
  }
  try {
    if (!is_wanted(context, *delegate, digest_size)) {
      delegate->error =
          core::Error{Code::unexpected, "a key that is kept elsewhere was asked for another signature", {}};
      return 0;
    }
    const std::string_view asked(reinterpret_cast<const char*>(digest), digest_size);
    auto signature = delegate->signer(asked);
    if (!signature) {
      delegate->error = std::move(signature).error();
      return 0;
    }
    if (signature->size() > std::min(*size, room) || !is_signature_of_digest(delegate->half, asked, *signature)) {
      delegate->error = core::Error{Code::integrity, "the answer of the key's keeper is no signature of that key", {}};
      return 0;
    }
    std::copy(signature->begin(), signature->end(), into);
    *size = signature->size();
    return 1;
  } catch (const std::exception&) {
    return 0;  // memory; the library's own error says that signing failed
  }
}

/// The library's own method for keys of this kind, but for the signature.
EVP_PKEY_METHOD* method_for(int id) {
  const EVP_PKEY_METHOD* const usual = EVP_PKEY_meth_find(id);
  int found = 0;
  int flags = 0;
  EVP_PKEY_meth_get0_info(&found, &flags, usual);
  EVP_PKEY_METHOD* const made = EVP_PKEY_meth_new(id, flags);
  ensure(usual != nullptr && made != nullptr, "key method");
  EVP_PKEY_meth_copy(made, usual);
  EVP_PKEY_meth_set_sign(made, nullptr, sign_elsewhere);
  return made;
}

int methods(ENGINE* /*engine*/, EVP_PKEY_METHOD** method, const int** ids, int id) {
  static const int known[] = {EVP_PKEY_EC, EVP_PKEY_RSA};
  static EVP_PKEY_METHOD* const ec = method_for(EVP_PKEY_EC);
  static EVP_PKEY_METHOD* const rsa = method_for(EVP_PKEY_RSA);
  if (method == nullptr) {
    *ids = known;
    return 2;
  }
  *method = id == EVP_PKEY_EC ? ec : id == EVP_PKEY_RSA ? rsa : nullptr;
  return *method == nullptr ? 0 : 1;
}

/// In no list of the library's: it serves the keys that it is attached to and no others. Lives as long as the process.
ENGINE* delegating_engine() {
  static ENGINE* const engine = [] {
    ENGINE* const made = ENGINE_new();
    ensure(made != nullptr && ENGINE_set_id(made, "airlock-elsewhere") == 1 &&
               ENGINE_set_name(made, "keys that are kept elsewhere") == 1 && ENGINE_set_pkey_meths(made, methods) == 1,
           "engine");
    return made;
  }();
  return engine;
}

/// The same public key as the library's old kind of object, which is what methods work on.
Handle<EVP_PKEY> old_kind(const PublicKey& half) {
  Handle<EVP_PKEY> out(EVP_PKEY_new());
  ensure(out != nullptr, "key");
  if (half.kind() == KeyKind::rsa) {
    RSA* const rsa = EVP_PKEY_get1_RSA(half.handle());
    ensure(rsa != nullptr && EVP_PKEY_assign_RSA(out.get(), rsa) == 1, "key");
  } else {
    EC_KEY* const ec = EVP_PKEY_get1_EC_KEY(half.handle());
    ensure(ec != nullptr && EVP_PKEY_assign_EC_KEY(out.get(), ec) == 1, "key");
  }
  return out;
}

struct FreeContext {
  void operator()(EVP_PKEY_CTX* context) const noexcept { EVP_PKEY_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_PKEY_CTX, FreeContext>;

bool set_options(EVP_PKEY_CTX* context, KeyKind kind) {
  const EVP_MD* const digest = kind == KeyKind::p384 ? EVP_sha384() : EVP_sha256();
  if (kind != KeyKind::rsa) return EVP_PKEY_CTX_set_signature_md(context, digest) == 1;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_signature_md(context, digest) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

}  // namespace

std::size_t digest_bytes(KeyKind kind) {
  if (kind == KeyKind::ed25519) return 0;
  return kind == KeyKind::p384 ? 48 : 32;
}

Result<std::string> sign_digest(const PrivateKey& key, std::string_view digest) {
  if (digest.empty() || digest.size() != digest_bytes(key.kind())) {
    return fail(Code::bad_input, "is not a digest that this key signs");
  }
  const Context context(EVP_PKEY_CTX_new_from_pkey(library(), key.handle(), nullptr));
  std::string signature(static_cast<std::size_t>(std::max(0, EVP_PKEY_get_size(key.handle()))), '\0');
  std::size_t size = signature.size();
  if (context == nullptr || EVP_PKEY_sign_init(context.get()) != 1 || !set_options(context.get(), key.kind()) ||
      EVP_PKEY_sign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, octets(digest),
                    digest.size()) != 1) {
    return fail(signing_error(key.handle(), "the key does not sign"));
  }
  signature.resize(size);
  return signature;
}

bool is_signature_of_digest(const PublicKey& key, std::string_view digest, std::string_view signature) {
  const Context context(EVP_PKEY_CTX_new_from_pkey(library(), key.handle(), nullptr));
  const bool holds =
      context != nullptr && EVP_PKEY_verify_init(context.get()) == 1 && set_options(context.get(), key.kind()) &&
      EVP_PKEY_verify(context.get(), octets(signature), signature.size(), octets(digest), digest.size()) == 1;
  forget_errors();
  return holds;
}

Result<PrivateKey> delegated_key(const PublicKey& half, DigestSigner signer) {
  if (digest_bytes(half.kind()) == 0) return fail(Code::bad_input, "an Ed25519 key cannot be kept elsewhere");
  Handle<EVP_PKEY> key = old_kind(half);
  auto delegate = std::make_unique<Delegate>(Delegate{std::move(signer), half, std::nullopt});
  ensure(EVP_PKEY_set_ex_data(key.get(), delegate_index(), delegate.get()) == 1, "key");
  static_cast<void>(delegate.release());  // goes with the key
  ensure(EVP_PKEY_set1_engine(key.get(), delegating_engine()) == 1, "key");
  return PrivateKey::with_half(std::move(key), half);
}

core::Error signing_error(const EVP_PKEY* key, std::string_view what) {
  const Delegate* const delegate = delegate_of(key);
  if (delegate == nullptr || !delegate->error) return library_error(what);
  forget_errors();
  return *delegate->error;
}

}  // namespace airlock::crypto

#pragma GCC diagnostic pop
