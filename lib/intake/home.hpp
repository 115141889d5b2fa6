#pragma once
/// \file
/// A vendor's home (docs/guides/vendor.md): a directory with the vendor's keys and certificates and the register. Each
/// command of `airlock-vendor` calls one function here.

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/digest.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "crypto/certificate.hpp"
#include "envelope/bundle.hpp"
#include "intake/register.hpp"
#include "intake/vendor_keys.hpp"
#include "licence/licence.hpp"
#include "site/kit.hpp"
#include "site/receipt.hpp"
#include "sys/write_file.hpp"

namespace airlock::intake {

struct InitialisedHome {
  core::Digest root_fingerprint;
  std::string root_path;       ///< of the root's certificate
  std::string recipient_path;  ///< of the recipient's certificate
};

/// Makes a home: root, certificates for all roles, register. After an error nothing remains of it. Error: refused where
/// the directory is not empty.
[[nodiscard]] Result<InitialisedHome> init_home(const std::string& directory, const std::string& name,
                                                const std::string& product);

/// The documents of a kit that is to be built, as texts.
struct KitOrder {
  std::string policy;
  std::string dictionary;
  std::string delivery;   ///< JSON of the member `delivery`, or empty
  std::string approvals;  ///< JSON of the member `approvals`, or empty
};

struct LicenceOrder {
  std::string tier;
  std::string licensee;
  std::optional<std::string> site;  ///< as `Home::find_site` takes it; nothing: any site
  std::optional<core::Time> not_before;
  core::Time not_after;
  std::vector<std::string> entitlements;
  std::vector<std::pair<std::string, std::int64_t>> limits;
  std::int64_t grace_days = 14;
  bool unknown = false;  ///< allows tiers, entitlements and limits that no kit of this home knows
};

/// A bundle that was opened with the vendor's key and verified against the register.
struct ReceivedBundle {
  std::unique_ptr<sys::Spool> scratch;
  envelope::OpenedBundle bundle;
  RegisteredSite site;
  ledger::TreeHead head;                 ///< of its checkpoint
  std::optional<ledger::TreeHead> from;  ///< an earlier tree, which `consistency.txt` proves to be part of `head`
};

/// A site as messages and lists name it: its id, and its name if it has one.
[[nodiscard]] std::string described(const RegisteredSite& site);

class Home {
 public:
  /// `read_only` is for whoever only looks, and changes nothing. Errors: bad_input (no home there), with the hint to
  /// run `init`; those of `Register::open`.
  [[nodiscard]] static Result<Home> open(const std::string& directory, db::Mode mode = db::Mode::read_write);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& product() const { return product_; }
  [[nodiscard]] const VendorKeys& keys() const { return keys_; }

  /// Builds and records the next kit; returns the file. Errors: bad_input naming document, JSON path and reason.
  [[nodiscard]] Result<std::string> build_kit(const KitOrder& order);

  struct IssuedLicence {
    std::string file;
    licence::Licence licence;
  };
  /// Issues and records a licence. Errors: usage (unknown site; or a tier, entitlement or limit that no kit of this
  /// home knows, with the nearest known name in the hint), refused (the site was retired), bad_input.
  [[nodiscard]] Result<IssuedLicence> issue_licence(const LicenceOrder& order);
  /// Issues the licence with this serial again, under a new serial and the next sequence, for a new term. Licensee,
  /// tier, entitlements and limits stay the same. Its sites are bound by the keys that are registered now.
  /// `grace_days`: nothing keeps the former number. `unknown`: as in `LicenceOrder`. Errors: as `issue_licence`; usage
  /// (no such licence), refused (it was revoked).
  [[nodiscard]] Result<IssuedLicence> renew_licence(std::string_view serial, core::Time not_after,
                                                    std::optional<std::int64_t> grace_days, bool unknown);
  /// Revokes a licence: every kit from now on lists its serial. False where it was revoked before. Error: usage.
  [[nodiscard]] Result<bool> revoke_licence(std::string_view serial, std::string_view reason);
  /// Every registered site, retired ones too, by id.
  [[nodiscard]] Result<std::vector<RegisteredSite>> sites() { return register_.sites(); }

