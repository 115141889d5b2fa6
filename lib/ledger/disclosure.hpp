#pragma once
/// \file
/// A disclosure: a report, or part of one, that has left the site or was about to leave it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace airlock::ledger {

using core::Time;

/// How far a disclosure has come, according to its entries (docs/formats/ledger.md has the picture). A bundle goes from
/// `recorded` to `sealed` to `released`. A disclosure that is to be sent goes from `recorded` to `queued`. Each attempt
/// makes it `attempted`, and then `sent`, `queued` again, or `failed`. Only a person starts a failed one again.
enum class Stage : std::uint8_t {
  recorded,
  sealed,
  released,
  queued,
  attempted,  ///< an attempt to send is under way, or a crash cut it short
  failed,     ///< given up; the payload is kept
  sent,
  withdrawn,
  abandoned,
  payload_lost,
};
/// The name of a stage: `payload_lost`.
[[nodiscard]] std::string_view name(Stage stage);
/// The stage of that name; nothing where no stage has it.
[[nodiscard]] std::optional<Stage> stage_from(std::string_view text);
/// Whether a disclosure at this stage is still to be sent.
[[nodiscard]] constexpr bool waits_to_be_sent(Stage stage) {
  return stage == Stage::queued || stage == Stage::attempted || stage == Stage::failed;
}

struct Disclosure {
  std::string id;                ///< UUID
  std::uint64_t disclosure = 0;  ///< its counter, without gaps: 1, 2, 3 …
  std::string report_id;
  std::uint64_t number = 0;    ///< of the report
  std::uint64_t recorded = 0;  ///< seq of the `produced` or `decided` entry that recorded it
  Stage stage{};
  Time time;  ///< of that entry

  // Set from `sealed` or `queued` on:
  std::string file;            ///< name in the outbox
  std::string file_sha256;     ///< hex
  std::string content_sha256;  ///< hex; of the archive in a bundle, or of the bytes to send
  std::uint64_t size = 0;      ///< of the file in bytes

  // Only where it is to be sent:
  std::uint64_t attempts = 0;
  std::optional<Time> last_attempt;
  std::optional<Time> next_try;  ///< `queued` after an attempt: no attempt before this time
  std::string last_error;        ///< of the newest attempt that failed
  bool uncertain = false;        ///< whether an attempt may have arrived without an answer reaching us

  bool operator==(const Disclosure&) const = default;
};

}  // namespace airlock::ledger
