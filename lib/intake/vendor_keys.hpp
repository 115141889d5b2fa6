#pragma once
/// \file
/// The keys and certificates in a vendor's home (docs/guides/vendor.md): the root, and below it one certificate for
/// each role. A pair is two files, `BASE.key` (0600) and `BASE.crt`. Former pairs are kept as `BASE.1`, `BASE.2`, …,
/// the oldest first.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "crypto/certificate.hpp"
#include "crypto/revocation.hpp"
#include "keeper/key_file.hpp"
#include "site/site.hpp"

namespace airlock::intake {

using core::Result;

/// Base names of two pairs.
inline constexpr std::string_view root_base = "vendor-root";
inline constexpr std::string_view recipient_base = "recipient";

class VendorKeys {
 public:
  /// `directory` is the home, `vendor` the vendor's name; certificates are named after it.
  VendorKeys(std::string directory, std::string vendor)
      : directory_(std::move(directory)), vendor_(std::move(vendor)) {}

  /// Makes the root, and a key and certificate for each role, in the place of what is there. Returns the root. Error:
  /// of the machine.
  [[nodiscard]] Result<crypto::Certificate> create() const;

  /// The roles that have a certificate here, by name: `licence`, `kit`, `receipt`, `recipient`. Nothing for another
  /// name.
  [[nodiscard]] static std::optional<crypto::Role> role_named(std::string_view name);

  /// The key and certificate in force for the role. A signing key may be under a passphrase or in a token, and the
  /// first use may ask for the secret. Errors: refused (permissions, wrong secret), bad_input, integrity (they do not
  /// belong together).
  [[nodiscard]] Result<site::Identity> in_force(crypto::Role role) const;
  /// The same for the pair with this base name.
  [[nodiscard]] Result<site::Identity> pair(std::string_view base) const;
  [[nodiscard]] Result<crypto::Certificate> certificate(std::string_view base) const;
  /// Base names of a pair: the former ones, oldest first, and at the end the one in force.
  [[nodiscard]] std::vector<std::string> bases(std::string_view base) const;
  /// The root certificates, former ones first.
  [[nodiscard]] Result<std::vector<crypto::Certificate>> roots() const;

  /// Makes a new key and certificate for the role under the root in force. The former pair is kept: a former recipient
  /// key opens what was sealed for it. Error: of the machine.
  [[nodiscard]] Result<crypto::Certificate> renew(crypto::Role role) const;
  /// The same with the key in a token as the new one. Errors: usage (the recipient's key must be a file), of the token.
  [[nodiscard]] Result<crypto::Certificate> use_token(crypto::Role role, const keeper::TokenKey& token) const;
  /// Encrypts a key with a passphrase, or with another one. `name` is `root` or the name of a role. Errors: usage,
  /// refused.
  [[nodiscard]] Result<void> protect(std::string_view name) const;

  /// Adds a certificate to the revocation list of the root that issued it, the one in force or a former one. Every kit
  /// from now on carries the list. Returns the list's number. Errors: refused (no root of this home issued it, or it is
  /// in force).
  [[nodiscard]] Result<std::uint64_t> revoke(const crypto::Certificate& certificate) const;
  /// The revocation lists of all roots.
  [[nodiscard]] Result<std::vector<crypto::RevocationList>> revocation_lists() const;

  /// Makes a successor root, signed by the root in force. Every kit from now on carries it. Error: refused where a
  /// successor waits already.
  [[nodiscard]] Result<crypto::Certificate> make_successor() const;
  /// Puts the waiting successor in force and renews the certificates of all roles under it. A site that has not
  /// installed a kit with the successor cannot verify what is issued from now on. Error: refused where none waits.
  [[nodiscard]] Result<crypto::Certificate> promote_successor() const;
  /// Every successor root that was made, with its link, oldest first.
  [[nodiscard]] Result<std::vector<crypto::Successor>> successors() const;

 private:
  [[nodiscard]] std::string path(std::string_view file) const { return directory_ + "/" + std::string(file); }
  /// Makes the pair `BASE` of a root.
  [[nodiscard]] Result<site::Identity> make_root(std::string_view base, const std::string& common_name) const;
  [[nodiscard]] Result<crypto::Certificate> make_pair_for(crypto::Role role, const site::Identity& root) const;
  /// Gives the pair in force its name as a former pair.
  [[nodiscard]] Result<void> keep_as_former(std::string_view base) const;

  std::string directory_;
  std::string vendor_;
};

}  // namespace airlock::intake
