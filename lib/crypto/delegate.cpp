// ENGINE and key methods are deprecated since OpenSSL 3.0, where they still work in full. The alternative is a provider
// with the whole of RSA and EC key management for the sake of one call (docs/decisions/0014-keys-kept-elsewhere.md).
#include "crypto/delegate.hpp"

#include <openssl/ec.h>
#include <openssl/engine.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <exception>
#include <optional>

#include "crypto/digest_signature.hpp"
#include "crypto/openssl.hpp"
#include "crypto/signing.hpp"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace airlock::crypto {
namespace {

using core::Code;
using core::fail;

/// Attached to each delegated key.
struct Delegate {
  DigestSigner signer;
  PublicKey public_key;
  std::optional<core::Error> error;  ///< why the signer did not sign when it was last asked
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

/// Whether OpenSSL wants the kind of signature that a `DigestSigner` makes.
bool is_wanted(EVP_PKEY_CTX* context, const Delegate& delegate, std::size_t size) {
  if (size != digest_bytes(delegate.public_key.kind())) return false;
  if (delegate.public_key.kind() != KeyKind::rsa) return true;
  int padding = 0;
  int salt = 0;
  const EVP_MD* mask = nullptr;
  return EVP_PKEY_CTX_get_rsa_padding(context, &padding) == 1 && padding == RSA_PKCS1_PSS_PADDING &&
         EVP_PKEY_CTX_get_rsa_pss_saltlen(context, &salt) == 1 &&
         (salt == RSA_PSS_SALTLEN_DIGEST || salt == static_cast<int>(size)) &&
         EVP_PKEY_CTX_get_rsa_mgf1_md(context, &mask) == 1 && mask != nullptr && EVP_MD_get_type(mask) == NID_sha256;
}

/// OpenSSL calls this to sign a digest.
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
      delegate->error = core::Error{Code::unexpected, "a delegated key was asked for another kind of signature", {}};
      return 0;
    }
    const std::string_view asked(reinterpret_cast<const char*>(digest), digest_size);
    auto signature = delegate->signer(asked);
    if (!signature) {
      delegate->error = std::move(signature).error();
      return 0;
    }
    if (signature->size() > std::min(*size, room) || !is_signature_of_digest(delegate->public_key, asked, *signature)) {
      delegate->error = core::Error{Code::integrity, "the answer of the key agent is not a signature by this key", {}};
      return 0;
    }
    std::copy(signature->begin(), signature->end(), into);
    *size = signature->size();
    return 1;
  } catch (const std::exception&) {
    return 0;  // no memory: OpenSSL reports that signing failed
  }
}

/// OpenSSL's own method for keys of this kind, with our function for signing.
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

/// The engine that delegated keys use. It is in none of OpenSSL's lists, so no other key gets it. Lives as long as the
/// process.
ENGINE* delegating_engine() {
  static ENGINE* const engine = [] {
    ENGINE* const made = ENGINE_new();
    ensure(made != nullptr && ENGINE_set_id(made, "airlock-delegate") == 1 &&
               ENGINE_set_name(made, "delegated keys of Airlock") == 1 && ENGINE_set_pkey_meths(made, methods) == 1,
           "engine");
    return made;
  }();
  return engine;
}

/// The same public key as an object of OpenSSL 1.1's kind: key methods work on those only.
Handle<EVP_PKEY> legacy_key(const PublicKey& public_key) {
  Handle<EVP_PKEY> out(EVP_PKEY_new());
  ensure(out != nullptr, "key");
  if (public_key.kind() == KeyKind::rsa) {
    RSA* const rsa = EVP_PKEY_get1_RSA(public_key.handle());
    ensure(rsa != nullptr && EVP_PKEY_assign_RSA(out.get(), rsa) == 1, "key");
  } else {
    EC_KEY* const ec = EVP_PKEY_get1_EC_KEY(public_key.handle());
    ensure(ec != nullptr && EVP_PKEY_assign_EC_KEY(out.get(), ec) == 1, "key");
  }
  return out;
}

}  // namespace

Result<void> delegation_is_built() { return {}; }

Result<PrivateKey> delegated_key(const PublicKey& public_key, DigestSigner signer) {
  if (digest_bytes(public_key.kind()) == 0) return fail(Code::bad_input, "an Ed25519 key cannot be kept elsewhere");
  Handle<EVP_PKEY> key = legacy_key(public_key);
  auto delegate = std::make_unique<Delegate>(Delegate{std::move(signer), public_key, std::nullopt});
  ensure(EVP_PKEY_set_ex_data(key.get(), delegate_index(), delegate.get()) == 1, "key");
  static_cast<void>(delegate.release());  // `free_delegate` frees it with the key
  ensure(EVP_PKEY_set1_engine(key.get(), delegating_engine()) == 1, "key");
  return PrivateKey::with_public_key(std::move(key), public_key);
}

core::Error signing_error(const EVP_PKEY* key, std::string_view what) {
  const Delegate* const delegate = delegate_of(key);
  if (delegate == nullptr || !delegate->error) return library_error(what);
  forget_errors();
  return *delegate->error;
}

}  // namespace airlock::crypto

#pragma GCC diagnostic pop
