#pragma once
/// \file
/// What the vendor's register keeps and reports (docs/formats/register.md): sites, disclosures that arrived, gaps,
/// forks, readmissions. Values only; `Register` reads and writes them.
///
/// A *fork* is a disclosure that contradicts another one of the same site: one ledger cannot have made both.
/// A *readmission* lets a site go on after its ledger was restored from a backup: the disclosures that only the lost
/// ledger had become *former* ones.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "envelope/manifest.hpp"
#include "intake/drift.hpp"
#include "ledger/adoption.hpp"
#include "ledger/checkpoint.hpp"
#include "site/receipt.hpp"

namespace airlock::intake {

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
  bool is_new = false;       ///< false: this very request was registered before
  bool was_retired = false;  ///< the site was retired until now
};

/// Keys that a site had before it replaced them. What they signed stays valid.
struct FormerKeys {
  std::string site_certificate;  ///< PEM
  std::string ledger_key;        ///< verifier key
};

/// A disclosure of a site as it arrived; everything in it is verified.
struct Arrival {
  std::string site_id;
  std::uint64_t disclosure = 0;
  std::uint64_t number = 0;  ///< of the report
  std::string id;
  std::string content_sha256;
  bool is_bundle = false;  ///< false: it was sent
  std::optional<envelope::Previous> previous;
  std::vector<envelope::Void> voids;
  // Only of bundles:
  std::string checkpoint;  ///< signed note
  ledger::TreeHead head;
  std::optional<ledger::TreeHead>
      proven_from;                   ///< an earlier tree, which `consistency.txt` proves to be part of `head`
  std::optional<ReportFacts> facts;  ///< what its report says about drift
};

/// How a bundle's checkpoint relates to the checkpoint in the newest receipt for the site.
enum class CheckpointStanding : std::uint8_t {
  first,     ///< there is no receipt yet
  proven,    ///< it is the same one, or the bundle proves that the ledger grew from that one
  older,     ///< its tree is smaller
  unproven,  ///< its tree is larger, but the bundle was sealed before the site imported the receipt
};
[[nodiscard]] std::string_view name(CheckpointStanding standing);

/// What became of an arrival.
struct TakenIn {
  bool is_new = false;                         ///< false: it was taken in before
  std::optional<CheckpointStanding> standing;  ///< of bundles
  /// Why it contradicts what the register has; empty: it does not. A fork is noted, and not taken in.
  std::string fork;
  bool is_former = false;  ///< it belongs to a lost ledger: it is kept among the former ones, and no receipt names it
  bool is_closed = false;  ///< it is a fork that a person has closed
};

struct Fork {
  std::uint64_t disclosure = 0;
  std::string id;
  std::string content_sha256;
  std::string reason;
  std::string found;  ///< when
  bool operator==(const Fork&) const = default;
};

/// A person's decision about forks: what the register has is kept, and the forks no longer count as open.
struct ForkClosure {
  std::string closed;  ///< when
  std::string reason;
  std::vector<Fork> forks;  ///< by disclosure
};

/// A time in which a site was retired.
struct Retirement {
  std::string retired;  ///< when it began
  std::string reason;
  std::string ended;  ///< empty: the site is retired now
};

/// A disclosure as the register has it.
struct TakenDisclosure {
  std::uint64_t disclosure = 0;
  std::string id;
  std::string content_sha256;
  std::string received;  ///< when it was taken in
};

/// The proof for a readmission: the site's ledger entry `adopted`, verified.
struct AdoptedPast {
  ledger::Adoption adoption;
  std::string entry;       ///< the entry's body
  std::string checkpoint;  ///< signed note of a tree that contains the entry
  ledger::TreeHead head;   ///< of that tree
};

/// What a readmission did.
struct Readmitted {
  bool is_new = false;       ///< false: this very entry was readmitted before
  std::uint64_t kept = 0;    ///< disclosures that the adopted ledger has too
  std::uint64_t former = 0;  ///< disclosures that only the lost ledger has
  std::uint64_t forks = 0;   ///< forks that it explains
};

/// A readmission as the register has it.
struct Readmission {
  std::string admitted;      ///< when
  std::string adopted;       ///< when the site adopted its ledger, by the site's clock
  std::string reason;        ///< the vendor's
  std::string site_reason;   ///< the site's
  std::uint64_t former = 0;  ///< disclosures of the lost ledger
  std::uint64_t forks = 0;   ///< forks that it explained
};

/// Which disclosures of a site have arrived, and which are missing.
struct Gaps {
  std::uint64_t received = 0;               ///< how many arrived
  std::uint64_t last = 0;                   ///< the highest number that arrived; 0: none did
  std::string last_received;                ///< when the newest one was taken in; empty: none was
  std::vector<site::MissingRange> missing;  ///< numbers up to `last` that did not arrive and that nothing explains
  std::vector<envelope::Void> explained;    ///< numbers that did not arrive, with the site's reason
  std::vector<Fork> forks;                  ///< the open ones
  std::vector<Readmission> readmissions;    ///< oldest first
  std::vector<ForkClosure> closures;        ///< oldest first
  std::optional<Retirement> retired;        ///< set where the site is retired now
};

/// What a receipt will contain.
struct ReceiptOrder {
  std::uint64_t sequence = 0;
  std::vector<site::ReceiptItem> items;
  std::string checkpoint;  ///< empty: the vendor has none
  std::vector<site::MissingRange> missing;
};

}  // namespace airlock::intake
