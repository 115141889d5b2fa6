#pragma once
/// \file
/// The vendor's home (docs/guides/vendor.md): its root, its signing keys by role, the key that opens bundles, and the
/// register. What `airlock-vendor` does is here.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "crypto/certificate.hpp"
#include "crypto/revocation.hpp"
#include "envelope/bundle.hpp"
#include "intake/register.hpp"
#include "keeper/key_file.hpp"
#include "licence/licence.hpp"
#include "site/receipt.hpp"
#include "sys/file.hpp"

namespace airlock::intake {

/// Names within the home. The keys beside the certificates are 0600.
namespace layout {
inline constexpr std::string_view description = "home.json";
inline constexpr std::string_view root = "vendor-root";
inline constexpr std::string_view next_root = "next-root";
inline constexpr std::string_view links = "root-links";  ///< folder: `N.crt`, a root and its link, as kits carry them
inline constexpr std::string_view revocation_lists = "crl.pem";
inline constexpr std::string_view recipient = "recipient";
inline constexpr std::string_view register_file = "register.db";
}  // namespace layout

struct InitialisedHome {
  core::Digest root_fingerprint;
  std::string root_path;
  std::string recipient_path;
};

/// Makes a home: root, one signer for each of licences, kits and receipts, the recipient, the register. After an error
/// nothing remains of it. Error: refused where the directory is not empty.
[[nodiscard]] Result<InitialisedHome> init_home(const std::string& directory, const std::string& name,
                                                const std::string& product);

/// What `kit build` is told: documents as they are.
struct KitOrder {
  std::string policy;
  std::string dictionary;
  std::string delivery;  ///< JSON of the member `delivery`, or empty
};

/// What `licence issue` is told.
struct LicenceOrder {
  std::string tier;
  std::string licensee;
  std::optional<std::string> site;  ///< as `Home::find_site` takes it; nothing: any site
  std::optional<core::Time> not_before;
  core::Time not_after;
  std::vector<std::string> entitlements;
  std::vector<std::pair<std::string, std::int64_t>> limits;
  std::int64_t grace_days = 14;
  bool unknown = false;  ///< whether tier, entitlements and limits may be such as no kit of this home knows
};

/// A bundle that was opened with the vendor's key and verified against the register.
struct ReceivedBundle {
  std::unique_ptr<sys::Spool> scratch;
  envelope::OpenedBundle bundle;
  RegisteredSite site;
  ledger::TreeHead head;                 ///< of its checkpoint
  std::optional<ledger::TreeHead> from;  ///< the tree that `consistency.txt` proves to be the beginning of that one
};

/// A site as messages and lists name it: its id, and its name if it has one.
[[nodiscard]] std::string described(const RegisteredSite& site);

class Home {
 public:
  /// Errors: bad_input (no home there), with the hint to run `init`.
  [[nodiscard]] static Result<Home> open(const std::string& directory);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& product() const { return product_; }

  /// Builds and records the next kit; returns the file. Errors: bad_input naming document, JSON path and reason.
  [[nodiscard]] Result<std::string> build_kit(const KitOrder& order);

  /// Issues and records a licence; returns the file. Errors: usage (unknown site; a tier, entitlement or limit that no
  /// kit of this home knows, with the nearest one in the hint), refused (retired), bad_input.
  struct IssuedLicence {
    std::string file;
    licence::Licence licence;
  };
  [[nodiscard]] Result<IssuedLicence> issue_licence(const LicenceOrder& order);

  /// Issues the licence with this serial anew: the same licensee, tier, entitlements and limits under a new serial and
  /// the next sequence, for the new term, bound to the keys that its sites are registered with now. Nothing for
  /// `grace_days`: as before. `unknown` as in `LicenceOrder`. Errors: usage (no such licence, as `issue_licence`),
  /// refused (it is revoked), bad_input.
  [[nodiscard]] Result<IssuedLicence> renew_licence(std::string_view serial, core::Time not_after,
                                                    std::optional<std::int64_t> grace_days, bool unknown);
  /// Puts a licence on the list that every kit from now on carries. False where it was there before. Error: usage.
  [[nodiscard]] Result<bool> revoke_licence(std::string_view serial, std::string_view reason);
  struct ListedLicence {
    licence::Licence licence;
    bool revoked = false;
  };
  /// In the order of their sequences.
  [[nodiscard]] Result<std::vector<ListedLicence>> licences();

