#include "keeper/person_key.hpp"

#include "core/text.hpp"
#include "keeper/keeper.hpp"

namespace airlock::keeper {

using core::Code;
using core::fail;

Result<crypto::PrivateKey> key_of_person(const PersonKey& where, const crypto::PublicKey& public_key) {
  if (!where.key.starts_with("pkcs11:")) return signing_key(where.key, officer_key_name, public_key);
  if (where.module.empty()) {
    return fail(Code::usage, "a key in a token needs the token's module",
                "give it with `--module`, such as `--module /usr/lib/softhsm/libsofthsm2.so`");
  }
  const TokenKey token{where.key, where.module};
  AIRLOCK_CHECK(check(token));
  AIRLOCK_TRY(auto out, token_key(token, officer_key_name));
  if (out.public_key() == public_key) return out;
  return fail(Code::integrity, core::quote(where.key) + ": is not the key of the certificate");
}

}  // namespace airlock::keeper
