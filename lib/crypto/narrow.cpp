#include "crypto/narrow.hpp"

#include <openssl/core_dispatch.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace airlock::crypto {
namespace {

constexpr const char* provider_name = "airlock-narrow";
constexpr std::array<std::string_view, 3> key_types = {"EC", "RSA", "ED25519"};
constexpr std::array<std::string_view, 2> structures = {"structure=SubjectPublicKeyInfo", "structure=PrivateKeyInfo"};

// The functions of a provider get the context of the one that is narrowed, since its algorithms need that; what belongs
// to this one has no other place. Written by `load_narrowed` before OpenSSL can call, and never again.
OSSL_PROVIDER* narrowed = nullptr;
std::vector<OSSL_ALGORITHM> decoders;
std::vector<OSSL_ALGORITHM> key_management;

/// The first of the names that an algorithm has, as in "EC:id-ecPublicKey:1.2.840.10045.2.1".
std::string_view first_name(const OSSL_ALGORITHM& algorithm) {
  const std::string_view names = algorithm.algorithm_names;
  return names.substr(0, names.find(':'));
}

bool is_key_type(const OSSL_ALGORITHM& algorithm) {
  return std::find(key_types.begin(), key_types.end(), first_name(algorithm)) != key_types.end();
}

bool reads_structure(const OSSL_ALGORITHM& algorithm) {
  const std::string_view properties = algorithm.property_definition;
  return std::any_of(structures.begin(), structures.end(),
                     [&](std::string_view wanted) { return properties.ends_with(wanted); });
}

/// The algorithms of one operation that are kept, with the empty one that ends a list.
template <typename Keep>
std::vector<OSSL_ALGORITHM> kept(int operation, Keep keep) {
  std::vector<OSSL_ALGORITHM> list;
  int no_cache = 0;
  const OSSL_ALGORITHM* all = OSSL_PROVIDER_query_operation(narrowed, operation, &no_cache);
  for (; all != nullptr && all->algorithm_names != nullptr; ++all) {
    if (keep(*all)) list.push_back(*all);
  }
  list.push_back({});
  return list;
}

const OSSL_ALGORITHM* query(void* /*context*/, int operation, int* no_cache) {
  *no_cache = 0;
  if (operation == OSSL_OP_DECODER) return decoders.data();
  if (operation == OSSL_OP_KEYMGMT) return key_management.data();
  return OSSL_PROVIDER_query_operation(narrowed, operation, no_cache);
}

int start(const OSSL_CORE_HANDLE* /*core*/, const OSSL_DISPATCH* /*offered*/, const OSSL_DISPATCH** functions,
          void** context) {
  static const std::array<OSSL_DISPATCH, 2> table = {
      {{OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<void (*)()>(query)}, {0, nullptr}}};
  *functions = table.data();
  *context = OSSL_PROVIDER_get0_provider_ctx(narrowed);
  return 1;
}

}  // namespace

bool load_narrowed(ossl_lib_ctx_st* context) {
  OSSL_PROVIDER* const whole = OSSL_PROVIDER_load(context, "default");
  // A method keeps its provider usable after that is unloaded, and RSA is the only one of its operation. Never freed.
  const EVP_KEM* const keeper = whole == nullptr ? nullptr : EVP_KEM_fetch(context, "RSA", nullptr);
  if (keeper == nullptr) return false;
  narrowed = EVP_KEM_get0_provider(keeper);
  decoders = kept(OSSL_OP_DECODER, [](const auto& one) { return is_key_type(one) && reads_structure(one); });
  key_management = kept(OSSL_OP_KEYMGMT, is_key_type);
  // Both in one context: what the algorithms look up for themselves they find there, and its tables are filled once.
  return OSSL_PROVIDER_add_builtin(context, provider_name, start) == 1 &&
         OSSL_PROVIDER_load(context, provider_name) != nullptr && OSSL_PROVIDER_unload(whole) == 1;
}

const ossl_provider_st* narrowed_provider() { return narrowed; }

}  // namespace airlock::crypto
