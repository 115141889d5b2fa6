#pragma once
/// \file
/// The vendor's register: sites, kits, licences, disclosures that arrived and receipts for them, in one SQLite file of
/// the vendor's home (docs/formats/register.md). Numbers are given out inside a transaction, so no two kits or licences
/// share one, and what was not recorded was not issued.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "db/database.hpp"
#include "envelope/manifest.hpp"
#include "ledger/adoption.hpp"
#include "ledger/checkpoint.hpp"
#include "site/receipt.hpp"
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
  std::string added;                ///< when that request was registered
};

/// What registering a site request did.
struct Added {
  bool is_new = false;       ///< else this very request was registered before
  bool was_retired = false;  ///< the site had been retired, and is not any more
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

/// A disclosure of a site as it arrived, everything in it verified.
struct Arrival {
  std::string site_id;
  std::uint64_t disclosure = 0;
  std::uint64_t number = 0;  ///< of the report
  std::string id;
  std::string content_sha256;
  bool is_bundle = false;  ///< else it was sent
  std::optional<envelope::Previous> previous;
  std::vector<envelope::Void> voids;
  // Of bundles:
  std::string checkpoint;  ///< signed note
  ledger::TreeHead head;
  std::optional<ledger::TreeHead> proven_from;  ///< the tree that `consistency.txt` proves to be the beginning of it
};

/// What a bundle's checkpoint is to the one that the newest receipt for the site acknowledged.
enum class Standing : std::uint8_t {
  first,     ///< there is no receipt yet
  proven,    ///< it is that one, or its bundle proves that the ledger grew from it
  older,     ///< of a smaller tree
  unproven,  ///< of a larger tree, sealed before the site imported that receipt
};
[[nodiscard]] std::string_view name(Standing standing);

/// What became of an arrival.
struct TakenIn {
  bool is_new = false;               ///< else it was there already
  std::optional<Standing> standing;  ///< of bundles
  std::string fork;  ///< where not empty: why it contradicts what the site said before; it was not taken in but noted
  bool is_former =
      false;  ///< it belongs to a past that the site has given up: it is kept apart, and no receipt names it
  bool is_closed = false;  ///< it contradicts what is here, and a person has closed that fork: it is kept apart
};

/// Two things that one ledger cannot have said.
struct Fork {
  std::uint64_t disclosure = 0;
  std::string id;
  std::string content_sha256;
  std::string reason;
  std::string found;  ///< when
  bool operator==(const Fork&) const = default;
};

/// What a person decided about forks: what is in the register is kept, and the others are kept apart.
struct ForkClosure {
  std::string closed;  ///< when
  std::string reason;
  std::vector<Fork> forks;  ///< by disclosure
};

/// A time in which a site was retired.
struct Retirement {
  std::string retired;  ///< when it began
  std::string reason;
  std::string ended;  ///< empty: it is retired now
};

/// A disclosure as it stands in the register.
struct TakenDisclosure {
  std::uint64_t disclosure = 0;
  std::string id;
  std::string content_sha256;
  std::string received;  ///< when it was taken in
};

/// Proof that a site goes on from another past than the one that the register knows: its entry `adopted`, verified.
struct AdoptedPast {
  ledger::Adoption adoption;
  std::string entry;       ///< the entry's body
  std::string checkpoint;  ///< signed note of a tree that has the entry
  ledger::TreeHead head;   ///< of that
};

/// What a readmission did.
struct Readmitted {
  bool is_new = false;       ///< else this very entry was readmitted before
  std::uint64_t kept = 0;    ///< disclosures that both pasts have
  std::uint64_t former = 0;  ///< disclosures that only the past that was given up has
  std::uint64_t forks = 0;   ///< forks that are settled by it
};

/// A readmission as it stands in the register.
struct Readmission {
  std::string admitted;      ///< when
  std::string adopted;       ///< when the site adopted its ledger, by its own clock
  std::string reason;        ///< the vendor's
  std::string site_reason;   ///< the site's
  std::uint64_t former = 0;  ///< disclosures of the past that was given up
  std::uint64_t forks = 0;   ///< forks that it settled
};

/// How far a site's disclosures have come in.
struct Gaps {
  std::uint64_t received = 0;               ///< how many
  std::uint64_t last = 0;                   ///< the highest number that arrived; 0: none did
  std::string last_received;                ///< when the newest of them was taken in; empty: none was
  std::vector<site::MissingRange> missing;  ///< up to `last`: not here, and nothing explains it
  std::vector<envelope::Void> explained;    ///< not here, and the site says why nothing comes
  std::vector<Fork> forks;
  std::vector<Readmission> readmissions;  ///< oldest first
  std::vector<ForkClosure> closures;      ///< oldest first; their forks are not in `forks`
  std::optional<Retirement> retired;      ///< where the site is retired
};

/// What a receipt is made of.
struct ReceiptOrder {
  std::uint64_t sequence = 0;
  std::vector<site::ReceiptItem> items;
  std::string checkpoint;  ///< empty: there is none
  std::vector<site::MissingRange> missing;
};

class Register {
 public:
  /// Makes the file. Error: refused if it exists.
  [[nodiscard]] static Result<Register> create(const std::string& path);
  [[nodiscard]] static Result<Register> open(const std::string& path);

