// The certificates of a home: making, renewing, revoking them, and handing over from one root to the next.
#include <algorithm>
#include <array>
#include <chrono>

#include "core/text.hpp"
#include "intake/home.hpp"
#include "intake/roles.hpp"
#include "keeper/keeper.hpp"
#include "keeper/passphrase.hpp"
#include "sys/system.hpp"

namespace airlock::intake {
namespace {

using core::Code;
using core::quote;
using core::Time;

constexpr std::chrono::days root_life{7305};
constexpr std::chrono::days signer_life{1827};
constexpr std::chrono::days recipient_life{3653};
/// How long a revocation list counts as fresh for other programs; a site looks at its number only.
constexpr std::chrono::days list_life{1827};
constexpr std::chrono::minutes backdate{10};
constexpr std::uint64_t crl_bytes_limit = 4 * 1024 * 1024;
constexpr std::uint64_t certificate_file_limit = 64 * 1024;

struct Subordinate {
  std::string_view file;
  std::string_view name;
  crypto::Role role;
  std::chrono::days life;
};
constexpr std::array<Subordinate, 4> subordinates{{
    {"licence-signing", "licence", crypto::Role::licence, signer_life},
    {"kit-signing", "kit", crypto::Role::kit, signer_life},
    {"receipt-signing", "receipt", crypto::Role::receipt, signer_life},
    {layout::recipient, "recipient", crypto::Role::recipient, recipient_life},
}};

const Subordinate& subordinate(crypto::Role role) {
  return *std::find_if(subordinates.begin(), subordinates.end(), [&](const auto& one) { return one.role == role; });
}

crypto::CertificateTemplate certificate_for(const Subordinate& one, const std::string& vendor, Time now) {
  return {.common_name = vendor + " " + std::string(one.file),
          .roles = {one.role},
          .not_before = now - backdate,
          .not_after = now + one.life,
          .ca = false,
          .uuid = std::nullopt};
}

Result<void> put_pair(const std::string& base, const crypto::PrivateKey& key, const crypto::Certificate& certificate) {
  AIRLOCK_CHECK(sys::replace_file(base + ".key", key.pem().view(), sys::private_file));
  return sys::replace_file(base + ".crt", certificate.pem(), sys::public_file);
}

Result<crypto::Certificate> certificate_in(const std::string& file) {
  AIRLOCK_TRY(const std::string pem, sys::read_file(file, certificate_file_limit));
  auto certificate = crypto::Certificate::from_pem(pem);
  if (!certificate) return core::fail(std::move(certificate.error()).within(quote(file)));
  return certificate;
}

}  // namespace

Result<crypto::Certificate> make_root(const std::string& base, const std::string& common_name) {
  const Time now = sys::now();
  AIRLOCK_TRY(const auto key, crypto::PrivateKey::generate(crypto::KeyKind::p256));
  AIRLOCK_TRY(const auto root, crypto::self_sign({.common_name = common_name,
                                                  .roles = {},
                                                  .not_before = now - backdate,
                                                  .not_after = now + root_life,
                                                  .ca = true,
                                                  .uuid = std::nullopt},
                                                 key));
  AIRLOCK_CHECK(put_pair(base, key, root));
  return root;
}

Result<crypto::Certificate> make_subordinate(const std::string& directory, const std::string& name, crypto::Role role,
                                             const crypto::Certificate& root, const crypto::PrivateKey& root_key) {
  const Time now = sys::now();
  const Subordinate& one = subordinate(role);
  AIRLOCK_TRY(const auto key, crypto::PrivateKey::generate(crypto::KeyKind::p256));
  AIRLOCK_TRY(const auto certificate, crypto::issue(certificate_for(one, name, now), key.public_key(), root, root_key));
  AIRLOCK_CHECK(put_pair(directory + "/" + std::string(one.file), key, certificate));
  return certificate;
}

std::optional<crypto::Role> Home::renewable(std::string_view role) {
  for (const Subordinate& one : subordinates) {
    if (one.name == role) return one.role;
  }
  return std::nullopt;
}

Result<std::vector<std::string>> Home::former(std::string_view name) const {
  std::vector<std::string> out;
  for (std::size_t i = 1;; ++i) {
    std::string base = std::string(name) + "." + std::to_string(i);
    if (!sys::exists(path(base) + ".key")) return out;
    out.push_back(std::move(base));
  }
}

Result<void> Home::retire(std::string_view name) const {
  AIRLOCK_TRY(const auto known, former(name));
  const std::string base = path(std::string(name) + "." + std::to_string(known.size() + 1));
  // The certificate first: a pair counts from its key on.
  AIRLOCK_CHECK(sys::remove_file(base + ".crt"));
  AIRLOCK_CHECK(sys::link_file(path(name) + ".crt", base + ".crt"));
  AIRLOCK_CHECK(sys::link_file(path(name) + ".key", base + ".key"));
  return sys::sync_directory(directory_);
}

Result<crypto::Certificate> Home::renew_certificate(crypto::Role role) {
  AIRLOCK_TRY(const Identity root, identity(layout::root));
  AIRLOCK_CHECK(retire(subordinate(role).file));
  return make_subordinate(directory_, name_, role, root.certificate, root.key);
}

Result<crypto::Certificate> Home::use_token(crypto::Role role, const keeper::Token& token) {
  const Subordinate& one = subordinate(role);
  if (role == crypto::Role::recipient) {
    return core::fail(Code::usage, "the key that opens bundles must be a file", "put it under a passphrase instead");
  }
  AIRLOCK_CHECK(keeper::check(token));
  AIRLOCK_TRY(const Identity root, identity(layout::root));
  AIRLOCK_TRY(const auto key, keeper::token_key(token, one.file));
  AIRLOCK_TRY(const auto certificate,
              crypto::issue(certificate_for(one, name_, sys::now()), key.public_key(), root.certificate, root.key));
  AIRLOCK_CHECK(retire(one.file));
  const std::string base = path(one.file);
  AIRLOCK_CHECK(sys::replace_file(base + ".key", keeper::to_document(token), sys::private_file));
  AIRLOCK_CHECK(sys::replace_file(base + ".crt", certificate.pem(), sys::public_file));
  return certificate;
}

Result<void> Home::protect_key(std::string_view name) {
  std::string_view base = layout::root;
  if (name != "root") {
    const auto role = renewable(name);
    if (!role) {
      return core::fail(Code::usage, quote(name) + " is not `root`, `licence`, `kit`, `receipt` or `recipient`");
    }
    base = subordinate(*role).file;
  }
  const std::string file = path(base) + ".key";
  AIRLOCK_TRY(const auto key, keeper::whole_key(file, base));
  AIRLOCK_TRY(const auto passphrase, keeper::secret_for(base, keeper::Asked::new_passphrase));
  return sys::replace_file(file, key.encrypted_pem(passphrase), sys::private_file);
}

Result<std::vector<crypto::RevocationList>> Home::revocation_lists() const {
  const std::string file = path(layout::revocation_lists);
  if (!sys::exists(file)) return std::vector<crypto::RevocationList>{};
  AIRLOCK_TRY(const std::string pem, sys::read_file(file, crl_bytes_limit));
  auto lists = crypto::RevocationList::list_from_pem(pem);
  if (!lists) return core::fail(std::move(lists.error()).within(quote(file)));
  return lists;
}

Result<std::uint64_t> Home::revoke_certificate(const crypto::Certificate& certificate) {
  for (const Subordinate& one : subordinates) {
    AIRLOCK_TRY(const auto in_force, certificate_in(path(one.file) + ".crt"));
    if (in_force == certificate) {
      return core::fail(Code::refused, "this is the certificate in force for the role " + quote(one.name),
                        "make another first: `airlock-vendor certificate renew " + std::string(one.name) + "`");
    }
  }
  AIRLOCK_TRY(auto bases, former(layout::root));
  bases.emplace_back(layout::root);
  for (const std::string& base : bases) {
    AIRLOCK_TRY(const Identity root, identity(base));
    if (!crypto::is_issued_by(certificate, root.certificate)) continue;
    AIRLOCK_TRY(auto lists, revocation_lists());
    const auto at =
        std::find_if(lists.begin(), lists.end(), [&](const auto& list) { return list.is_issued_by(root.certificate); });
    crypto::RevocationTemplate content{
        .number = 1, .issued = sys::now(), .next_update = sys::now() + list_life, .revoked = {}};
    content.revoked.push_back({certificate, content.issued});
    if (at != lists.end()) {
      content.number = at->number() + 1;
      AIRLOCK_TRY(auto next, crypto::extend_revocation_list(*at, content, root.certificate, root.key));
      *at = std::move(next);
    } else {
      AIRLOCK_TRY(auto first, crypto::issue_revocation_list(content, root.certificate, root.key));
      lists.push_back(std::move(first));
    }
    std::string pem;
    for (const auto& list : lists) pem += list.pem();
    AIRLOCK_CHECK(sys::replace_file(path(layout::revocation_lists), pem, sys::public_file));
    return content.number;
  }
  return core::fail(Code::refused, "no root of this home has issued this certificate");
}

Result<std::vector<crypto::Successor>> Home::successors() const {
  std::vector<crypto::Successor> out;
  const std::string folder = path(layout::links);
  if (!sys::exists(folder)) return out;
  for (std::size_t i = 1;; ++i) {
    const std::string file = folder + "/" + std::to_string(i) + ".crt";
    if (!sys::exists(file)) return out;
    AIRLOCK_TRY(const std::string pem, sys::read_file(file, 2 * certificate_file_limit));
    auto successor = crypto::successor_from_pem(pem);
    if (!successor) return core::fail(std::move(successor.error()).within(quote(file)));
    out.push_back(std::move(*successor));
  }
}

Result<crypto::Certificate> Home::make_successor() {
  if (sys::exists(path(layout::next_root) + ".crt")) {
    return core::fail(Code::refused, "a successor root waits already: " + quote(path(layout::next_root) + ".crt"),
                      "put it in force with `airlock-vendor root promote`");
  }
  AIRLOCK_TRY(const Identity root, identity(layout::root));
  AIRLOCK_TRY(const auto known, successors());
  AIRLOCK_TRY(const auto next, make_root(path(layout::next_root), name_ + " root " + std::to_string(known.size() + 2)));
  AIRLOCK_TRY(const auto successor, crypto::sign_for_successor(next, root.certificate, root.key));
  if (!sys::exists(path(layout::links))) {
    AIRLOCK_CHECK(sys::make_directory(path(layout::links), sys::private_directory));
  }
  AIRLOCK_CHECK(sys::create_file(path(layout::links) + "/" + std::to_string(known.size() + 1) + ".crt",
                                 successor.root.pem() + successor.link.pem(), sys::public_file));
  return next;
}

Result<crypto::Certificate> Home::promote_successor() {
  if (!sys::exists(path(layout::next_root) + ".crt")) {
    return core::fail(Code::refused, "no successor root waits", "make one with `airlock-vendor root successor`");
  }
  AIRLOCK_TRY(const Identity next, identity(layout::next_root));
  AIRLOCK_CHECK(retire(layout::root));
  AIRLOCK_TRY(const auto kept, keeper::read_key_file(path(layout::next_root) + ".key"));
  AIRLOCK_CHECK(sys::replace_file(path(layout::root) + ".key", kept.pem.view(), sys::private_file));
  AIRLOCK_CHECK(sys::replace_file(path(layout::root) + ".crt", next.certificate.pem(), sys::public_file));
  for (const Subordinate& one : subordinates) AIRLOCK_CHECK(renew_certificate(one.role));
  AIRLOCK_CHECK(sys::remove_file(path(layout::next_root) + ".key"));
  AIRLOCK_CHECK(sys::remove_file(path(layout::next_root) + ".crt"));
  return next.certificate;
}

}  // namespace airlock::intake
