#pragma once
/// \file
/// The vendor's register: sites, kits, licences, disclosures that arrived and receipts for them, in one SQLite file of
/// the vendor's home (docs/formats/register.md). A number is given out and recorded in one transaction. So no two kits
/// or licences share a number, and nothing is issued without being recorded.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "db/database.hpp"
#include "intake/records.hpp"
#include "site/request.hpp"

namespace airlock::intake {

using core::Result;

/// Something that is issued under a number: its file, and the document that the register keeps.
struct Issued {
  std::string file;
  std::string document;
};
using Issue = std::function<Result<Issued>(std::int64_t number)>;

class Register {
 public:
  /// Makes the file. Error: refused if it exists.
  [[nodiscard]] static Result<Register> create(const std::string& path);
  /// Opens the file. With `read_write`, one of an earlier version is brought to the newest. Error: not_recorded (an
  /// earlier version, to be opened `read_only`).
  [[nodiscard]] static Result<Register> open(const std::string& path, db::Mode mode = db::Mode::read_write);

  /// Registers a site, also one that was retired. A newer request of a registered site replaces the former one, if the
  /// registered key made it or signed for the key that did; the former keys are kept. Error: refused where the site is
  /// registered with another request.
  [[nodiscard]] Result<Added> add_site(const site::SiteRequest& request, core::Time now);
  [[nodiscard]] Result<std::optional<RegisteredSite>> site(std::string_view site_id);
  [[nodiscard]] Result<std::vector<RegisteredSite>> sites();
  [[nodiscard]] Result<bool> has_sites();
  /// The keys that a site had before, oldest first.
  [[nodiscard]] Result<std::vector<FormerKeys>> former_keys(std::string_view site_id);
  /// Records that a site is no longer in use. False, and nothing changes, where it is retired already.
  [[nodiscard]] Result<bool> retire_site(std::string_view site_id, std::string_view reason, core::Time now);
  /// Every time in which the site was retired, oldest first.
  [[nodiscard]] Result<std::vector<Retirement>> retirements(std::string_view site_id);
  /// The retirement that has not ended; nothing where the site is in use.
  [[nodiscard]] Result<std::optional<Retirement>> retirement_in_force(std::string_view site_id);

  /// Gives out the next kit number, or the next licence sequence; `issue` makes the file for it; then both are
  /// recorded. Nothing is recorded where `issue` fails. Returns the file.
  [[nodiscard]] Result<std::string> issue_kit(core::Time now, const Issue& issue);
  [[nodiscard]] Result<std::string> issue_licence(core::Time now, const Issue& issue);

  /// Takes in disclosures in this order, all of them or none: in one commit, which takes longer than they do. One that
  /// was taken in before changes nothing. A fork is noted; a disclosure of a lost ledger is kept among the former ones.
  [[nodiscard]] Result<std::vector<TakenIn>> take_in(std::span<const Arrival> arrivals, core::Time now);
  [[nodiscard]] Result<Gaps> gaps(std::string_view site_id);
  /// What drifts in the bundles of a site that were taken in at `since` or later (a time as the register writes it;
  /// empty: all). `newest_dictionary`: SHA-256 of the vendor's newest dictionary, hex, or empty.
  [[nodiscard]] Result<SiteDrift> drift(std::string_view site_id, const std::string& since,
                                        std::string_view newest_dictionary);
  /// From now on the ledger that the entry `adopted` describes is the site's. Disclosures, checkpoints and forks that
  /// it does not have become former ones, and nothing is compared with them again. The next receipt names the proof's
  /// checkpoint. Errors: refused (the entry is older than an earlier readmission of the site; or it does not say of
  /// each disclosure here to which ledger that belongs).
  [[nodiscard]] Result<Readmitted> readmit(std::string_view site_id, const AdoptedPast& past, std::string_view reason,
                                           core::Time now);
  /// Closes the open forks of a site, or of one disclosure: what the register has is kept. Returns the forks that were
  /// closed; where none was open, nothing changes.
  [[nodiscard]] Result<std::vector<Fork>> close_forks(std::string_view site_id, std::optional<std::uint64_t> disclosure,
                                                      std::string_view reason, core::Time now);
  /// The disclosure with this number; nothing where none was taken in.
  [[nodiscard]] Result<std::optional<TakenDisclosure>> disclosure(std::string_view site_id, std::uint64_t number);
  using IssueReceipt = std::function<Result<Issued>(const ReceiptOrder& order)>;
  /// Gives out the next receipt sequence of a site; `issue` makes the file; then both are recorded. The receipt names
  /// the newest disclosures, as many as fit, without those that a fork contradicts. Its checkpoint is the largest that
  /// is proven to have grown from the one in the receipt before; in the first receipt it is the largest of all. Error:
  /// refused where nothing has arrived.
  [[nodiscard]] Result<std::string> issue_receipt(std::string_view site_id, core::Time now, const IssueReceipt& issue);

