// Registers new sites with a vendor, as `airlock-vendor site add` does with their requests.
//     bench_fleet REGISTER N

#include <cstdlib>
#include <string>

#include "crypto/hash.hpp"
#include "intake/register.hpp"
#include "ledger/checkpoint.hpp"
#include "must.hpp"
#include "sys/system.hpp"
#include "sys/world.hpp"

using namespace airlock;
using bench::must;

namespace {

crypto::Certificate certificate(const std::string& site_id, crypto::Role role, core::Time now) {
  const auto key = must(crypto::PrivateKey::generate(crypto::KeyKind::p256));
  return must(crypto::self_sign({.common_name = "Airlock site",
                                 .roles = {role},
                                 .not_before = now,
                                 .not_after = now + std::chrono::days{3650},
                                 .ca = false,
                                 .uuid = site_id},
                                key));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  auto reg = must(intake::Register::open(argv[1]));
  const core::Time now = sys::now();
  for (long i = 0; i < std::atol(argv[2]); ++i) {
    const std::string id = sys::random_uuid();
    const auto ledger_key = must(crypto::PrivateKey::generate(crypto::KeyKind::ed25519));
    must(reg.add_site({.site_id = id,
                       .name = "Branch " + std::to_string(i),
                       .product = "posthog",
                       .created = now,
                       .site_certificate = certificate(id, crypto::Role::site, now),
                       .archive_certificate = certificate(id, crypto::Role::recipient, now),
                       .ledger_key = {ledger::origin(id), ledger_key.public_key()},
                       .successions = {},
                       .fingerprint = crypto::sha256(id)},
                      now));
  }
}
