#pragma once
/// \file
/// The body of an entry: making one, and reading what the ledger understands of it (docs/formats/ledger.md). For the
/// source files of ledger/ only. Appending reads the new body with the same reader as `verify`, so that nothing is
/// appended that could not be verified.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/kind.hpp"

namespace airlock::ledger {

using core::Digest;
using core::Result;
using core::Time;

/// The kinds that decisions are read from. A body of format 2 names the newest earlier entry of each, in this order.
inline constexpr std::array linked_kinds{Kind::adopted,  Kind::acknowledged, Kind::authorised,    Kind::configured,
                                         Kind::hold,     Kind::kit,          Kind::licence,       Kind::release,
                                         Kind::produced, Kind::key_rotated,  Kind::key_destroyed, Kind::send_failed,
                                         Kind::sent};
/// The place of a kind in `linked_kinds`. Error: unexpected where it is not there.
[[nodiscard]] Result<std::size_t> link_of(Kind kind);

/// The newest facts of all entries up to some point. An entry of format 2 states those of all entries before it.
struct Newest {
  std::array<std::optional<std::uint64_t>, linked_kinds.size()> kinds;  ///< seq, by `link_of`
  std::optional<std::uint64_t> disclosure;  ///< seq of the entry that recorded the newest disclosure
  std::optional<std::uint64_t> upgrade;     ///< seq of the entry with `earlier`
  std::optional<Time> time;                 ///< the newest time that is not disowned

  bool operator==(const Newest&) const = default;
};

/// The entries of format 1 of the kinds that are read one by one: seq by kind, newest last. The first entry of format 2
/// lists them, since an entry of format 1 does not name the one before it.
using EarlierEntries = std::map<Kind, std::vector<std::uint64_t>>;
/// Whether `EarlierEntries` lists entries of this kind.
[[nodiscard]] bool is_walked(Kind kind);
/// The maximum number of entries of one kind that `EarlierEntries` lists; older ones are left out.
inline constexpr std::size_t earlier_maximum = 10000;

/// What an entry states, as far as the ledger understands it.
struct EntryFacts {
  std::uint64_t seq = 0;
  Time time;
  Kind kind{};
  std::string report_id;         ///< empty where the entry is about no report
  std::uint64_t number = 0;      ///< `produced` and `decided` only: of the report
  std::string disclosure_id;     ///< the disclosure that the entry records or is about; empty where there is none
  std::uint64_t disclosure = 0;  ///< the counter of the disclosure, where the entry records it
  // `sealed` and `queued` only:
  std::string file;
  std::string file_sha256;
  std::string content_sha256;
  std::uint64_t size = 0;
  std::string checkpoint;   ///< the signed note, not verified
  bool by_receipt = false;  ///< `sent` only: the receipt of the vendor says so
  // `send_failed` only:
  std::string error;
  bool delivered_unknown = false;  ///< the attempt may have arrived
  std::optional<Time> next_try;    ///< nothing where it was given up

  bool disowns_times = false;             ///< `authorised` only
  std::optional<Digest> ceiling;          ///< of a text in the table of ceilings
  std::optional<Digest> terms;            ///< of a text in the same table
  std::optional<Digest> declared;         ///< of a text in the same table
  std::optional<Newest> newest;           ///< nothing in an entry of format 1
  std::optional<EarlierEntries> earlier;  ///< only in the first entry of format 2 after entries of format 1
};

/// Adds an entry of format 1 to the list.
void note_earlier(EarlierEntries& earlier, const EntryFacts& facts);

/// What the entry after this one must state, given what this one had to state.
[[nodiscard]] Newest after(Newest before, const EntryFacts& facts);

/// Whether entries of this kind move a disclosure from one stage to another.
[[nodiscard]] bool moves_disclosure(Kind kind);
/// Whether entries of this kind name the file that is to leave: `sealed` and `queued`.
[[nodiscard]] bool makes_file(Kind kind);

/// The exact text of a new entry. `newest` and `earlier` state the facts of all entries before it. Error: unexpected
/// where `members` is not an object, or has a member that the ledger itself sets.
[[nodiscard]] Result<std::string> make_body(std::uint64_t seq, Kind kind, std::string_view report_id,
                                            const core::Json& members, Time time, std::string_view nonce,
                                            const Newest& newest, const std::optional<EarlierEntries>& earlier = {});

/// Reads the body of the entry at `seq`. Error: bad_input, naming the member.
[[nodiscard]] Result<EntryFacts> read_body(std::string_view body, std::uint64_t seq);

}  // namespace airlock::ledger
