#pragma once
/// \file
/// What a dictionary (docs/formats/dictionary.md) declares: types, classes and fields, as plain values. dictionary.hpp
/// reads them from a document, fits.hpp compares values with them.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace airlock::dictionary {

/// What a value may be. docs/formats/dictionary.md has the exact grammar of each.
enum class Type : std::uint8_t {
  count,        ///< whole number from 0 to 2^63 - 1
  integer,      ///< whole number of 64 bits with sign
  number,       ///< any number within the range of a double
  boolean,      ///< true or false
  text,         ///< string that is not empty
  uuid,         ///< canonical text, any version (RFC 9562 4)
  version,      ///< `1.35.0`, `v1.22.7-gke.300`, `12.17 (Debian 12.17-1)`
  time,         ///< date-time of RFC 3339 5.6
  date,         ///< full-date of RFC 3339 5.6
  epoch,        ///< whole seconds since 1970-01-01T00:00:00Z (POSIX) up to year 9999, a number
  epoch_ms,     ///< the same in milliseconds
  duration,     ///< of ISO 8601 (`P7D`) or as Go prints it (`168h0m0s`)
  url,          ///< http or https (RFC 3986), without user name and password
  hostname,     ///< RFC 1123 2.1
  ip,           ///< IPv4 dotted quad or IPv6 (RFC 4291 2.2), no zone
  email,        ///< one ASCII address (RFC 5321 4.1.2, dot-string local part)
  mac,          ///< EUI-48 with colons, dashes or dots
  id,           ///< hex, ULID, base32, base64 or base64url that a machine made
  locale,       ///< BCP 47 (`de-CH`) or POSIX (`en_US.UTF-8`)
  opaque,       ///< string that is passed on whole or not at all, and in which nobody looks
  enumeration,  ///< one of the declared values
  empty,        ///< `""`, `[]`, `{}`
};
inline constexpr std::size_t type_count = static_cast<std::size_t>(Type::empty) + 1;

/// Whether values of the type are JSON numbers that count or measure: what `sum_of` may name.
[[nodiscard]] constexpr bool is_figure(Type type) {
  return type == Type::count || type == Type::integer || type == Type::number;
}

/// Whether values of the type are JSON numbers.
[[nodiscard]] constexpr bool is_number(Type type) {
  return is_figure(type) || type == Type::epoch || type == Type::epoch_ms;
}

/// What kind of knowledge a value is. Redactions and claims of a policy name classes.
enum class Class : std::uint8_t {
  usage,       ///< how much the product is used
  version,     ///< which software runs
  deployment,  ///< how it is installed and run
  time,        ///< when something happened; also ids that are ordered by time
  licence,     ///< licence keys
  identifier,  ///< names the site, its machines or its tenants
  person,      ///< about natural persons
  location,    ///< where on earth
  content,     ///< names that the customer chose
  transport,   ///< how the report travelled
};
inline constexpr std::size_t class_count = 10;

/// The word that documents use. It equals the enumerator, except that `enumeration` is written `enum`.
[[nodiscard]] std::string_view name(Type type);
[[nodiscard]] std::string_view name(Class cls);
/// The type or class that a document calls `text`; nothing if there is none.
[[nodiscard]] std::optional<Type> type_from(std::string_view text);
[[nodiscard]] std::optional<Class> class_from(std::string_view text);

/// The values that a field accepts: those that fit one of the types, and those that say that there is no value.
struct Shape {
  std::vector<Type> types;                  ///< tried in this order
  std::vector<std::string> values;          ///< what `enum` allows
  bool nullable = false;                    ///< `null` is accepted and says no more than a missing member
  std::vector<std::string> sentinels = {};  ///< whole numbers that mean "failed", such as `-1`; no type accepts them
};

/// The step of a declared path that names the key: `~`, `/` and `*` become `~0`, `~1` and `~2`.
[[nodiscard]] std::string literal_step(std::string_view key);

/// The types of a shape: `url or enum`.
[[nodiscard]] std::string in_words(const Shape& shape);

/// What one part of a key may be, and what kind of knowledge it is. A key without a pattern is one part.
struct KeyPart {
  Shape shape;
  Class cls = Class::content;
  std::string review = {};  ///< why a person has yet to judge it; or empty
  std::string name = {};    ///< as the pattern has it in braces; empty if the part is the whole key
};

/// Declares the keys that a `*` stands for, or those of a pattern such as `stats.ds.{plugin}.count`. As a `KeyPart` it
/// is the whole key, or the first part of the pattern; key_pattern.hpp has what is common to both.
struct KeyDeclaration : KeyPart {
  std::vector<KeyPart> more = {};  ///< the parts of the pattern after the first
  std::vector<std::string> pieces =
      {};  ///< the literal text before, between and behind the parts; none without pattern

