#pragma once
/// \file
/// The kinds of ledger entries. docs/formats/ledger.md says what each kind records.

#include <cstdint>
#include <optional>
#include <string_view>

namespace airlock::ledger {

enum class Kind : std::uint8_t {
  site_created,
  configured,
  licence,
  kit,
  authorised,
  hold,
  release,
  produced,
  decided,
  sealed,
  queued,
  attempted,
  sent,
  send_failed,
  withdrawn,
  withheld,
  held,
  refused,
  discarded,
  repeated,
  released,
  handed_over,
  acknowledged,
  recovered,
  abandoned,
  payload_lost,
  expired,
  key_rotated,
  key_destroyed,
  adopted,
  exported,
  approved,
  drop_refused,
};
/// The name by which an entry states its kind: `site_created`.
[[nodiscard]] std::string_view name(Kind kind);
/// The kind of that name; nothing where no kind has it.
[[nodiscard]] std::optional<Kind> kind_from(std::string_view text);
/// Whether entries of this kind record the order of a person, and so name that person.
[[nodiscard]] bool is_ordered(Kind kind);

}  // namespace airlock::ledger
