#include "intake/home.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "crypto/pem.hpp"
#include "ledger/checkpoint.hpp"
#include "site/kit.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/new_directory.hpp"
#include "sys/read_file.hpp"
#include "sys/system.hpp"
#include "sys/write_file.hpp"

namespace airlock::intake {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::Members;
using core::quote;
using core::Time;

constexpr std::string_view home_format = "airlock-vendor/1";
constexpr std::string_view description_file = "home.json";
constexpr std::string_view register_file = "register.db";
/// How long a kit is fresh. After that a site still works, and reports that its kit is old.
constexpr std::chrono::days kit_life{366};

/// What a bundle proves of the site's ledger; the members are those of `ReceivedBundle`.
struct ProvenHeads {
  ledger::TreeHead head;
  std::optional<ledger::TreeHead> from;
};

/// Verifies `consistency.txt`. Its earlier checkpoint may be signed with a former key, so all keys are tried.
Result<std::optional<ledger::TreeHead>> check_consistency(const envelope::OpenedBundle& bundle,
                                                          const ledger::TreeHead& head,
                                                          const std::vector<std::string>& keys) {
  AIRLOCK_TRY(const std::string text, bundle.text("consistency.txt"));
  if (text.empty()) return std::nullopt;
  AIRLOCK_TRY(const auto consistency, ledger::read_consistency(text));
  Result<ledger::TreeHead> verdict = fail(Code::integrity, "the site has registered no ledger key");
  for (const std::string& key : keys) {
    AIRLOCK_TRY(const auto verifier, crypto::NoteVerifier::from_text(key));
    verdict = ledger::verify_consistency_text(consistency, head, verifier);
    if (verdict) return std::optional(*verdict);
  }
  return fail(std::move(verdict).error().within("`consistency.txt`"));
}

/// Verifies the proofs in a bundle. `keys` are the verifier keys that the site registered.
Result<ProvenHeads> check_proof(const envelope::OpenedBundle& bundle, const std::vector<std::string>& keys) {
  const std::string& named = bundle.manifest().ledger_key;
  if (std::find(keys.begin(), keys.end(), named) == keys.end()) {
    return fail(Code::integrity, "`manifest.json` does not name the ledger key that the site registered");
  }
  AIRLOCK_TRY(const auto verifier, crypto::NoteVerifier::from_text(named));
  AIRLOCK_TRY(const std::string entry, bundle.text("entry.json"));
  AIRLOCK_TRY(const std::string text, bundle.text("proof.txt"));
  AIRLOCK_TRY(const ledger::Proof proof, ledger::read_proof(text));
  if (proof.index != bundle.entry_seq()) return fail(Code::integrity, "`proof.txt` is for another entry");
  AIRLOCK_TRY(const ledger::TreeHead head, ledger::verify_proof(entry, proof, verifier));
  AIRLOCK_TRY(const std::string checkpoint, bundle.text("checkpoint.txt"));
  if (checkpoint != proof.checkpoint) return fail(Code::integrity, "`proof.txt` is for another checkpoint");
  AIRLOCK_TRY(const auto from, check_consistency(bundle, head, keys));
  return ProvenHeads{head, from};
}

}  // namespace

Result<InitialisedHome> init_home(const std::string& directory, const std::string& name, const std::string& product) {
  const auto path = [&](std::string_view file) { return directory + "/" + std::string(file); };
  if (sys::exists(path(description_file))) {
    return fail(Code::refused, quote(directory) + ": there is a vendor's home already",
                "choose another directory; keys and register are never overwritten");
  }
  AIRLOCK_TRY(auto made,
              sys::NewDirectory::begin(directory, sys::private_directory, sys::NewDirectory::FileSystem::any));
  AIRLOCK_TRY(const auto root, VendorKeys(directory, name).create());
  AIRLOCK_CHECK(Register::create(path(register_file)));
  const Json description{{"format", home_format}, {"name", name}, {"product", product}};
  // The description is written last: without it the directory is no home, and `init` may run again.
  AIRLOCK_CHECK(sys::create_file(path(description_file), core::to_pretty_text(description), sys::private_file));
  AIRLOCK_CHECK(made.finish());
  made.keep();
  return InitialisedHome{root.fingerprint(), path(root_base) + ".crt", path(recipient_base) + ".crt"};
}

Result<Home> Home::open(const std::string& directory) {
  const std::string file = directory + "/" + std::string(description_file);
  if (!sys::exists(file)) {
    return fail(Code::bad_input, quote(directory) + ": is not a vendor's home: it has no " + quote(description_file),
                "make one with `airlock-vendor init`, or name another with `--home`");
  }
  AIRLOCK_TRY(const std::string text, sys::read_file(file, core::JsonLimits{}.bytes));
  AIRLOCK_TRY(const Json json, core::parse_json(text, file));
  Members in(json, file, "");
  in.format(home_format);
  std::string name = in.text("name");
  std::string product = in.text("product");
  AIRLOCK_CHECK(in.finish());
  AIRLOCK_TRY(auto reg, Register::open(directory + "/" + std::string(register_file)));
  return Home(directory, std::move(name), std::move(product), std::move(reg));
}