  /// Registers a site; one that was retired is retired no more. A newer request of a site, made or signed for by the
  /// registered key, takes the place of the one before it, whose keys are kept. Error: refused where the site is
  /// registered with another one.
  [[nodiscard]] Result<Added> add_site(const site::SiteRequest& request, core::Time now);
  [[nodiscard]] Result<std::optional<RegisteredSite>> site(std::string_view site_id);
  [[nodiscard]] Result<std::vector<RegisteredSite>> sites();
  [[nodiscard]] Result<std::vector<FormerKeys>> former_keys();
  /// Notes that a site reports no more. False where it was retired before; then nothing changes.
  [[nodiscard]] Result<bool> retire_site(std::string_view site_id, std::string_view reason, core::Time now);
  /// Every time in which the site was retired, oldest first; where it is now, the last one has no end.
  [[nodiscard]] Result<std::vector<Retirement>> retirements(std::string_view site_id);
  /// The one that has no end; nothing where the site is not retired.
  [[nodiscard]] Result<std::optional<Retirement>> retirement_in_force(std::string_view site_id);

  /// Gives out the next kit number or licence sequence, lets `issue` make the file for it, and records it. Nothing is
  /// recorded where `issue` fails. Returns the file.
  [[nodiscard]] Result<std::string> issue_kit(core::Time now, const Issue& issue);
  [[nodiscard]] Result<std::string> issue_licence(core::Time now, const Issue& issue);

  /// Takes a disclosure in, once; the second time nothing changes. One that contradicts another is noted as a fork; one
  /// of a past that was given up is kept apart.
  [[nodiscard]] Result<TakenIn> take_in(const Arrival& arrival, core::Time now);
  [[nodiscard]] Result<Gaps> gaps(std::string_view site_id);
  /// From now on the site's past is the one that its entry `adopted` tells of. Disclosures, checkpoints and forks that
  /// it does not have are kept apart as former ones, and nothing is compared with them any more. The next receipt's
  /// checkpoint is the proof's. Errors: refused (older than a readmission of this site; or the entry does not tell
  /// which past a disclosure that is here is of).
  [[nodiscard]] Result<Readmitted> readmit(std::string_view site_id, const AdoptedPast& past, std::string_view reason,
                                           core::Time now);
  /// Closes a site's open forks, or those of one disclosure: what is in the register is kept, and what contradicts it
  /// is no open fork any more. Returns those that were closed; where none was open, nothing changes.
  [[nodiscard]] Result<std::vector<Fork>> close_forks(std::string_view site_id, std::optional<std::uint64_t> disclosure,
                                                      std::string_view reason, core::Time now);
  /// The disclosure with this number; nothing where none was taken in.
  [[nodiscard]] Result<std::optional<TakenDisclosure>> disclosure(std::string_view site_id, std::uint64_t number);
  /// Gives out the next receipt sequence of a site, lets `issue` make the file, and records it. The items are the
  /// newest that a receipt takes, without those that a fork contradicts. The checkpoint is the largest that is proven
  /// to have grown from the one of the receipt before; of the first receipt, the largest. Error: refused where nothing
  /// has arrived.
  using IssueReceipt = std::function<Result<Issued>(const ReceiptOrder& order)>;
  [[nodiscard]] Result<std::string> issue_receipt(std::string_view site_id, core::Time now, const IssueReceipt& issue);

  /// The newest kits that were issued, at most `most`, the newest first; each is its file.
  [[nodiscard]] Result<std::vector<std::string>> newest_kits(std::size_t most);
  /// The documents of all licences that were issued, in the order of their sequences.
  [[nodiscard]] Result<std::vector<std::string>> licences();
  /// Returns false where it was revoked before; then nothing changes.
  [[nodiscard]] Result<bool> revoke_licence(std::string_view serial, std::string_view reason, core::Time now);
  /// Serials of the licences that were revoked, sorted: what the next kit carries.
  [[nodiscard]] Result<std::vector<std::string>> revoked_licences();

 private:
  explicit Register(db::Database database) : database_(std::move(database)) {}
  struct Acknowledged {
    std::string note;
    ledger::TreeHead head;
  };
  /// The checkpoint of the newest receipt, or of a readmission since; nothing where neither has one.
  Result<std::optional<Acknowledged>> acknowledged(std::string_view site_id);
  /// Why an arrival contradicts what is known; empty where it does not.
  Result<std::string> contradiction(const Arrival& arrival);
  /// The bundle with nothing but what is here, or never comes, between it and the arrival: the one that it must name.
  Result<std::optional<std::uint64_t>> bundle_right_before(const Arrival& arrival);
  Result<std::string> contradiction_of_tree(const std::string& site_id, const ledger::TreeHead& head);
  Result<Standing> keep_checkpoint(const Arrival& arrival);
  /// Whether an arrival is of a past that was given up, as far as that is known; it is kept there if so.
  Result<bool> take_as_former(const Arrival& arrival, core::Time now);
  Result<std::vector<Readmission>> readmissions(std::string_view site_id);
  /// Forks that are open, by disclosure; all of the site's, or only those of one.
  Result<std::vector<Fork>> open_forks(std::string_view site_id, std::optional<std::uint64_t> disclosure);
  Result<std::vector<ForkClosure>> closures(std::string_view site_id);
  /// Whether a person has closed the fork that this arrival is.
  Result<bool> is_closed(const Arrival& arrival);
  /// The number of the fork, open or closed, that `named` is; nothing where it is none.
  Result<std::optional<std::uint64_t>> fork_with(std::string_view site_id, const envelope::Previous& named);
  /// The site is retired no more. False where it was not.
  Result<bool> end_retirement(std::string_view site_id, core::Time now);
  Result<std::string> issue_numbered(const std::string& table, core::Time now, const Issue& issue);

  db::Database database_;
};

}  // namespace airlock::intake
