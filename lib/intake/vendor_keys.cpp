#include "intake/vendor_keys.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "core/text.hpp"
#include "keeper/keeper.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/read_file.hpp"
#include "sys/system.hpp"
#include "sys/write_file.hpp"

namespace airlock::intake {
namespace {

using core::Code;
using core::fail;
using core::quote;
using core::Time;

constexpr std::string_view next_root_base = "next-root";
constexpr std::string_view links_folder = "root-links";  // `N.crt`: a root and its link, as kits carry them
constexpr std::string_view revocation_lists_file = "crl.pem";

constexpr std::chrono::days root_life{7305};
constexpr std::chrono::days signer_life{1827};
constexpr std::chrono::days recipient_life{3653};
/// How long other programs take a revocation list for fresh; a site looks only at its number.
constexpr std::chrono::days list_life{1827};
constexpr std::chrono::minutes backdate{10};
constexpr std::uint64_t crl_bytes_limit = 4ULL * 1024 * 1024;
constexpr std::uint64_t certificate_file_limit = 64ULL * 1024;

struct RolePair {
  std::string_view base;
  std::string_view name;
  crypto::Role role;
  std::chrono::days life;
};
constexpr std::array<RolePair, 4> role_pairs{{
    {"licence-signing", "licence", crypto::Role::licence, signer_life},
    {"kit-signing", "kit", crypto::Role::kit, signer_life},
    {"receipt-signing", "receipt", crypto::Role::receipt, signer_life},
    {recipient_base, "recipient", crypto::Role::recipient, recipient_life},
}};

const RolePair& pair_of(crypto::Role role) {
  return *std::find_if(role_pairs.begin(), role_pairs.end(), [&](const auto& one) { return one.role == role; });
}

crypto::CertificateTemplate certificate_for(const RolePair& one, const std::string& vendor, Time now) {
  return {.common_name = vendor + " " + std::string(one.base),
          .roles = {one.role},
          .not_before = now - backdate,
          .not_after = now + one.life,
          .ca = false,
          .uuid = std::nullopt};
}

Result<void> put_pair(const std::string& path, const site::Identity& pair) {
  AIRLOCK_CHECK(sys::replace_file(path + ".key", pair.key.pem().view(), sys::private_file));
  return sys::replace_file(path + ".crt", pair.certificate.pem(), sys::public_file);
}

}  // namespace

Result<crypto::Certificate> VendorKeys::create() const {
  AIRLOCK_TRY(const auto root, make_root(root_base, vendor_ + " root"));
  for (const RolePair& one : role_pairs) AIRLOCK_CHECK(make_pair_for(one.role, root));
  return root.certificate;
}

Result<site::Identity> VendorKeys::make_root(std::string_view base, const std::string& common_name) const {
  const Time now = sys::now();
  AIRLOCK_TRY(auto key, crypto::PrivateKey::generate(crypto::KeyKind::p256));
  AIRLOCK_TRY(auto certificate, crypto::self_sign({.common_name = common_name,
                                                   .roles = {},
                                                   .not_before = now - backdate,
                                                   .not_after = now + root_life,
                                                   .ca = true,
                                                   .uuid = std::nullopt},
                                                  key));
  site::Identity root{std::move(key), std::move(certificate)};
  AIRLOCK_CHECK(put_pair(path(base), root));
  return root;
}

Result<crypto::Certificate> VendorKeys::make_pair_for(crypto::Role role, const site::Identity& root) const {
  const RolePair& one = pair_of(role);
  AIRLOCK_TRY(auto key, crypto::PrivateKey::generate(crypto::KeyKind::p256));
  AIRLOCK_TRY(auto certificate,
              crypto::issue(certificate_for(one, vendor_, sys::now()), key.public_key(), root.certificate, root.key));
  AIRLOCK_CHECK(put_pair(path(one.base), {std::move(key), certificate}));
  return certificate;
}

std::optional<crypto::Role> VendorKeys::role_named(std::string_view name) {
  for (const RolePair& one : role_pairs) {
    if (one.name == name) return one.role;
  }
  return std::nullopt;
}

Result<crypto::Certificate> VendorKeys::certificate(std::string_view base) const {
  const std::string file = path(base) + ".crt";
  AIRLOCK_TRY(const std::string pem, sys::read_file(file, certificate_file_limit));
  auto certificate = crypto::Certificate::from_pem(pem);
  if (!certificate) return fail(std::move(certificate.error()).within(quote(file)));
  return certificate;
}

Result<site::Identity> VendorKeys::pair(std::string_view base) const {
  const std::string file = path(base) + ".key";
  AIRLOCK_TRY(auto certificate, this->certificate(base));
  // A key that opens bundles must be in the file; a signing key may be elsewhere.
  const bool opens = certificate.has_role(crypto::Role::recipient);
  auto key = opens ? keeper::whole_key(file, base) : keeper::signing_key(file, base, certificate.key());
  if (!key) return fail(std::move(key).error());
  if (!(certificate.key() == key->public_key())) {
    return fail(Code::integrity, quote(file) + ": does not belong to the certificate beside it");
  }
  return site::Identity{std::move(*key), std::move(certificate)};
}

Result<site::Identity> VendorKeys::in_force(crypto::Role role) const { return pair(pair_of(role).base); }

std::vector<std::string> VendorKeys::bases(std::string_view base) const {
  std::vector<std::string> out;
  for (std::size_t i = 1;; ++i) {
    std::string former = std::string(base) + "." + std::to_string(i);
    if (!sys::exists(path(former) + ".key")) break;
    out.push_back(std::move(former));
  }
  out.emplace_back(base);
  return out;
}

Result<std::vector<crypto::Certificate>> VendorKeys::roots() const {
  std::vector<crypto::Certificate> out;
  for (const std::string& base : bases(root_base)) {
    AIRLOCK_TRY(auto root, certificate(base));
    out.push_back(std::move(root));
  }
  return out;
}

Result<void> VendorKeys::keep_as_former(std::string_view base) const {
  const std::string former = path(base) + "." + std::to_string(bases(base).size());
  // The certificate first: a pair exists as soon as its key does.
  AIRLOCK_CHECK(sys::remove_file(former + ".crt"));
  AIRLOCK_CHECK(sys::link_file(path(base) + ".crt", former + ".crt"));
  AIRLOCK_CHECK(sys::link_file(path(base) + ".key", former + ".key"));
  return sys::sync_directory(directory_);
}

Result<crypto::Certificate> VendorKeys::renew(crypto::Role role) const {
  AIRLOCK_TRY(const auto root, pair(root_base));
  AIRLOCK_CHECK(keep_as_former(pair_of(role).base));
  return make_pair_for(role, root);
}

Result<crypto::Certificate> VendorKeys::use_token(crypto::Role role, const keeper::TokenKey& token) const {
  const RolePair& one = pair_of(role);
  if (role == crypto::Role::recipient) {
    return fail(Code::usage, "the key that opens bundles must be a file", "put it under a passphrase instead");
  }
  AIRLOCK_CHECK(keeper::check(token));
  AIRLOCK_TRY(const auto root, pair(root_base));
  AIRLOCK_TRY(const auto key, keeper::token_key(token, one.base));
  AIRLOCK_TRY(const auto certificate,
              crypto::issue(certificate_for(one, vendor_, sys::now()), key.public_key(), root.certificate, root.key));
  AIRLOCK_CHECK(keep_as_former(one.base));
  AIRLOCK_CHECK(sys::replace_file(path(one.base) + ".key", keeper::to_document(token), sys::private_file));
  AIRLOCK_CHECK(sys::replace_file(path(one.base) + ".crt", certificate.pem(), sys::public_file));
  return certificate;
}

Result<void> VendorKeys::protect(std::string_view name) const {
  std::string_view base = root_base;
  if (name != "root") {
    const auto role = role_named(name);
    if (!role) return fail(Code::usage, quote(name) + " is not `root`, `licence`, `kit`, `receipt` or `recipient`");
    base = pair_of(*role).base;
  }
  const std::string file = path(base) + ".key";
  AIRLOCK_TRY(const auto key, keeper::whole_key(file, base));
  AIRLOCK_TRY(const std::string pem, keeper::under_new_passphrase(key, base));
  return sys::replace_file(file, pem, sys::private_file);
}

Result<std::vector<crypto::RevocationList>> VendorKeys::revocation_lists() const {
  const std::string file = path(revocation_lists_file);
  if (!sys::exists(file)) return std::vector<crypto::RevocationList>{};
  AIRLOCK_TRY(const std::string pem, sys::read_file(file, crl_bytes_limit));
  auto lists = crypto::RevocationList::list_from_pem(pem);
  if (!lists) return fail(std::move(lists.error()).within(quote(file)));
  return lists;
}

Result<std::uint64_t> VendorKeys::revoke(const crypto::Certificate& certificate) const {
  for (const RolePair& one : role_pairs) {
    AIRLOCK_TRY(const auto in_force, this->certificate(one.base));
    if (in_force == certificate) {
      return fail(Code::refused, "this is the certificate in force for the role " + quote(one.name),
                  "make another first: `airlock-vendor certificate renew " + std::string(one.name) + "`");
    }
  }
  for (const std::string& base : bases(root_base)) {
    AIRLOCK_TRY(const auto root, pair(base));
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
    AIRLOCK_CHECK(sys::replace_file(path(revocation_lists_file), pem, sys::public_file));
    return content.number;
  }
  return fail(Code::refused, "no root of this home has issued this certificate");
}

Result<std::vector<crypto::Successor>> VendorKeys::successors() const {
  std::vector<crypto::Successor> out;
  const std::string folder = path(links_folder);
  if (!sys::exists(folder)) return out;
  for (std::size_t i = 1;; ++i) {
    const std::string file = folder + "/" + std::to_string(i) + ".crt";
    if (!sys::exists(file)) return out;
    AIRLOCK_TRY(const std::string pem, sys::read_file(file, 2 * certificate_file_limit));
    auto successor = crypto::successor_from_pem(pem);
    if (!successor) return fail(std::move(successor.error()).within(quote(file)));
    out.push_back(std::move(*successor));
  }
}

Result<crypto::Certificate> VendorKeys::make_successor() const {
  if (sys::exists(path(next_root_base) + ".crt")) {
    return fail(Code::refused, "there is a successor root already: " + quote(path(next_root_base) + ".crt"),
                "put it in force with `airlock-vendor root promote`");
  }
  AIRLOCK_TRY(const auto root, pair(root_base));
  AIRLOCK_TRY(const auto known, successors());
  AIRLOCK_TRY(const auto next, make_root(next_root_base, vendor_ + " root " + std::to_string(known.size() + 2)));
  AIRLOCK_TRY(const auto successor, crypto::sign_for_successor(next.certificate, root.certificate, root.key));
  if (!sys::exists(path(links_folder))) {
    AIRLOCK_CHECK(sys::make_directory(path(links_folder), sys::private_directory));
  }
  AIRLOCK_CHECK(sys::create_file(path(links_folder) + "/" + std::to_string(known.size() + 1) + ".crt",
                                 successor.root.pem() + successor.link.pem(), sys::public_file));
  return next.certificate;
}

Result<crypto::Certificate> VendorKeys::promote_successor() const {
  if (!sys::exists(path(next_root_base) + ".crt")) {
    return fail(Code::refused, "there is no successor root", "make one with `airlock-vendor root successor`");
  }
  AIRLOCK_TRY(const auto next, pair(next_root_base));
  AIRLOCK_CHECK(keep_as_former(root_base));
  AIRLOCK_TRY(const auto kept, keeper::read_key_file(path(next_root_base) + ".key"));
  AIRLOCK_CHECK(sys::replace_file(path(root_base) + ".key", kept.pem.view(), sys::private_file));
  AIRLOCK_CHECK(sys::replace_file(path(root_base) + ".crt", next.certificate.pem(), sys::public_file));
  for (const RolePair& one : role_pairs) AIRLOCK_CHECK(renew(one.role));
  AIRLOCK_CHECK(sys::remove_file(path(next_root_base) + ".key"));
  AIRLOCK_CHECK(sys::remove_file(path(next_root_base) + ".crt"));
  return next.certificate;
}

}  // namespace airlock::intake
