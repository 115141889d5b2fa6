#pragma once
/// \file
/// The dictionary (docs/formats/dictionary.md): every field that a report may have, with its type and its class.
/// Answers "what is this token?" for each token of a report. Knows no policy and changes nothing.
///
///     AIRLOCK_TRY(const Dictionary dictionary, Dictionary::parse(text, "dictionary.json"));
///     Classifier classifier(dictionary);
///     for (;;) {
///       AIRLOCK_TRY(const report::Token token, scanner.next());
///       const Placement placement = classifier.place(token);  // declared, ill-typed, undeclared, …
///       if (token.kind == report::Kind::end) break;
///     }

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "report/scanner.hpp"

namespace airlock::dictionary {

using core::Result;

enum class Type : std::uint8_t {
  count,        ///< whole number from 0 to 2^63 - 1
  integer,      ///< whole number of 64 bits with sign
  number,       ///< any number within the range of a double
  boolean,      ///< true or false
  text,         ///< string that is not empty
  uuid,         ///< canonical text, any version (RFC 9562 4)
  version,      ///< `1.35.0`, `v1.22.7-gke.300`
  time,         ///< date-time of RFC 3339 5.6
  url,          ///< http or https (RFC 3986), without user name and password
  hostname,     ///< RFC 1123 2.1
  ip,           ///< IPv4 dotted quad or IPv6 (RFC 4291 2.2), no zone
  email,        ///< one ASCII address (RFC 5321 4.1.2, dot-string local part)
  enumeration,  ///< one of the declared values
  empty,        ///< `""`, `[]`, `{}`
};
enum class Class : std::uint8_t {
  usage,       ///< how much the product is used
  version,     ///< which software runs
  deployment,  ///< how it is installed and run
  time,        ///< when; also ids that are ordered by time
  licence,     ///< licence keys
  identifier,  ///< of the site, its machines, its tenants
  person,      ///< of natural persons
  location,    ///< where on earth
  content,     ///< names that the customer chose
  transport,   ///< how the report travelled
};
inline constexpr std::size_t class_count = 10;

/// As documents spell it (`enumeration` is `enum`).
[[nodiscard]] std::string_view name(Type type);
[[nodiscard]] std::string_view name(Class cls);
[[nodiscard]] std::optional<Type> type_from(std::string_view text);
[[nodiscard]] std::optional<Class> class_from(std::string_view text);

/// Types, of which a value must fit one, unless it stands for a value that there is not.
struct Shape {
  std::vector<Type> types;
  std::vector<std::string> values;     ///< what `enum` allows
  bool nullable = false;               ///< `null` fits, and says no more than a member that is missing
  std::vector<std::string> sentinels = {};  ///< whole numbers outside the types that stand for "failed", such as `-1`
};

/// The types of a shape: `url or enum`.
[[nodiscard]] std::string in_words(const Shape& shape);

/// Declares the keys that a `*` stands for.
struct KeyDeclaration {
  Shape shape;
  Class cls = Class::content;
};

/// One declaration. `shape` has no types where only keys are declared (their values are containers declared elsewhere).
struct Field {
  std::string path;                ///< as written: JSON Pointer, `*` any one step, `~2` a literal `*`
  std::vector<std::string> steps;  ///< decoded; a wildcard is `is_wildcard[i]`
  std::vector<bool> is_wildcard;
  Shape shape;
  std::optional<Class> cls;           ///< of the value; absent where `shape` has no types
  std::optional<KeyDeclaration> key;  ///< where the last step is a `*` that stands for object members
  std::string purpose;
  std::string about;
  std::string sum_of;    ///< path or empty
  std::string delta_of;  ///< path or empty
  bool required = false;  ///< without it a report is held: for what is billed
};

struct Roles {
  std::string event;         ///< path
  std::string period_start;  ///< path or empty
  std::string period_end;    ///< path or empty
  std::string every;         ///< ISO 8601 duration such as `P7D`, or empty
};

/// Where members may be flattened copies of declared paths: `/properties` and `__`. Both empty: nowhere.
struct Twins {
  std::string under;
  std::string separator;

