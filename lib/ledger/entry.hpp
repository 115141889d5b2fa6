#pragma once
/// \file
/// The body of an entry: making one and reading what the ledger understands of one (docs/formats/ledger.md). For the
/// source files of ledger/ only. Appending reads what it is about to write with the reader that `verify` uses, so that
/// nothing is appended that could not be verified.

#include <string>
#include <string_view>

#include "ledger/ledger.hpp"

namespace airlock::ledger {

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
};

/// Whether entries of this kind move a disclosure from one stage to another.
[[nodiscard]] bool moves_disclosure(Kind kind);
/// Whether entries of this kind name the file that is to leave: `sealed` and `queued`.
[[nodiscard]] bool makes_file(Kind kind);

/// The exact text of a new entry. Error: unexpected where `members` is no object or has a member that every entry has.
[[nodiscard]] Result<std::string> make_body(std::uint64_t seq, Kind kind, std::string_view report_id,
                                            const core::Json& members, Time time, std::string_view nonce);

/// Reads the body of the entry that stands at `seq`. Error: bad_input, naming the member.
[[nodiscard]] Result<Facts> read_body(std::string_view body, std::uint64_t seq);

}  // namespace airlock::ledger
