#pragma once
/// \file
/// The body of an entry: making one and reading what the ledger understands of one (docs/formats/ledger.md). For the
/// source files of ledger/ only. Appending reads what it is about to write with the reader that `verify` uses, so that
/// nothing is appended that could not be verified.

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/ledger.hpp"

namespace airlock::ledger {

/// The kinds that decisions are read from, in the order in which a body names the newest of each.
inline constexpr std::array linked_kinds{
    Kind::adopted, Kind::acknowledged, Kind::authorised,  Kind::configured,    Kind::hold,    Kind::kit, Kind::licence,
    Kind::release, Kind::produced,     Kind::key_rotated, Kind::key_destroyed, Kind::send_failed, Kind::sent};
/// The place of a kind in that list. Error: unexpected where it is not on it.
[[nodiscard]] Result<std::size_t> link_of(Kind kind);

/// Where the newest facts of the entries so far are: an entry of format 2 says this of all entries before it.
struct Newest {
  std::array<std::optional<std::uint64_t>, linked_kinds.size()> kinds;  ///< seq, by `link_of`
  std::optional<std::uint64_t> disclosure;                              ///< seq of the entry that recorded the newest
  std::optional<std::uint64_t> upgrade;                                 ///< seq of the entry with `earlier`
  std::optional<Time> time;                                             ///< the newest that is not disowned

  bool operator==(const Newest&) const = default;
};

struct Facts;

/// The entries of format 1 by kind, newest last: those that are ever read one by one. The first entry of format 2 has
/// them, since entries of format 1 do not name the one before them.
using Earlier = std::map<Kind, std::vector<std::uint64_t>>;
/// Whether `Earlier` has entries of this kind.
[[nodiscard]] bool is_walked(Kind kind);
/// Takes note of an entry of format 1.
void note_earlier(Earlier& earlier, const Facts& facts);
/// Most entries of a kind that it names: the newest.
inline constexpr std::size_t earlier_most = 10000;

/// What an entry says, as far as the ledger understands it.
struct Facts {
  std::uint64_t seq = 0;
  Time time;
  Kind kind{};
  std::string report_id;         ///< empty where the entry is about no report
  std::uint64_t number = 0;      ///< `produced` and `decided`: of the report
  std::string disclosure_id;     ///< the disclosure that the entry records or is about; empty where none
  std::uint64_t disclosure = 0;  ///< its counter, where the entry records it
  // `sealed` and `queued` only:
  std::string file;
  std::string file_sha256;
  std::string content_sha256;
  std::uint64_t size = 0;
  std::string checkpoint;  ///< the signed note, not verified
  bool by_receipt = false;  ///< `sent` only: the vendor's receipt says so
  // `send_failed` only:
  std::string error;
  bool delivered_unknown = false;  ///< the attempt may have arrived
  std::optional<Time> next_try;    ///< nothing where it was given up

  bool disowns_times = false;          ///< `authorised` only
  std::optional<Digest> ceiling;       ///< of a text in the table of ceilings
  std::optional<Digest> terms;         ///< the same
  std::optional<Digest> declared;      ///< the same
  std::optional<Newest> newest;        ///< nothing in entries of format 1
  std::optional<Earlier> earlier;      ///< the first entry of format 2, where it is not the first of all
};

/// What the entry after this one says of the entries before it.
[[nodiscard]] Newest after(Newest before, const Facts& facts);

/// Whether entries of this kind move a disclosure from one stage to another.
[[nodiscard]] bool moves_disclosure(Kind kind);
/// Whether entries of this kind name the file that is to leave: `sealed` and `queued`.
[[nodiscard]] bool makes_file(Kind kind);

/// The exact text of a new entry, after entries of which `newest` and `earlier` are true. Error: unexpected where
/// `members` is no object or has a member that every entry has.
[[nodiscard]] Result<std::string> make_body(std::uint64_t seq, Kind kind, std::string_view report_id,
                                            const core::Json& members, Time time, std::string_view nonce,
                                            const Newest& newest, const std::optional<Earlier>& earlier = {});

/// Reads the body of the entry that stands at `seq`. Error: bad_input, naming the member.
[[nodiscard]] Result<Facts> read_body(std::string_view body, std::uint64_t seq);

}  // namespace airlock::ledger