  bool operator==(const Twins&) const = default;
};

/// Limits of a dictionary.
inline constexpr std::uint64_t dictionary_bytes_limit = 1024 * 1024;
inline constexpr std::size_t fields_limit = 4096;
inline constexpr std::size_t steps_limit = 32;  ///< of one path
inline constexpr std::size_t events_limit = 64;
inline constexpr std::size_t values_limit = 256;  ///< of one `enum`
inline constexpr std::size_t name_bytes_limit = 64;
inline constexpr std::size_t separator_bytes_limit = 8;
inline constexpr std::size_t sentinels_limit = 8;  ///< of one field

/// Limits of a report's values, in bytes of the decoded text. What is longer does not fit its type.
inline constexpr std::size_t text_bytes_limit = 1024;
inline constexpr std::size_t version_bytes_limit = 64;
inline constexpr std::size_t time_bytes_limit = 64;
inline constexpr std::size_t url_bytes_limit = 2048;
inline constexpr std::size_t hostname_bytes_limit = 253;   // RFC 1035 2.3.4, without the final dot
inline constexpr std::size_t email_bytes_limit = 254;      // RFC 5321 4.5.3.1.3, without the angle brackets
inline constexpr std::size_t local_part_bytes_limit = 64;  // RFC 5321 4.5.3.1.1

/// A name in which the separator stands more often, overlapping occurrences counted, is no twin.
inline constexpr std::size_t twin_separators_limit = 32;

class Dictionary {
 public:
  /// Reads and checks a document of format `airlock-dictionary/1` or, where it says `nullable`, `required` or
  /// `sentinels`, `airlock-dictionary/2`; docs/formats/dictionary.md lists every check.
  /// `name` is what messages call it. Error: bad_input naming `name`, the JSON path and the reason.
  [[nodiscard]] static Result<Dictionary> parse(std::string_view text, std::string_view name);
  Dictionary(Dictionary&&) noexcept;
  Dictionary& operator=(Dictionary&&) noexcept;
  ~Dictionary();

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] const std::string& product() const;
  /// In the order of the document.
  [[nodiscard]] const std::vector<Field>& fields() const;
  /// What the field at `roles().event` may be.
  [[nodiscard]] const std::vector<std::string>& events() const;
  [[nodiscard]] const Roles& roles() const;
  [[nodiscard]] const Twins& twins() const;
  /// Index in `fields()` of the declaration with exactly this path.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view path) const;

  struct Tree;  ///< the compiled form; for Classifier only
  [[nodiscard]] const Tree& tree() const;

 private:
  explicit Dictionary(std::unique_ptr<Tree> tree);
  std::unique_ptr<Tree> tree_;
};

/// How a token stands to the dictionary.
enum class Standing : std::uint8_t {
  structure,   ///< a literal key, or a container that holds declared members; nothing of the report's own
  declared,    ///< a scalar, a container of type `empty`, or a wildcard key, of the declared type
  ill_typed,   ///< declared, but of another type
  undeclared,  ///< declared nowhere
  twin,        ///< the redundant copy of a declared path, well-typed
};

struct Placement {
  static constexpr std::size_t no_field = SIZE_MAX;

  Standing standing = Standing::structure;
  /// Index of the declaration that governs: for a wildcard key that of the `*`, for a twin that of the path it copies
  /// (for its value the first that fits, for its key the first that has a type). `no_field` for structure, undeclared,
  /// and twins of mere prefixes.
  std::size_t field = no_field;
  /// The field's class (of the key, for a wildcard key); `content` where there is no field.
  Class cls = Class::content;
  /// The type that fitted, for `declared` and the values of twins.
  Type type = Type::text;
  /// Whether the token is a key that a `*` stands for.
  bool wildcard_key = false;
  /// Whether it is a `null` or a sentinel that the field allows: it stays as it is where a value would be rounded,
  /// truncated or suppressed. `type` is then one that no such treatment fits.
  bool stands_in = false;
};

/// Walks a report along with the scanner. Precondition: every token of one report is handed over, once and in order.
///
/// - A literal key is `structure`; only its value shows whether the member is ill-typed or undeclared.
/// - An undeclared key or an ill-typed wildcard key gives its standing to its member, an ill-typed or undeclared
///   container to all in it.
/// - A container that may only be empty (of type `empty`, or the twin of a container) is judged when it opens; all that
///   stands in it is `ill_typed`.
/// - A container's two ends are placed alike. `null` fits no type.
///
/// Time for one token: some comparisons with the keys declared at its place; for a name that may be a twin at most
/// `twin_separators_limit` squared times as many for each step of a path. Allocates nothing but for deeper nesting than
/// before and for the first twins.
class Classifier {
 public:
  /// `dictionary` must outlive the classifier; it may be moved meanwhile.
  explicit Classifier(const Dictionary& dictionary);
  Classifier(Classifier&&) noexcept;
  Classifier& operator=(Classifier&&) noexcept;
  ~Classifier();

  [[nodiscard]] Placement place(const report::Token& token);
  /// Where the last token was the key or the value of a twin: every declared field that the name may copy, by index.
  [[nodiscard]] std::vector<std::size_t> twin_fields() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether a token of this kind and text is of this type (docs/formats/dictionary.md has each type's grammar). A key
/// counts as a string. A container's opening token fits `empty` alone; that it is empty only its next token shows.
[[nodiscard]] bool fits(Type type, report::Kind kind, std::string_view text,
                        const std::vector<std::string>& enum_values);

/// The first of the shape's types that the token fits, or nothing.
[[nodiscard]] std::optional<Type> first_fit(const Shape& shape, report::Kind kind, std::string_view text);

/// Whether a token stands for a value that there is not: a `null` where the shape is nullable (as `empty`), or one of its
/// sentinels (as `enumeration`). Nothing otherwise.
[[nodiscard]] std::optional<Type> stand_in(const Shape& shape, report::Kind kind, std::string_view text);

}  // namespace airlock::dictionary
