#pragma once
/// \file
/// The vendor's register: sites, kits and licences, in one SQLite file of the vendor's home. Numbers are given out
/// inside a transaction, so no two kits or licences share one, and what was not recorded was not issued.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "db/database.hpp"
#include "site/request.hpp"

namespace airlock::intake {

using core::Result;

/// A site as it was registered.
struct RegisteredSite {
  std::string site_id;
  std::string name;                 ///< may be empty
  std::string product;              ///< may be empty
  std::string request_sha256;       ///< fingerprint of the site request
  std::string site_certificate;     ///< PEM
  std::string archive_certificate;  ///< PEM
  std::string ledger_key;           ///< verifier key
  std::string created;              ///< when the site made the request
};

/// Keys that a site had before it rotated them: what they signed stays signed.
struct FormerKeys {
  std::string site_id;
  std::string site_certificate;  ///< PEM
  std::string ledger_key;        ///< verifier key
};

/// Something issued under a number: its file, and the document that the register keeps.
struct Issued {
  std::string file;
  std::string document;
};
using Issue = std::function<Result<Issued>(std::int64_t number)>;

class Register {
 public:
  /// Makes the file. Error: refused if it exists.
  [[nodiscard]] static Result<Register> create(const std::string& path);
  [[nodiscard]] static Result<Register> open(const std::string& path);

  /// Returns false where the very same request is registered already. A newer request of a site, made or signed for by
  /// the registered key, takes the place of the one before it, whose keys are kept. Error: refused where the site is
  /// registered with another one.
  [[nodiscard]] Result<bool> add_site(const site::SiteRequest& request, core::Time now);
  [[nodiscard]] Result<std::optional<RegisteredSite>> site(std::string_view site_id);
  [[nodiscard]] Result<std::vector<RegisteredSite>> sites();
  [[nodiscard]] Result<std::vector<FormerKeys>> former_keys();

  /// Gives out the next kit number or licence sequence, lets `issue` make the file for it, and records it. Nothing is
  /// recorded where `issue` fails. Returns the file.
  [[nodiscard]] Result<std::string> issue_kit(core::Time now, const Issue& issue);
  [[nodiscard]] Result<std::string> issue_licence(core::Time now, const Issue& issue);

  /// The documents of all licences that were issued, in the order of their sequences.
  [[nodiscard]] Result<std::vector<std::string>> licences();
  /// Returns false where it was revoked before; then nothing changes.
  [[nodiscard]] Result<bool> revoke_licence(std::string_view serial, std::string_view reason, core::Time now);
  /// Serials of the licences that were revoked, sorted: what the next kit carries.
  [[nodiscard]] Result<std::vector<std::string>> revoked_licences();

 private:
  explicit Register(db::Database database) : database_(std::move(database)) {}
  Result<std::string> issue_numbered(const std::string& table, core::Time now, const Issue& issue);

  db::Database database_;
};

}  // namespace airlock::intake