  /// The files of the newest kits, the newest first, at most `maximum`.
  [[nodiscard]] Result<std::vector<std::string>> newest_kits(std::size_t maximum);
  /// The documents of all licences that were issued, in the order of their sequences.
  [[nodiscard]] Result<std::vector<std::string>> licences();
  /// False, and nothing changes, where the licence was revoked before.
  [[nodiscard]] Result<bool> revoke_licence(std::string_view serial, std::string_view reason, core::Time now);
  /// Serials of the licences that were revoked, sorted.
  [[nodiscard]] Result<std::vector<std::string>> revoked_licences();

 private:
  explicit Register(db::Database database) : database_(std::move(database)) {}
  struct Acknowledged {
    std::string note;
    ledger::TreeHead head;
  };
  /// The checkpoint of the newest receipt, or of a readmission after it; nothing where neither has one.
  Result<std::optional<Acknowledged>> acknowledged(std::string_view site_id);
  /// Why an arrival contradicts what the register has; empty where it does not.
  Result<std::string> contradiction(const Arrival& arrival);
  /// Another disclosure has the arrival's number or id.
  Result<std::string> contradiction_of_content(const Arrival& arrival);
  /// The arrival's `previous` does not fit the disclosures before it.
  Result<std::string> contradiction_of_previous(const Arrival& arrival);
  /// The `previous` of a disclosure after it does not fit the arrival, which comes late.
  Result<std::string> contradiction_of_later(const Arrival& arrival);
  Result<std::string> contradiction_of_tree(const std::string& site_id, const ledger::TreeHead& head);
  /// The bundle that the arrival must name as `previous`: every number between the two was sent, or will never arrive.
  Result<std::optional<std::uint64_t>> bundle_right_before(const Arrival& arrival);
  Result<TakenIn> take_in_one(const Arrival& arrival, core::Time now);
  Result<CheckpointStanding> standing_of(const Arrival& arrival);
  Result<void> keep_checkpoint(const Arrival& arrival);
  Result<void> note_fork(const Arrival& arrival, const std::string& reason, core::Time now);
  Result<void> keep_disclosure(const Arrival& arrival, core::Time now);
  /// Keeps what a bundle's report says about drift, unless it is kept already.
  Result<void> keep_facts(const Arrival& arrival);
  /// True, and the arrival is kept among the former ones, where it is known to belong to a lost ledger.
  Result<bool> take_as_former(const Arrival& arrival, core::Time now);
  Result<std::vector<Readmission>> readmissions(std::string_view site_id);
  /// The open forks of a site, or of one disclosure, by disclosure.
  Result<std::vector<Fork>> open_forks(std::string_view site_id, std::optional<std::uint64_t> disclosure);
  Result<std::vector<ForkClosure>> closures(std::string_view site_id);
  /// Whether the arrival is a fork that a person has closed.
  Result<bool> is_closed(const Arrival& arrival);
  /// The number of the fork, open or closed, that `named` is; nothing where it is no fork.
  Result<std::optional<std::uint64_t>> fork_with(std::string_view site_id, const envelope::Previous& named);
  /// Ends the retirement in force. False where the site is not retired.
  Result<bool> end_retirement(std::string_view site_id, core::Time now);
  Result<std::string> issue_numbered(const std::string& table, core::Time now, const Issue& issue);

  db::Database database_;
};

}  // namespace airlock::intake