Result<std::string> Home::build_kit(const KitOrder& order) {
  AIRLOCK_TRY(const auto signing, keys_.in_force(crypto::Role::kit));
  AIRLOCK_TRY(const auto recipient, keys_.certificate(recipient_base));
  AIRLOCK_TRY(const auto revoked, register_.revoked_licences());
  AIRLOCK_TRY(const auto roots, keys_.successors());
  AIRLOCK_TRY(const auto lists, keys_.revocation_lists());
  const Time now = sys::now();
  return register_.issue_kit(now, [&](std::int64_t number) -> Result<Issued> {
    const site::KitContent content{.product = product_,
                                   .number = static_cast<std::uint64_t>(number),
                                   .issued = now,
                                   .next_update = now + kit_life,
                                   .delivery = order.delivery,
                                   .policy = order.policy,
                                   .dictionary = order.dictionary,
                                   .recipients = {recipient},
                                   .revoked_licences = revoked,
                                   .successors = roots,
                                   .lists = lists};
    AIRLOCK_TRY(std::string file, site::build_kit(content, signing.signer(now)));
    return Issued{file, file};
  });
}

Result<crypto::TrustStore> Home::site_trust() {
  AIRLOCK_TRY(const auto sites, register_.sites());
  if (sites.empty()) {
    return fail(Code::refused, "no site is registered, so no bundle can be verified",
                "register the site with `airlock-vendor site add SITE-REQUEST`");
  }
  std::vector<std::string> pems;
  for (const RegisteredSite& site : sites) pems.push_back(site.site_certificate);
  AIRLOCK_TRY(const auto former_ones, register_.former_keys());
  for (const FormerKeys& keys : former_ones) pems.push_back(keys.site_certificate);
  std::vector<crypto::Certificate> certificates;
  for (const std::string& pem : pems) {
    AIRLOCK_TRY(auto certificate, crypto::Certificate::from_pem(pem));
    if (std::find(certificates.begin(), certificates.end(), certificate) == certificates.end()) {
      certificates.push_back(std::move(certificate));
    }
  }
  return crypto::TrustStore::exactly(crypto::Role::site, std::move(certificates));
}

Result<std::vector<std::string>> Home::ledger_keys(const RegisteredSite& site) {
  AIRLOCK_TRY(const auto former_ones, register_.former_keys());
  std::vector<std::string> out;
  for (const FormerKeys& keys : former_ones) {
    if (keys.site_id == site.site_id) out.push_back(keys.ledger_key);
  }
  out.push_back(site.ledger_key);
  return out;
}

Result<std::vector<crypto::Certificate>> Home::possible_recipients() {
  std::vector<crypto::Certificate> out;
  for (const std::string& base : keys_.bases(recipient_base)) {
    AIRLOCK_TRY(auto one, keys_.certificate(base));
    out.push_back(std::move(one));
  }
  AIRLOCK_TRY(const auto sites, register_.sites());
  for (const RegisteredSite& site : sites) {
    AIRLOCK_TRY(auto archive, crypto::Certificate::from_pem(site.archive_certificate));
    out.push_back(std::move(archive));
  }
  return out;
}

Result<ReceivedBundle> Home::open_bundle(const std::string& path) {
  AIRLOCK_TRY(auto trust, site_trust());
  AIRLOCK_TRY(const auto sealed, sys::FileBlob::open(path));
  AIRLOCK_TRY(auto spool, sys::Spool::create(directory_));
  auto scratch = std::make_unique<sys::Spool>(std::move(spool));
  AIRLOCK_TRY(const auto known, possible_recipients());
  // The key in force is tried first; an older bundle is for a former key.
  const auto recipients = keys_.bases(recipient_base);
  Result<envelope::OpenedBundle> bundle = fail(Code::refused, "is not sealed for any key of this home");
  for (auto base = recipients.rbegin(); base != recipients.rend(); ++base) {
    AIRLOCK_TRY(const auto recipient, keys_.pair(*base));
    bundle = envelope::open_bundle(sealed, {recipient.key, recipient.certificate, known}, trust, *scratch);
    if (bundle || bundle.error().code != Code::refused) break;
  }
  if (!bundle) return fail(std::move(bundle.error()).within(quote(path)));
  AIRLOCK_TRY(const auto site, register_.site(bundle->manifest().site_id));
  if (!site) return fail(Code::integrity, quote(path) + ": comes from a site that is not registered");
  AIRLOCK_TRY(const auto keys, ledger_keys(*site));
  if (const auto named = envelope::check_name(path, bundle->manifest()); !named) {
    return fail(core::Error(named.error()).within(quote(path)));
  }
  const auto proven = check_proof(*bundle, keys);
  if (!proven) return fail(core::Error(proven.error()).within(quote(path)));
  return ReceivedBundle{std::move(scratch), std::move(*bundle), *site, proven->head, proven->from};
}

}  // namespace airlock::intake
