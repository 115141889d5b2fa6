#pragma once
/// \file
/// The dictionary (docs/formats/dictionary.md): every field that a report may have, with its type and its class.
/// Answers "what is this token?" for each token of a report. Knows no policy and changes nothing.

#include <array>
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
  count,
  integer,
  number,
  boolean,
  text,
  uuid,
  version,
  time,
  url,
  hostname,
  ip,
  email,
  enumeration,
  empty,
};
enum class Class : std::uint8_t {
  usage,
  version,
  deployment,
  time,
  licence,
  identifier,
  person,
  location,
  content,
  transport,
};
inline constexpr std::size_t class_count = 10;

/// As documents spell it (`enumeration` is `enum`).
[[nodiscard]] std::string_view name(Type type);
[[nodiscard]] std::string_view name(Class cls);
[[nodiscard]] std::optional<Type> type_from(std::string_view text);
[[nodiscard]] std::optional<Class> class_from(std::string_view text);

/// Types, of which a value must fit one.
struct Shape {
  std::vector<Type> types;
  std::vector<std::string> values;  ///< what `enum` allows
};

/// Declares the keys that a `*` stands for.
struct KeyDeclaration {
  Shape shape;
  Class cls;
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
};

struct Roles {
  std::string event;         ///< path
  std::string period_start;  ///< path or empty
  std::string period_end;    ///< path or empty
  std::string every;         ///< ISO 8601 duration such as `P7D`, or empty
};

inline constexpr std::size_t fields_limit = 4096;
inline constexpr std::uint64_t dictionary_bytes_limit = 1024 * 1024;

class Dictionary {
 public:
  /// Reads and checks a document. Error: bad_input naming `name`, the JSON path and the reason.
  [[nodiscard]] static Result<Dictionary> parse(std::string_view text, std::string_view name);
  Dictionary(Dictionary&&) noexcept;
  Dictionary& operator=(Dictionary&&) noexcept;
  ~Dictionary();

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] const std::string& product() const;
  [[nodiscard]] const std::vector<Field>& fields() const;
  [[nodiscard]] const std::vector<std::string>& events() const;
  [[nodiscard]] const Roles& roles() const;
  /// Index in `fields()` of the declaration with exactly this path.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view path) const;

  struct Tree;  ///< the compiled form; for Classifier only
  [[nodiscard]] const Tree& tree() const;

 private:
  Dictionary();
  std::unique_ptr<Tree> tree_;
};

/// How a token stands to the dictionary.
enum class Standing : std::uint8_t {
  structure,   ///< a literal key, or a container that holds declared members; nothing of the report's own
  declared,    ///< a scalar, an empty container of type `empty`, or a wildcard key, of the declared type
  ill_typed,   ///< declared, but of another type: the token and all below it
  undeclared,  ///< declared nowhere: the token and all below it
  twin,        ///< the redundant copy of a declared path, well-typed: the token and all below it
};

struct Placement {
  static constexpr std::size_t no_field = SIZE_MAX;

  Standing standing = Standing::structure;
  /// Index of the declaration that governs: for a wildcard key that of the `*`, for a twin that of the path it copies
  /// (the first that fits). `no_field` for structure, undeclared, and twins of mere prefixes.
  std::size_t field = no_field;
  /// The field's class (of the key, for a wildcard key); `content` for what is undeclared.
  Class cls = Class::content;
  /// The type that fitted, for `declared`.
  Type type = Type::text;
  /// Whether the token is a key that a `*` stands for.
  bool wildcard_key = false;
};

/// Walks a report along with the scanner. Every token must be handed over, in order.
///
/// What begins an ill-typed, undeclared or twin subtree gives its standing to all tokens below. An ill-typed wildcard
/// key gives `ill_typed` to its member. An undeclared key gives `undeclared` to its member, key included. A literal key
/// is `structure`; only its value shows whether the member is ill-typed. `null` fits no type.
class Classifier {
 public:
  explicit Classifier(const Dictionary& dictionary);
  Classifier(Classifier&&) noexcept;
  Classifier& operator=(Classifier&&) noexcept;
  ~Classifier();

  [[nodiscard]] Placement place(const report::Token& token);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether a token's text is of this type; `kind` tells strings from numbers. Lengths are bounded.
[[nodiscard]] bool fits(Type type, report::Kind kind, std::string_view text,
                        const std::vector<std::string>& enum_values);

}  // namespace airlock::dictionary
