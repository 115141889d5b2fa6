#pragma once
/// \file
/// The strict reader for our own small JSON documents: licence, kit, policy, dictionary, configuration, manifest,
/// ledger entries. Reports can be large and come from others; report/ reads them.
///
/// `parse_json` accepts I-JSON (RFC 7493) within limits and returns nlohmann's ordered DOM. `core/members.hpp` then
/// reads one object member by member.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"

namespace airlock::core {

using Json = nlohmann::ordered_json;

/// How much one document may hold. A document above a limit is refused before its DOM grows beyond the limit.
struct JsonLimits {
  std::uint64_t bytes = 1024ULL * 1024;
  std::size_t depth = 32;
  std::size_t members = 4096;      ///< of one object; finding a member compares the names of all
  std::size_t elements = 100'000;  ///< of one array
  std::size_t values = 400'000;    ///< of the document: texts, numbers, `true`, `null`, objects, arrays
};

/// Reads one JSON value, and refuses anything after it. Takes time in proportion to the size of the document. Messages
/// call the document `name`. Errors: bad_input, with line and column, for what RFC 8259 forbids, a byte order mark,
/// duplicate keys, ill-formed UTF-8, unpaired surrogates, noncharacters and NUL bytes; bad_input, with the JSON path,
/// above a limit.
[[nodiscard]] Result<Json> parse_json(std::string_view text, std::string_view name, const JsonLimits& limits = {});

/// The same, with only those members of an object that `wanted` names. All of the text is judged as there, but a
/// document that is read for a few of its members is not built.
[[nodiscard]] Result<Json> parse_members(std::string_view text, std::string_view name,
                                         std::span<const std::string_view> wanted, const JsonLimits& limits = {});

/// `value` as text on one line, keys in their order. Precondition: all strings are UTF-8.
[[nodiscard]] std::string to_text(const Json& value);
/// `value` as text with two spaces of indent and a final newline, for files that people read.
[[nodiscard]] std::string to_pretty_text(const Json& value);

/// The value as JSON; null where it is empty, 0 or nothing.
[[nodiscard]] Json or_null(const std::string& text);
[[nodiscard]] Json or_null(std::uint64_t number);
[[nodiscard]] Json or_null(const std::optional<std::int64_t>& number);
[[nodiscard]] Json or_null(const std::optional<std::uint64_t>& number);
[[nodiscard]] Json or_null(const std::optional<std::string>& text);
[[nodiscard]] Json or_null(const std::optional<Time>& time);

/// The text of a member of an object. Empty if `value` is no object, or has no such text.
[[nodiscard]] std::string text_in(const Json& value, std::string_view member);

/// One step of a JSON Pointer (RFC 6901) with `~` and `/` escaped.
[[nodiscard]] std::string pointer_step(std::string_view member);

}  // namespace airlock::core