  /// The roles whose certificates can be renewed and revoked: `licence`, `kit`, `receipt`, `recipient`.
  [[nodiscard]] static std::optional<crypto::Role> renewable(std::string_view role);
  /// A new key and certificate for the role under the root in force. The former pair stays in the home: a former
  /// recipient's opens what was sealed for it. Error: of the machine.
  [[nodiscard]] Result<crypto::Certificate> renew_certificate(crypto::Role role);
  /// The same with the key in a token as the new one; the recipient's must be a file. Errors: usage, of the token.
  [[nodiscard]] Result<crypto::Certificate> use_token(crypto::Role role, const keeper::Token& token);
  /// Puts a key of this home under a passphrase, or another one: `root`, or the name of a role. Error: usage, refused.
  [[nodiscard]] Result<void> protect_key(std::string_view name);
  /// Puts a certificate that this home's root, or a former one, has issued on that root's revocation list, which every
  /// kit from now on carries. Returns the list's number. Errors: refused (not of this home, or the one in force).
  [[nodiscard]] Result<std::uint64_t> revoke_certificate(const crypto::Certificate& certificate);
  /// Makes a successor root, signed for by the root in force; every kit from now on carries it. Error: refused where
  /// there is one that waits.
  [[nodiscard]] Result<crypto::Certificate> make_successor();
  /// Makes the successor the root in force and renews the certificates of all roles under it. Sites that have not
  /// installed a kit with the successor cannot verify what is issued from now on. Error: refused where none waits.
  [[nodiscard]] Result<crypto::Certificate> promote_successor();

  /// Verifies a site request and registers the site; one that was retired is retired no more. With a fingerprint given
  /// it must be the request's. Errors: bad_input, integrity, refused.
  struct AddedSite {
    site::SiteRequest request;
    Added done;
  };
  [[nodiscard]] Result<AddedSite> add_site(std::string_view request, std::string_view name,
                                           const std::optional<core::Digest>& fingerprint);
  /// The registered site that a person means by `text`: its id, a beginning of the id that no other site has, or its
  /// name, in upper or lower case. Error: usage; where several fit it lists them, and where `text` is the path of a
  /// directory it says what is wanted.
  [[nodiscard]] Result<RegisteredSite> find_site(const std::string& text);
  /// Everything that the home knows of one site. Error: as `find_site`.
  struct SiteDetails {
    RegisteredSite site;
    Gaps gaps;
    std::vector<Retirement> retirements;            ///< oldest first
    std::map<std::uint64_t, TakenDisclosure> kept;  ///< what is in the register for each disclosure with a closed fork
    std::vector<ListedLicence> licences;            ///< those bound to it
  };
  [[nodiscard]] Result<SiteDetails> site_details(const std::string& text);
  /// Notes that nothing comes from a site any more. From then on its bundles and statements are refused, it gets no
  /// receipt and no licence, and its gaps do not count, until `add_site` registers it again. Errors: usage.
  struct RetiredSite {
    RegisteredSite site;
    bool is_new = false;  ///< else it was retired before
  };
  [[nodiscard]] Result<RetiredSite> retire_site(const std::string& text, std::string_view reason);
  /// Closes a site's forks, or those of one disclosure: what is in the register is kept. Nothing is closed where none
  /// is open. Errors: usage.
  struct ClosedFork {
    Fork fork;
    std::optional<TakenDisclosure> kept;  ///< what the register has under its number
  };
  struct ClosedForks {
    RegisteredSite site;
    std::vector<ClosedFork> forks;
  };
  [[nodiscard]] Result<ClosedForks> close_forks(const std::string& text, std::optional<std::uint64_t> disclosure,
                                                std::string_view reason);

