#pragma once
/// \file
/// The strict reader for our own small JSON documents: licence, kit, policy, dictionary, configuration, manifest,
/// ledger entries. Reports are not small and not ours; report/ reads those.
///
/// `parse_json` accepts I-JSON (RFC 7493) within limits and gives nlohmann's ordered DOM. `Members` then reads one
/// object member by member, remembers the first thing that is wrong with its file and JSON path, and refuses members
/// that nobody asked for:
///
///     Members in(json, "licence.p7s", "");
///     licence.serial = in.text("serial");
///     licence.sequence = in.integer("sequence", 1, max);
///     AIRLOCK_CHECK(in.finish());

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"

namespace airlock::core {

using Json = nlohmann::ordered_json;

/// How much one document may hold. A document that is over a limit is refused before its DOM grows by what is over it.
struct JsonLimits {
  std::uint64_t bytes = 1024 * 1024;
  std::size_t depth = 32;
  std::size_t members = 4096;      ///< of one object; a member is found by looking through all of them
  std::size_t elements = 100'000;  ///< of one array
  std::size_t values = 400'000;    ///< of the document: texts, numbers, `true`, `null`, objects, arrays
};

/// Reads one JSON value and nothing after it. Refused, as bad_input with line and column: what RFC 8259 refuses, a byte
/// order mark, duplicate keys, ill-formed UTF-8, unpaired surrogates, noncharacters, NUL bytes. Excess is refused by JSON
/// path. Takes time in proportion to the document's size. `name` is what messages call the document.
[[nodiscard]] Result<Json> parse_json(std::string_view text, std::string_view name, const JsonLimits& limits = {});

/// `value` as text on one line, keys in the order given. Precondition: all strings are UTF-8.
[[nodiscard]] std::string to_text(const Json& value);
/// `value` as text with two spaces of indent and a final newline, for files that people read.
[[nodiscard]] std::string to_pretty_text(const Json& value);

/// One step of a JSON Pointer (RFC 6901) with `~` and `/` escaped.
[[nodiscard]] std::string pointer_step(std::string_view member);

/// Longest text that `Members::text` takes unless told otherwise, in bytes.
inline constexpr std::size_t text_limit = 1024;

/// Reads an object that must have known members only. All getters mark the member as known. After the first failure the
/// getters return empty values, so check `finish` before using any.
class Members {
 public:
  /// `object` must outlive this. `path` is the JSON Pointer of the object within the document `name`.
  Members(const Json& object, std::string_view name, std::string path);

  [[nodiscard]] bool has(std::string_view member) const;

  /// `format` must be exactly `expected`, such as `airlock-policy/1`.
  void format(std::string_view expected);

  /// A printable text of 1 to `limit` bytes.
  std::string text(std::string_view member, std::size_t limit = text_limit);
  std::optional<std::string> text_if(std::string_view member, std::size_t limit = text_limit);
  /// One of the given words.
  std::string word(std::string_view member, std::initializer_list<std::string_view> words);
  /// A UUID, returned in lower case.
  std::string uuid(std::string_view member);
  /// A SHA-256 in lower-case hex, returned as text.
  std::string sha256(std::string_view member);
  std::int64_t integer(std::string_view member, std::int64_t least, std::int64_t most);
  std::optional<std::int64_t> integer_if(std::string_view member, std::int64_t least, std::int64_t most);
  bool boolean(std::string_view member);
  std::optional<bool> boolean_if(std::string_view member);
  Time time(std::string_view member);
  /// An array of texts, at most `most` of them, none twice. `texts_if` gives an empty list where the member is absent.
  std::vector<std::string> texts(std::string_view member, std::size_t most);
  std::vector<std::string> texts_if(std::string_view member, std::size_t most);
  /// The member as it is, or null where it is absent or of another kind (then `finish` fails).
  const Json* object(std::string_view member);
  const Json* object_if(std::string_view member);
  const Json* array(std::string_view member, std::size_t most);
  const Json* array_if(std::string_view member, std::size_t most);
  /// A member of any kind; null where it is absent.
  const Json* any(std::string_view member);

  /// Records a failure of the object itself (`member` empty) or of a member: "`NAME`: `/path/member`: WHY".
  void refuse(std::string_view member, std::string_view why);
  /// Records the failure of a nested reader.
  void refuse(Error error);
  [[nodiscard]] bool ok() const { return !error_; }

  /// The pointer of a member, for nested readers.
  [[nodiscard]] std::string path_of(std::string_view member) const;
  [[nodiscard]] const std::string& name() const { return name_; }

  /// The first failure, or that a member is unknown, or nothing.
  [[nodiscard]] Result<void> finish();

 private:
  const Json* find(std::string_view member);
  const Json* need(std::string_view member);

  const Json& object_;
  std::string name_;
  std::string path_;
  std::vector<bool> known_;  ///< by the members' places in `object_`
  std::optional<Error> error_;
};

}  // namespace airlock::core