  /// Names that the newest kit knows and that a licence can have.
  struct KnownTerms {
    std::vector<std::string> tiers;
    std::vector<std::string> entitlements;
  };
  /// Of the newest kit that verifies; nothing if there is none.
  [[nodiscard]] Result<KnownTerms> known_terms();

  struct ListedLicence {
    licence::Licence licence;
    bool revoked = false;
  };
  /// All licences that were issued, in the order of their sequences.
  [[nodiscard]] Result<std::vector<ListedLicence>> licences();

  struct AddedSite {
    site::SiteRequest request;
    Added done;
  };
  /// Verifies a site request and registers the site, also one that was retired. If `fingerprint` is given, the request
  /// must have it. Errors: bad_input, integrity, refused.
  [[nodiscard]] Result<AddedSite> add_site(std::string_view request, std::string_view name,
                                           const std::optional<core::Digest>& fingerprint);
  /// Finds a registered site by its id, by the first characters of its id, or by its name; case does not matter. Error:
  /// usage, with a list where several sites fit, and with advice where `text` is the path of a directory.
  [[nodiscard]] Result<RegisteredSite> find_site(const std::string& text);
  struct SiteDetails {
    RegisteredSite site;
    Gaps gaps;
    std::vector<Retirement> retirements;            ///< oldest first
    std::map<std::uint64_t, TakenDisclosure> kept;  ///< what the register has for each disclosure with a closed fork
    std::vector<ListedLicence> licences;            ///< those bound to the site
  };
  /// All that the home knows of one site. Error: as `find_site`.
  [[nodiscard]] Result<SiteDetails> site_details(const std::string& text);
  struct RetiredSite {
    RegisteredSite site;
    bool is_new = false;  ///< false: it was retired before
  };
  /// Records that a site is no longer in use. From now on its bundles and statements are refused, it gets no receipt
  /// and no licence, and its gaps do not count. `add_site` ends this. Error: usage.
  [[nodiscard]] Result<RetiredSite> retire_site(const std::string& text, std::string_view reason);
  struct ClosedFork {
    Fork fork;
    std::optional<TakenDisclosure> kept;  ///< what the register has under its number
  };
  struct ClosedForks {
    RegisteredSite site;
    std::vector<ClosedFork> forks;
  };
  /// Closes the open forks of a site, or of one disclosure of it: what the register has is kept. Error: usage.
  [[nodiscard]] Result<ClosedForks> close_forks(const std::string& text, std::optional<std::uint64_t> disclosure,
                                                std::string_view reason);

  /// Opens a bundle and verifies all of it against the register: site, signature, manifest, digests, the ledger's
  /// checkpoint and the proofs. Errors: bad_input, integrity, refused.
  [[nodiscard]] Result<ReceivedBundle> open_bundle(const std::string& path);

