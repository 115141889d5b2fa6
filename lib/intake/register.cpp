#include "intake/register.hpp"

#include <algorithm>

#include "db/schema.hpp"
#include "intake/query.hpp"
#include "sys/write_file.hpp"

namespace airlock::intake {
namespace {

using core::Code;
using core::fail;

constexpr std::string_view tables[] = {
    ("CREATE TABLE sites (site_id TEXT PRIMARY KEY, name TEXT NOT NULL, product TEXT NOT NULL, "
     "request_sha256 TEXT NOT NULL, site_certificate TEXT NOT NULL, archive_certificate TEXT NOT NULL, "
     "ledger_key TEXT NOT NULL, added TEXT NOT NULL, created TEXT NOT NULL) STRICT"),
    ("CREATE TABLE former_keys (site_id TEXT NOT NULL, site_certificate TEXT NOT NULL, ledger_key TEXT NOT NULL, "
     "replaced TEXT NOT NULL) STRICT"),
    "CREATE TABLE kits (number INTEGER PRIMARY KEY, issued TEXT NOT NULL, document TEXT NOT NULL) STRICT",
    "CREATE TABLE licences (number INTEGER PRIMARY KEY, issued TEXT NOT NULL, document TEXT NOT NULL) STRICT",
    "CREATE TABLE revoked_licences (serial TEXT PRIMARY KEY, revoked TEXT NOT NULL, reason TEXT NOT NULL) STRICT",
};
/// Added by version 2.
constexpr std::string_view arrival_tables[] = {
    ("CREATE TABLE disclosures (site_id TEXT NOT NULL, disclosure INTEGER NOT NULL, id TEXT NOT NULL, "
     "content_sha256 TEXT NOT NULL, kind TEXT NOT NULL, number INTEGER NOT NULL, previous_id TEXT NOT NULL, "
     "previous_sha256 TEXT NOT NULL, received TEXT NOT NULL, PRIMARY KEY (site_id, disclosure)) STRICT"),
    "CREATE UNIQUE INDEX disclosures_id ON disclosures(site_id, id)",
    ("CREATE TABLE voids (site_id TEXT NOT NULL, disclosure INTEGER NOT NULL, kind TEXT NOT NULL, "
     "PRIMARY KEY (site_id, disclosure)) STRICT"),
    ("CREATE TABLE checkpoints (site_id TEXT NOT NULL, size INTEGER NOT NULL, root TEXT NOT NULL, note TEXT NOT NULL, "
     "from_size INTEGER NOT NULL, PRIMARY KEY (site_id, size)) STRICT"),
    ("CREATE TABLE forks (site_id TEXT NOT NULL, disclosure INTEGER NOT NULL, id TEXT NOT NULL, "
     "content_sha256 TEXT NOT NULL, reason TEXT NOT NULL, found TEXT NOT NULL, "
     "PRIMARY KEY (site_id, disclosure, id, content_sha256)) STRICT"),
    ("CREATE TABLE receipts (site_id TEXT NOT NULL, sequence INTEGER NOT NULL, issued TEXT NOT NULL, "
     "size INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (site_id, sequence)) STRICT"),
};
/// Added by version 3.
constexpr std::string_view readmission_tables[] = {
    ("CREATE TABLE readmissions (site_id TEXT NOT NULL, number INTEGER NOT NULL, admitted TEXT NOT NULL, "
     "adopted TEXT NOT NULL, reason TEXT NOT NULL, site_reason TEXT NOT NULL, seq INTEGER NOT NULL, "
     "entry TEXT NOT NULL, common INTEGER NOT NULL, size INTEGER NOT NULL, receipt_sequence INTEGER NOT NULL, PRIMARY "
     "KEY (site_id, number)) "
     "STRICT"),
    ("CREATE TABLE former_disclosures (site_id TEXT NOT NULL, readmission INTEGER NOT NULL, "
     "disclosure INTEGER NOT NULL, id TEXT NOT NULL, content_sha256 TEXT NOT NULL, kind TEXT NOT NULL, "
     "number INTEGER NOT NULL, previous_id TEXT NOT NULL, previous_sha256 TEXT NOT NULL, received TEXT NOT NULL, "
     "PRIMARY KEY (site_id, id, content_sha256)) STRICT"),
    ("CREATE TABLE former_voids (site_id TEXT NOT NULL, readmission INTEGER NOT NULL, disclosure INTEGER NOT NULL, "
     "kind TEXT NOT NULL, PRIMARY KEY (site_id, readmission, disclosure)) STRICT"),
    ("CREATE TABLE former_checkpoints (site_id TEXT NOT NULL, readmission INTEGER NOT NULL, size INTEGER NOT NULL, "
     "root TEXT NOT NULL, note TEXT NOT NULL, from_size INTEGER NOT NULL, "
     "PRIMARY KEY (site_id, readmission, size)) STRICT"),
    ("CREATE TABLE former_forks (site_id TEXT NOT NULL, readmission INTEGER NOT NULL, disclosure INTEGER NOT NULL, "
     "id TEXT NOT NULL, content_sha256 TEXT NOT NULL, reason TEXT NOT NULL, found TEXT NOT NULL, "
     "PRIMARY KEY (site_id, readmission, disclosure, id, content_sha256)) STRICT"),
};
/// Added by version 4.
constexpr std::string_view standing_tables[] = {
    "CREATE TABLE retirements (site_id TEXT NOT NULL, number INTEGER NOT NULL, retired TEXT NOT NULL, "
    "reason TEXT NOT NULL, ended TEXT NOT NULL, PRIMARY KEY (site_id, number)) STRICT",
    "CREATE TABLE fork_closures (site_id TEXT NOT NULL, number INTEGER NOT NULL, closed TEXT NOT NULL, "
    "reason TEXT NOT NULL, PRIMARY KEY (site_id, number)) STRICT",
    "CREATE TABLE closed_forks (site_id TEXT NOT NULL, closure INTEGER NOT NULL, disclosure INTEGER NOT NULL, "
    "id TEXT NOT NULL, content_sha256 TEXT NOT NULL, reason TEXT NOT NULL, found TEXT NOT NULL, "
    "PRIMARY KEY (site_id, disclosure, id, content_sha256)) STRICT",
};
/// Added by version 5: a bundle is verified by the keys of its own site, without a look at those of the others.
constexpr std::string_view former_keys_index[] = {"CREATE INDEX former_keys_site ON former_keys(site_id)"};
/// Added by version 6: what reports had that no dictionary knew, and what they lacked.
constexpr std::string_view drift_tables[] = {
    "CREATE TABLE report_facts (site_id TEXT NOT NULL, id TEXT NOT NULL, version TEXT NOT NULL, "
    "dictionary_sha256 TEXT NOT NULL, held INTEGER NOT NULL, PRIMARY KEY (site_id, id)) STRICT",
    "CREATE TABLE misfits (site_id TEXT NOT NULL, id TEXT NOT NULL, what TEXT NOT NULL, path TEXT NOT NULL, "
    "count INTEGER NOT NULL, PRIMARY KEY (site_id, id, what, path)) STRICT",
};
/// `ARLV`: file(1), and `check_schema` on a mistyped path, tell a register from a ledger by it.
constexpr std::int64_t register_application = 0x41524C56;
constexpr std::span<const std::string_view> migrations[] = {arrival_tables, readmission_tables, standing_tables,
                                                            former_keys_index, drift_tables};

/// The schema of the newest version.
const db::Schema& newest_schema() {
  static const std::vector<std::string_view> statements = [] {
    std::vector<std::string_view> all(std::begin(tables), std::end(tables));
    for (const auto& added : migrations) all.insert(all.end(), added.begin(), added.end());
    return all;
  }();
  static const db::Schema schema{.what = "a vendor's register",
                                 .application_id = register_application,
                                 .version = std::size(migrations) + 1,
                                 .statements = statements,
                                 .migrations = migrations};
  return schema;
}

constexpr std::string_view columns =
    "SELECT site_id, name, product, request_sha256, site_certificate, archive_certificate, ledger_key, created, "
    "added FROM sites ";

RegisteredSite site_in(const db::Statement& row) {
  return {row.text(0), row.text(1), row.text(2), row.text(3), row.text(4),
          row.text(5), row.text(6), row.text(7), row.text(8)};
}

/// The first column of every row.
Result<std::vector<std::string>> texts_in(db::Statement& query) {
  return all_rows(query, [](const db::Statement& row) { return row.text(0); });
}

}  // namespace

Result<Register> Register::create(const std::string& path) {
  AIRLOCK_CHECK(sys::create_file(path, "", sys::private_file));
  AIRLOCK_TRY(auto database, db::Database::open(path, db::Mode::read_write));
  AIRLOCK_CHECK(db::create_schema(database, newest_schema()));
  return Register(std::move(database));
}

Result<Register> Register::open(const std::string& path, db::Mode mode) {
  AIRLOCK_TRY(auto database, db::Database::open(path, mode));
  if (mode == db::Mode::read_write) AIRLOCK_CHECK(db::upgrade_schema(database, newest_schema()));
  AIRLOCK_CHECK(db::check_schema(database, newest_schema()));
  return Register(std::move(database));
}

Result<Added> Register::add_site(const site::SiteRequest& request, core::Time now) {
  AIRLOCK_TRY(auto transaction, db::Transaction::begin(database_));
  AIRLOCK_TRY(const auto known, site(request.site_id));
  Added out{.is_new = true, .was_retired = false};
  if (known) {
    if (known->request_sha256 == request.fingerprint.hex()) {
      out.is_new = false;
      AIRLOCK_TRY(out.was_retired, end_retirement(request.site_id, now));
      AIRLOCK_CHECK(transaction.commit());
      return out;
    }
    AIRLOCK_TRY(const auto registered, crypto::Certificate::from_pem(known->site_certificate));
    if (!site::is_vouched_for(request, registered)) {
      return fail(Code::refused, "site " + request.site_id + " is registered with another request",
                  "the registered key did not sign this request. A site that is set up again has a new id, so ask the "
                  "site's operator where this request comes from");
    }
    // Times have whole seconds, and a site can replace two keys within one second, so equal times are allowed.
    if (request.created.text() < known->created) {
      return fail(Code::refused, "a newer request of site " + request.site_id + " is registered",
                  "ask its operator for the current site request");
    }
    AIRLOCK_TRY(auto keep, database_.prepare("INSERT INTO former_keys SELECT site_id, site_certificate, ledger_key, ? "
                                             "FROM sites WHERE site_id = ?"));
    keep.bind(now.text()).bind(request.site_id);
    AIRLOCK_CHECK(keep.run());
    AIRLOCK_TRY(auto remove, database_.prepare("DELETE FROM sites WHERE site_id = ?"));
    remove.bind(request.site_id);
    AIRLOCK_CHECK(remove.run());
    AIRLOCK_TRY(out.was_retired, end_retirement(request.site_id, now));
  }
  AIRLOCK_TRY(auto insert, database_.prepare("INSERT INTO sites VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  insert.bind(request.site_id)
      .bind(request.name)
      .bind(request.product)
      .bind(request.fingerprint.hex())
      .bind(request.site_certificate.pem())
      .bind(request.archive_certificate.pem())
      .bind(request.ledger_key.text())
      .bind(now.text())
      .bind(request.created.text());
  AIRLOCK_CHECK(insert.run());
  AIRLOCK_CHECK(transaction.commit());
  return out;
}

Result<std::optional<RegisteredSite>> Register::site(std::string_view site_id) {
  AIRLOCK_TRY(auto select, database_.prepare(std::string(columns) + "WHERE site_id = ?"));
  select.bind(site_id);
  AIRLOCK_TRY(const bool found, select.step());
  if (!found) return std::nullopt;
  return site_in(select);
}

Result<std::vector<FormerKeys>> Register::former_keys(std::string_view site_id) {
  AIRLOCK_TRY(auto select, database_.prepare("SELECT site_certificate, ledger_key FROM former_keys WHERE site_id = ? "
                                             "ORDER BY rowid"));
  select.bind(site_id);
  return all_rows(select, [](const db::Statement& row) { return FormerKeys{row.text(0), row.text(1)}; });
}

Result<bool> Register::has_sites() {
  AIRLOCK_TRY(const std::int64_t any, database_.number("SELECT EXISTS (SELECT 1 FROM sites)"));
  return any != 0;
}

Result<std::vector<RegisteredSite>> Register::sites() {
  AIRLOCK_TRY(auto select, database_.prepare(std::string(columns) + "ORDER BY site_id"));
  return all_rows(select, site_in);
}

Result<std::string> Register::issue_numbered(const std::string& table, core::Time now, const Issue& issue) {
  AIRLOCK_TRY(auto transaction, db::Transaction::begin(database_));
  AIRLOCK_TRY(const std::int64_t number, database_.number("SELECT coalesce(max(number), 0) + 1 FROM " + table));
  AIRLOCK_TRY(const Issued issued, issue(number));
  AIRLOCK_TRY(auto insert, database_.prepare("INSERT INTO " + table + " VALUES (?, ?, ?)"));
  insert.bind(number).bind(now.text()).bind(issued.document);
  AIRLOCK_CHECK(insert.run());
  AIRLOCK_CHECK(transaction.commit());
  return issued.file;
}

Result<std::string> Register::issue_kit(core::Time now, const Issue& issue) {
  return issue_numbered("kits", now, issue);
}

Result<std::vector<std::string>> Register::newest_kits(std::size_t maximum) {
  AIRLOCK_TRY(auto select, database_.prepare("SELECT document FROM kits ORDER BY number DESC LIMIT ?"));
  select.bind(static_cast<std::int64_t>(maximum));
  return texts_in(select);
}

Result<std::vector<std::string>> Register::licences() {
  AIRLOCK_TRY(auto select, database_.prepare("SELECT document FROM licences ORDER BY number"));
  return texts_in(select);
}

Result<std::vector<std::string>> Register::revoked_licences() {
  AIRLOCK_TRY(auto select, database_.prepare("SELECT serial FROM revoked_licences ORDER BY serial"));
  return texts_in(select);
}

Result<bool> Register::revoke_licence(std::string_view serial, std::string_view reason, core::Time now) {
  AIRLOCK_TRY(auto transaction, db::Transaction::begin(database_));
  AIRLOCK_TRY(const auto known, revoked_licences());
  if (std::binary_search(known.begin(), known.end(), serial)) return false;
  AIRLOCK_TRY(auto insert, database_.prepare("INSERT INTO revoked_licences VALUES (?, ?, ?)"));
  insert.bind(serial).bind(now.text()).bind(reason);
  AIRLOCK_CHECK(insert.run());
  AIRLOCK_CHECK(transaction.commit());
  return true;
}

Result<std::string> Register::issue_licence(core::Time now, const Issue& issue) {
  return issue_numbered("licences", now, issue);
}

}  // namespace airlock::intake
