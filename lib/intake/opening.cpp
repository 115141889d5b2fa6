// The part of Home that opens and verifies bundles. It reads of the register what is about the bundle's own site, so
// that a bundle costs the same however many sites there are.
#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include "core/text.hpp"
#include "crypto/pem.hpp"
#include "intake/home.hpp"
#include "ledger/checkpoint.hpp"
#include "sys/read_file.hpp"

namespace airlock::intake {
namespace {

using core::Code;
using core::fail;
using core::quote;

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

std::vector<std::string> Home::SiteKeys::ledger_keys() const {
  std::vector<std::string> out;
  for (const FormerKeys& keys : former) out.push_back(keys.ledger_key);
  out.push_back(site.ledger_key);
  return out;
}

crypto::TrustStore Home::SiteKeys::trust_for(const crypto::Certificate& presented) const {
  const std::string pem = presented.pem();
  const bool is_registered =
      site.site_certificate == pem ||
      std::any_of(former.begin(), former.end(), [&](const FormerKeys& keys) { return keys.site_certificate == pem; });
  return crypto::TrustStore::exactly(crypto::Role::site,
                                     is_registered ? std::vector{presented} : std::vector<crypto::Certificate>{});
}

Result<Home::SiteKeys> Home::keys_of(RegisteredSite site) {
  AIRLOCK_TRY(auto former, register_.former_keys(site.site_id));
  return SiteKeys{std::move(site), std::move(former)};
}

Result<std::optional<Home::SiteKeys>> Home::site_that_presents(const crypto::Certificate& presented) {
  AIRLOCK_TRY(auto site, register_.site(presented.uuid().value_or("")));
  if (!site) return std::optional<SiteKeys>();
  AIRLOCK_TRY(auto keys, keys_of(std::move(*site)));
  return std::optional(std::move(keys));
}

Result<void> Home::check_any_site() {
  AIRLOCK_TRY(const bool any, register_.has_sites());
  if (any) return {};
  return fail(Code::refused, "no site is registered, so no bundle can be verified",
              "register the site with `airlock-vendor site add SITE-REQUEST`");
}

Result<const site::Identity*> Home::opener(std::size_t place) {
  const std::scoped_lock lock(*mutex_);
  // The key in force is tried first; an older bundle is for a former key.
  const auto bases = keys_.bases(recipient_base);
  while (openers_.size() <= place && openers_.size() < bases.size()) {
    AIRLOCK_TRY(auto pair, keys_.pair(*(bases.rbegin() + static_cast<std::ptrdiff_t>(openers_.size()))));
    openers_.push_back(std::move(pair));
  }
  return place < openers_.size() ? &openers_[place] : nullptr;
}

/// Whom one bundle may be from and for.
class Home::BundleParties final : public envelope::Parties {
 public:
  explicit BundleParties(Home& home) : home_(home) {}
  /// The site that signed. Precondition: the bundle was opened.
  [[nodiscard]] const SiteKeys& signer() const { return *signer_; }

  Result<crypto::TrustStore> trust_for(const crypto::Certificate& presented) override {
    const std::scoped_lock lock(*home_.mutex_);
    AIRLOCK_TRY(signer_, home_.site_that_presents(presented));
    return signer_ ? signer_->trust_for(presented) : crypto::TrustStore::exactly(crypto::Role::site, {});
  }

  /// Those of this home, and the archive of the bundle's site.
  Result<std::vector<crypto::Certificate>> usual_recipients() override {
    AIRLOCK_TRY(auto archive, crypto::Certificate::from_pem(signer_->site.archive_certificate));
    const std::scoped_lock lock(*home_.mutex_);
    if (home_.recipients_.empty()) {
      for (const std::string& base : home_.keys_.bases(recipient_base)) {
        AIRLOCK_TRY(auto one, home_.keys_.certificate(base));
        home_.recipients_.push_back(std::move(one));
      }
    }
    std::vector<crypto::Certificate> out = home_.recipients_;
    out.push_back(std::move(archive));
    return out;
  }

  /// The archives of all sites.
  Result<std::vector<crypto::Certificate>> others() override {
    const std::scoped_lock lock(*home_.mutex_);
    if (!home_.archives_) {
      AIRLOCK_TRY(const auto sites, home_.register_.sites());
      std::vector<crypto::Certificate> archives;
      for (const RegisteredSite& site : sites) {
        AIRLOCK_TRY(auto archive, crypto::Certificate::from_pem(site.archive_certificate));
        archives.push_back(std::move(archive));
      }
      home_.archives_ = std::move(archives);
    }
    return *home_.archives_;
  }

 private:
  Home& home_;
  std::optional<SiteKeys> signer_;
};

Result<ReceivedBundle> Home::open_bundle(const std::string& path) {
  {
    const std::scoped_lock lock(*mutex_);
    AIRLOCK_CHECK(check_any_site());
  }
  AIRLOCK_TRY(const auto sealed, sys::FileBlob::open(path));
  AIRLOCK_TRY(auto spool, sys::Spool::create(directory_));
  auto scratch = std::make_unique<sys::Spool>(std::move(spool));
  BundleParties parties(*this);
  Result<envelope::OpenedBundle> bundle = fail(Code::refused, "is not sealed for any key of this home");
  for (std::size_t place = 0;; ++place) {
    AIRLOCK_TRY(const site::Identity* own, opener(place));
    if (own == nullptr) break;
    bundle = envelope::open_bundle(sealed, {own->key, own->certificate}, parties, *scratch);
    if (bundle || bundle.error().code != Code::refused) break;
  }
  if (!bundle) return fail(std::move(bundle.error()).within(quote(path)));
  if (const auto named = envelope::check_name(path, bundle->manifest()); !named) {
    return fail(core::Error(named.error()).within(quote(path)));
  }
  const auto proven = check_proof(*bundle, parties.signer().ledger_keys());
  if (!proven) return fail(core::Error(proven.error()).within(quote(path)));
  return ReceivedBundle{std::move(scratch), std::move(*bundle), parties.signer().site, proven->head, proven->from};
}

std::vector<Result<Arrival>> Home::arrivals_of_bundles(const std::vector<std::string>& paths,
                                                       core::ProgressSink& progress) {
  std::vector<Result<Arrival>> out(paths.size(), fail(Code::unexpected, "was not opened"));
  std::atomic<std::size_t> next = 0;
  std::atomic<std::size_t> done = 0;
  const auto open_some = [&](core::ProgressSink& tell) {
    for (std::size_t at = next++; at < paths.size(); at = next++) {
      out[at] = arrival_of_bundle(paths[at]);
      tell.show("bundles verified", ++done, paths.size());
    }
  };
  std::vector<std::future<void>> helpers;
  const std::size_t threads = std::min<std::size_t>(std::max(std::thread::hardware_concurrency(), 1U), paths.size());
  for (std::size_t i = 1; i < threads; ++i) {
    // Where the system gives no thread, the work is done below all the same.
    helpers.push_back(std::async([&] { open_some(core::no_progress()); }));
  }
  open_some(progress);
  for (auto& helper : helpers) helper.get();
  return out;
}

}  // namespace airlock::intake