  /// A bundle as the register takes it in. Errors: as `open_bundle`; refused where its site was retired.
  [[nodiscard]] Result<Arrival> arrival_of_bundle(const std::string& path);
  /// The same for many files, in their order, by as many threads as there are processors. `progress` is called in the
  /// caller's thread only.
  [[nodiscard]] std::vector<Result<Arrival>> arrivals_of_bundles(const std::vector<std::string>& paths,
                                                                 core::ProgressSink& progress);
  /// A report that a site sent: one line of a receiver's notes (docs/formats/register.md), its signature verified.
  /// Errors: bad_input, integrity, refused.
  [[nodiscard]] Result<Arrival> arrival_of_sending(std::string_view line);
  /// Records arrivals in the register (`Register::take_in`).
  [[nodiscard]] Result<std::vector<TakenIn>> take_in(std::span<const Arrival> arrivals);
  struct ReadmittedSite {
    std::string site_id;
    ledger::Adoption adoption;
    Readmitted done;
  };
  /// Records that a site goes on from another past, by its ledger's entry `adopted` and the proof of that entry
  /// (`Register::readmit`). Errors: bad_input, integrity (of no registered site, or not proven), refused, usage.
  [[nodiscard]] Result<ReadmittedSite> readmit(std::string_view entry, std::string_view proof, std::string_view reason);
  struct SiteGaps {
    RegisteredSite site;
    Gaps gaps;
  };
  /// The gaps of one site, or of all sites with the retired ones. Error: as `find_site`.
  [[nodiscard]] Result<std::vector<SiteGaps>> gaps(const std::optional<std::string>& site);
  struct DriftingSite {
    RegisteredSite site;
    SiteDrift drift;
  };
  /// What drifts at every site that is not retired (`Register::drift`), by id.
  [[nodiscard]] Result<std::vector<DriftingSite>> drift(const std::string& since);
  struct IssuedReceipt {
    std::string file;
    site::Receipt receipt;
  };
  /// Issues and records the next receipt for a site. Errors: as `find_site`; refused (nothing has arrived, or the site
  /// was retired).
  [[nodiscard]] Result<IssuedReceipt> issue_receipt(const std::string& text);

 private:
  Home(std::string directory, std::string name, std::string product, Register reg)
      : directory_(std::move(directory)),
        name_(std::move(name)),
        product_(std::move(product)),
        keys_(directory_, name_),
        register_(std::move(reg)) {}
  [[nodiscard]] Result<IssuedLicence> issue(licence::Licence licence, bool unknown);
  /// Checks that some kit of this home knows tier, entitlements and limits. A home without kits allows all. Errors:
  /// usage, refused.
  [[nodiscard]] Result<void> check_known(const licence::Licence& licence);
  /// Binds a licence to a site by the site's registered key. Errors: as `active_site`.
  [[nodiscard]] Result<void> bind(licence::Licence& licence, const std::string& site);
  class BundleParties;
  /// What verifies the documents of one site.
  struct SiteKeys {
    RegisteredSite site;
    std::vector<FormerKeys> former;  ///< oldest first
    /// The verifier keys of its ledger, former ones first.
    [[nodiscard]] std::vector<std::string> ledger_keys() const;
    /// Trusts `presented` where it is the site's certificate or a former one, and else nobody.
    [[nodiscard]] crypto::TrustStore trust_for(const crypto::Certificate& presented) const;
  };
  [[nodiscard]] Result<SiteKeys> keys_of(RegisteredSite site);
  /// The keys of the site that the certificate names; nothing where that is not registered. Reads of the register only
  /// what is about this site.
  [[nodiscard]] Result<std::optional<SiteKeys>> site_that_presents(const crypto::Certificate& presented);
  /// Error: refused where no site is registered.
  [[nodiscard]] Result<void> check_any_site();
  /// The newest kit of this home that verifies; nothing if there is none.
  [[nodiscard]] Result<std::optional<site::Kit>> newest_kit();
  /// The same, read once; null if there is none.
  [[nodiscard]] Result<const site::Kit*> newest_kit_once();
  /// The pair at this place among those that open bundles, the one in force first; null where there are no more.
  [[nodiscard]] Result<const site::Identity*> opener(std::size_t place);
  /// `find_site`. Error: refused where the site was retired.
  [[nodiscard]] Result<RegisteredSite> active_site(const std::string& text);
  [[nodiscard]] Result<void> check_active(const RegisteredSite& site);

  std::string directory_;
  std::string name_;
  std::string product_;
  VendorKeys keys_;
  Register register_;

  // Bundles are opened in several threads. Whoever opens one holds this while it uses `keys_`, `register_` or what is
  // below, which is read once, when it is first needed.
  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();
  std::deque<site::Identity> openers_;
  std::optional<std::optional<site::Kit>> newest_kit_;
  std::vector<crypto::Certificate> recipients_;               ///< of this home, former ones too
  std::optional<std::vector<crypto::Certificate>> archives_;  ///< of all sites
};

}  // namespace airlock::intake
