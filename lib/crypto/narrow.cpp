#include "crypto/narrow.hpp"

#include <openssl/core_dispatch.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <vector>

namespace airlock::crypto {
namespace {

constexpr const char* provider_name = "airlock-narrow";
constexpr std::array<std::string_view, 3> key_types = {"EC", "RSA", "ED25519"};
constexpr std::array<std::string_view, 2> structures = {"structure=SubjectPublicKeyInfo", "structure=PrivateKeyInfo"};
constexpr std::array<std::string_view, 3> signatures = {"ECDSA", "RSA", "ED25519"};
// The last two for random numbers (SP 800-90A 10.2).
constexpr std::array<std::string_view, 5> ciphers = {"AES-256-GCM", "AES-256-WRAP", "AES-256-CBC", "AES-256-CTR",
                                                     "AES-256-ECB"};

/// The provider that is narrowed, and what is offered of it.
struct Narrowed {
  EVP_KEM* method;  // keeps the provider usable after it is unloaded, as any method does
  const OSSL_PROVIDER* provider;
  std::map<int, std::vector<OSSL_ALGORITHM>> offered;  ///< by operation; of any other all
};
// A provider's functions get the context of the one that is narrowed, since its algorithms need that: what belongs to
// this one has no other place. Written before OpenSSL can ask, and never again; never freed, as the library's context.
const Narrowed* narrowed = nullptr;

/// The first of the names that an algorithm has, as in "EC:id-ecPublicKey:1.2.840.10045.2.1".
std::string_view first_name(const OSSL_ALGORITHM& algorithm) {
  const std::string_view names = algorithm.algorithm_names;
  return names.substr(0, names.find(':'));
}

template <std::size_t n>
bool is_among(const std::array<std::string_view, n>& names, const OSSL_ALGORITHM& algorithm) {
  return std::find(names.begin(), names.end(), first_name(algorithm)) != names.end();
}

bool is_key_type(const OSSL_ALGORITHM& algorithm) { return is_among(key_types, algorithm); }

bool is_decoder(const OSSL_ALGORITHM& algorithm) {
  const std::string_view properties = algorithm.property_definition;
  return is_key_type(algorithm) && std::any_of(structures.begin(), structures.end(), [&](std::string_view structure) {
           return properties.ends_with(structure);
         });
}

struct Choice {
  int operation;
  bool (*accepts)(const OSSL_ALGORITHM&);
};
constexpr std::array<Choice, 5> choices{{
    {OSSL_OP_DECODER, is_decoder},
    {OSSL_OP_KEYMGMT, is_key_type},
    {OSSL_OP_SIGNATURE, [](const OSSL_ALGORITHM& algorithm) { return is_among(signatures, algorithm); }},
    {OSSL_OP_CIPHER, [](const OSSL_ALGORITHM& algorithm) { return is_among(ciphers, algorithm); }},
    // SHA-1 names certificates within OpenSSL, and SHA-512 is Ed25519's.
    {OSSL_OP_DIGEST, [](const OSSL_ALGORITHM& algorithm) { return first_name(algorithm).starts_with("SHA"); }},
}};

/// The algorithms of one operation that are accepted, with the empty one that ends a list.
std::vector<OSSL_ALGORITHM> choose(const OSSL_PROVIDER* provider, const Choice& choice) {
  std::vector<OSSL_ALGORITHM> list;
  int no_cache = 0;
  const OSSL_ALGORITHM* all = OSSL_PROVIDER_query_operation(provider, choice.operation, &no_cache);
  for (; all != nullptr && all->algorithm_names != nullptr; ++all) {
    if (choice.accepts(*all)) list.push_back(*all);
  }
  list.push_back({});
  return list;
}

const OSSL_ALGORITHM* query(void* /*context*/, int operation, int* no_cache) {
  *no_cache = 0;
  const auto found = narrowed->offered.find(operation);
  if (found != narrowed->offered.end()) return found->second.data();
  return OSSL_PROVIDER_query_operation(narrowed->provider, operation, no_cache);
}

int start(const OSSL_CORE_HANDLE* /*core*/, const OSSL_DISPATCH* /*offered*/, const OSSL_DISPATCH** functions,
          void** context) {
  static const std::array<OSSL_DISPATCH, 2> table = {
      {{OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<void (*)()>(query)}, {0, nullptr}}};
  *functions = table.data();
  *context = OSSL_PROVIDER_get0_provider_ctx(narrowed->provider);
  return 1;
}

}  // namespace

bool load_narrowed(ossl_lib_ctx_st* context) {
  OSSL_PROVIDER* const whole = OSSL_PROVIDER_load(context, "default");
  // RSA is the only one of its operation: nothing else is made on the way to it.
  EVP_KEM* const method = whole == nullptr ? nullptr : EVP_KEM_fetch(context, "RSA", nullptr);
  if (method == nullptr) return false;
  auto* const made = new Narrowed{method, EVP_KEM_get0_provider(method), {}};
  for (const Choice& choice : choices) made->offered.emplace(choice.operation, choose(made->provider, choice));
  narrowed = made;
  // Both in one context: what the algorithms look up for themselves they find there, and its tables are filled once.
  return OSSL_PROVIDER_add_builtin(context, provider_name, start) == 1 &&
         OSSL_PROVIDER_load(context, provider_name) != nullptr && OSSL_PROVIDER_unload(whole) == 1;
}

const ossl_provider_st* narrowed_provider() { return narrowed == nullptr ? nullptr : narrowed->provider; }

}  // namespace airlock::crypto