  /// Opens a bundle and verifies everything in it against the register: site, signature, manifest, digests, the
  /// ledger's checkpoint and the proofs. Errors: bad_input, integrity, refused.
  [[nodiscard]] Result<ReceivedBundle> open_bundle(const std::string& path);

  /// A bundle as the register takes it in. Errors: as `open_bundle`; refused where its site was retired.
  [[nodiscard]] Result<Arrival> arrival_of_bundle(const std::string& path);
  /// What a receiver noted of one report that a site sent (docs/formats/register.md), its signature verified. Errors:
  /// bad_input, integrity, refused.
  [[nodiscard]] Result<Arrival> arrival_of_sending(std::string_view line);
  [[nodiscard]] Result<TakenIn> take_in(const Arrival& arrival);
  /// Takes note that a site goes on from another past, as its ledger's entry `adopted` and the proof of it say
  /// (`Register::readmit`). Errors: bad_input, integrity (of no registered site, or not proven), refused, usage.
  struct ReadmittedSite {
    std::string site_id;
    ledger::Adoption adoption;
    Readmitted done;
  };
  [[nodiscard]] Result<ReadmittedSite> readmit(std::string_view entry, std::string_view proof, std::string_view reason);
  /// Of one site, or of all, retired ones too. Error: as `find_site`.
  struct SiteGaps {
    RegisteredSite site;
    Gaps gaps;
  };
  [[nodiscard]] Result<std::vector<SiteGaps>> gaps(const std::optional<std::string>& site);
  /// Issues and records the next receipt for a site. Errors: as `find_site`, refused (nothing has arrived, retired).
  struct IssuedReceipt {
    std::string file;
    site::Receipt receipt;
  };
  [[nodiscard]] Result<IssuedReceipt> issue_receipt(const std::string& text);

 private:
  Home(std::string directory, std::string name, std::string product, Register reg)
      : directory_(std::move(directory)),
        name_(std::move(name)),
        product_(std::move(product)),
        register_(std::move(reg)) {}
  struct Identity {
    crypto::PrivateKey key;
    crypto::Certificate certificate;
  };
  [[nodiscard]] Result<Identity> identity(std::string_view name) const;
  [[nodiscard]] Result<crypto::Certificate> certificate(std::string_view name) const;
  [[nodiscard]] Result<IssuedLicence> issue(licence::Licence licence, bool unknown);
  /// Whether some kit of this home knows tier, entitlements and limits; where it never built one nothing is checked.
  [[nodiscard]] Result<void> check_known(const licence::Licence& licence);
  /// Every certificate that a registered site has, or had. Error: refused where no site is registered.
  [[nodiscard]] Result<crypto::TrustStore> site_trust();
  /// `find_site`. Error: refused where the site was retired.
  [[nodiscard]] Result<RegisteredSite> active_site(const std::string& text);
  [[nodiscard]] Result<void> check_active(const RegisteredSite& site);
  /// The verifier keys of a site's ledger, the one in force last.
  [[nodiscard]] Result<std::vector<std::string>> ledger_keys(const RegisteredSite& site);
  /// The certificates of this home's own recipients, by base name, and of the sites' archives: whom a bundle may be
  /// for.
  [[nodiscard]] Result<std::vector<crypto::Certificate>> possible_recipients(const std::vector<std::string>& own);
  [[nodiscard]] Result<void> bind(licence::Licence& licence, const std::string& site);
  /// The successor that waits, or all that ever took over, with their links: what a kit carries.
  [[nodiscard]] Result<std::vector<crypto::Successor>> successors() const;
  [[nodiscard]] Result<std::vector<crypto::RevocationList>> revocation_lists() const;
  /// The base names of former pairs of `name`, oldest first: `recipient.1`, `recipient.2`, …
  [[nodiscard]] Result<std::vector<std::string>> former(std::string_view name) const;
  /// Gives the pair `name` its next former name.
  [[nodiscard]] Result<void> retire(std::string_view name) const;
  [[nodiscard]] std::string path(std::string_view name) const { return directory_ + "/" + std::string(name); }

  std::string directory_;
  std::string name_;
  std::string product_;
  Register register_;
};

}  // namespace airlock::intake