  [[nodiscard]] bool is_pattern() const { return !pieces.empty(); }
  [[nodiscard]] std::size_t parts() const { return 1 + more.size(); }
  [[nodiscard]] const KeyPart& part(std::size_t i) const { return i == 0 ? *this : more[i - 1]; }
};

/// The index of no declaration.
inline constexpr std::uint32_t no_field = UINT32_MAX;

/// The number of a place to which declared steps lead: a declared path, or a proper prefix of one. The report itself
/// has the number 0.
using PlaceNumber = std::uint32_t;
inline constexpr PlaceNumber no_place = UINT32_MAX;

/// One declaration. `shape` has no types if only keys are declared; other declarations then describe their values.
struct Field {
  /// A JSON Pointer in which `*` is any one step and `~2` a literal `*`. A step with a `*` within it is a pattern of
  /// keys, with `*` for each part.
  std::string path;
  std::vector<std::string> steps;     ///< decoded, but patterns as the path has them
  std::vector<bool> is_wildcard;      ///< for each step, whether it is a `*` or a pattern
  Shape shape;                        ///< of the value
  std::optional<Class> cls;           ///< of the value; absent if `shape` has no types
  std::optional<KeyDeclaration> key;  ///< present if the last step is a pattern, or a `*` for object members
  std::string purpose;                ///< what the vendor uses the value for, such as `billing`; or empty
  std::string about;                  ///< a sentence for people; or empty
  std::string sum_of;                 ///< path of the figures that this one is the sum of; or empty
  std::string delta_of;               ///< path of the figure whose growth this one is; or empty
  std::vector<Class> holds;           ///< what `opaque` values may contain besides their class; empty: anything
  bool required = false;              ///< a report without it is held: for what is billed
  std::string review;                 ///< why a person has yet to judge it; or empty
};

/// The fields that Airlock itself reads.
struct Roles {
  std::string event;           ///< path; empty if every report is `constant_event`
  std::string constant_event;  ///< the event that a report does not name; empty if `event` is a path
  std::string period_start;    ///< path or empty
  std::string period_end;      ///< path or empty; equal to `period_start` if the document says `at`
  std::string every;           ///< ISO 8601 duration such as `P7D`, or empty
  std::string version;         ///< path of the product's version, or empty
};

/// Where a report may repeat declared values under flattened names, such as `/properties` with the separator `__`. Both
/// members are empty if the dictionary declares no such place.
struct Twins {
  std::string under;
  std::string separator;

  bool operator==(const Twins&) const = default;
};

/// Limits of a dictionary.
inline constexpr std::uint64_t dictionary_bytes_limit = 4096ULL * 1024;
inline constexpr std::size_t fields_limit = 16'384;
inline constexpr std::size_t steps_limit = 32;  ///< of one path
inline constexpr std::size_t events_limit = 64;
inline constexpr std::size_t values_limit = 4096;  ///< of one `enum`
inline constexpr std::size_t name_bytes_limit = 64;
inline constexpr std::size_t separator_bytes_limit = 8;
inline constexpr std::size_t sentinels_limit = 8;  ///< of one field
inline constexpr std::size_t pattern_parts_limit = 4;
inline constexpr std::size_t part_name_bytes_limit = 32;
inline constexpr std::size_t patterns_limit = 1024;           ///< of one object
inline constexpr std::size_t pattern_key_bytes_limit = 4096;  ///< a longer key is of no pattern

/// Limits of a dictionary that is written short (source.hpp).
inline constexpr std::size_t shape_depth_limit = 8;  ///< shapes within one another
inline constexpr std::size_t defaults_limit = 64;    ///< objects in the `defaults` of one file

/// Limits of a report's values, in bytes of the decoded text. A longer value does not fit its type.
inline constexpr std::size_t text_bytes_limit = 1024;
inline constexpr std::size_t version_bytes_limit = 64;
inline constexpr std::size_t time_bytes_limit = 64;
inline constexpr std::size_t duration_bytes_limit = 64;
inline constexpr std::size_t id_bytes_limit = 128;
inline constexpr std::size_t locale_bytes_limit = 64;
inline constexpr std::size_t opaque_bytes_limit = 64ULL * 1024;  // the longest string that the scanner reads
inline constexpr std::size_t url_bytes_limit = 2048;
inline constexpr std::size_t hostname_bytes_limit = 253;   // RFC 1035 2.3.4, without the final dot
inline constexpr std::size_t email_bytes_limit = 254;      // RFC 5321 4.5.3.1.3, without the angle brackets
inline constexpr std::size_t local_part_bytes_limit = 64;  // RFC 5321 4.5.3.1.1

/// A name with more separators than this is no twin. Overlapping separators count.
inline constexpr std::size_t twin_separators_limit = 32;

}  // namespace airlock::dictionary
