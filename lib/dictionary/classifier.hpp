#pragma once
/// \file
/// Applies a dictionary to a report: for each token, which declaration governs it and whether it fits. Changes nothing.
///
///     AIRLOCK_TRY(const Dictionary dictionary, Dictionary::parse(text, "dictionary.json"));
///     Classifier classifier(dictionary);
///     for (;;) {
///       AIRLOCK_TRY(const report::Token& token, scanner.next());
///       const Placement placement = classifier.place(token);  // declared, ill-typed, undeclared, …
///       if (token.kind == report::TokenKind::end) break;
///     }

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "dictionary/dictionary.hpp"
#include "report/scanner.hpp"

namespace airlock::dictionary {

/// How a token relates to the dictionary.
enum class TokenStatus : std::uint8_t {
  structure,   ///< a literal key, or a container that holds declared members; it tells nothing about the site
  declared,    ///< a scalar, a container of type `empty`, or a key that a `*` stands for, of the declared type
  ill_typed,   ///< declared, but of another type
  undeclared,  ///< declared nowhere
  twin,        ///< the redundant copy of a declared path, well-typed
};

/// Small enough for two registers: a report has millions of tokens.
struct Placement {
  TokenStatus status = TokenStatus::structure;
  /// Index of the declaration that governs the token. For a key that a `*` stands for, the declaration of the `*`. For
  /// the value of a twin, the first path it may copy whose type fits; for the key of a twin, the first that has a type.
  /// `no_field` for structure, for what is undeclared, and for twins that only copy containers.
  std::uint32_t field = no_field;
  /// Where the token is, in declared steps: the longest declared path that leads to it (`Dictionary::path_of`). It has
  /// no name of the report, so it can be shown, recorded and sent.
  PlaceNumber place = 0;
  /// The class of the field, or of its keys for a key that a `*` stands for. `content` if there is no field. A key with
  /// a pattern has the class of its first part; whoever treats keys asks for each part (key_pattern.hpp).
  Class cls = Class::content;
  /// The type that fitted, for `declared` and for the values of twins; of a key with a pattern, that of its first part.
  Type type = Type::text;
  /// Whether the token is a key that a `*` or a pattern stands for.
  bool wildcard_key = false;
  /// Whether it is a `null` or a sentinel that the field allows (`stand_in`, fits.hpp). Rounding, truncating and
  /// suppressing leave it as it is; `type` is one that none of them fits.
  bool stands_in = false;
};
static_assert(sizeof(Placement) <= 16);

/// Walks a report along with the scanner. Precondition: every token of one report is handed over, once and in order.
///
/// - A literal key is `structure`. Its value shows whether the member is ill-typed or undeclared.
/// - The value of an undeclared or ill-typed key has the status of the key. Everything inside an ill-typed or
///   undeclared container has the status of the container.
/// - Where a type and members or elements are declared, a scalar must fit the type and a container is entered.
/// - A container that must be empty (of type `empty`, or the twin of a container) is judged when it opens. Anything
///   inside it is `ill_typed`.
/// - In a report of many objects the dictionary describes each of them. An element or line that is no object is
///   undeclared.
/// - The opening and the closing token of a container are placed alike. `null` fits no type.
///
/// Time for one token: one look into a hash table. For a key beside patterns, one look at each pattern that begins as
/// the key does. For a name that may be a twin, at most `twin_separators_limit` squared looks for each step of a path;
/// usually one for each of its pieces. Memory is allocated only for deeper nesting than before and for the first twins.
class Classifier {
 public:
  /// `dictionary` must outlive the classifier, but may be moved.
  explicit Classifier(const Dictionary& dictionary);
  Classifier(Classifier&&) noexcept;
  Classifier& operator=(Classifier&&) noexcept;
  ~Classifier();

  [[nodiscard]] Placement place(const report::Token& token);
  /// If the last token was the key or the value of a twin: the index of every declared field that it may copy. Valid
  /// until the next call.
  [[nodiscard]] std::span<const std::size_t> twin_fields() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace airlock::dictionary
