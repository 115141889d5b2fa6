#include "redaction/fates.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "core/text.hpp"
#include "dictionary/fits.hpp"
#include "dictionary/key_pattern.hpp"
#include "redaction/collisions.hpp"
#include "redaction/copies.hpp"
#include "redaction/walk.hpp"
#include "report/pointer.hpp"

namespace airlock::redaction {
namespace {

using dictionary::Dictionary;
using dictionary::Placement;
using dictionary::TokenStatus;
using dictionary::Type;
using report::TokenKind;

/// A reason repeats at most this many bytes of a number or word.
constexpr std::size_t repeated_bytes = 64;

/// The most bytes that a text of the type may have; 0 for types that are not limited by a number of bytes.
std::size_t bytes_limit(Type type) {
  switch (type) {
    case Type::text:
      return dictionary::text_bytes_limit;
    case Type::version:
      return dictionary::version_bytes_limit;
    case Type::time:
      return dictionary::time_bytes_limit;
    case Type::duration:
      return dictionary::duration_bytes_limit;
    case Type::url:
      return dictionary::url_bytes_limit;
    case Type::hostname:
      return dictionary::hostname_bytes_limit;
    case Type::email:
      return dictionary::email_bytes_limit;
    case Type::id:
      return dictionary::id_bytes_limit;
    case Type::locale:
      return dictionary::locale_bytes_limit;
    case Type::opaque:
      return dictionary::opaque_bytes_limit;
    default:
      return 0;
  }
}

std::string described(const report::Token& token) {
  switch (token.kind) {
    case TokenKind::begin_object:
      return "an object";
    case TokenKind::begin_array:
      return "an array";
    case TokenKind::key:
      return "this key";
    case TokenKind::string:
      return token.text.empty() ? "an empty string" : "this string";
    case TokenKind::null:
      return "null";
    default:
      return core::printable(token.text, repeated_bytes);
  }
}

class Teller {
 public:
  Teller(const Dictionary& dictionary, const Plan& plan, const FateOptions& options)
      : dictionary_(dictionary),
        refuses_(plan.undeclared() == Undeclared::refuse),
        options_(options),
        copied_(options.copied) {}

  void add(const WalkStep& step, const Walk& walk) {
    pointer_.advance(*step.token);
    if (step.below_dropped) return;
    const bool goes = step.judgement.edit == Edit::drop;
    // The filter drops a member with its key, so the fate of a key is known once that of its value is.
    if (key_) {
      Written key = *std::exchange(key_, std::nullopt);
      if (!copied_.empty() && copied_.front() == written_ + 1) key.told.is_datum = false;
      if (!goes) settle(key);
    }
    if (goes) {
      if (!copied_depth_) tell(told_of(step, walk));
      return;
    }
    Written token{told_of(step, walk), step.token->depth, step.token->opens()};
    if (step.token->kind == TokenKind::key) {
      key_ = std::move(token);
      return;
    }
    const bool was_below = copied_depth_.has_value();
    settle(token);
    const bool ends = step.token->is_scalar() || step.token->closes();
    if (was_below && copied_depth_ == step.token->depth && ends) copied_depth_.reset();
  }

  std::vector<Fate> finish() && {
    std::vector<Fate> out;
    for (auto& [key, fate] : fates_) out.push_back(std::move(fate));
    return out;
  }

 private:
  /// Path, what and action: the texts of the dictionary and of the program, which stay.
  using Kind = std::tuple<std::string_view, std::string_view, std::string_view>;

  /// What would be reported of a token. Owns the texts of its datum, since the next token overwrites those of the
  /// scanner.
  struct Told {
    Kind kind;
    Datum datum;  ///< empty where there are enough of this kind
    bool is_datum = false;
  };
  /// A token that the filter writes, unless it is a key whose value is dropped.
  struct Written {
    Told told;
    std::size_t depth = 0;
    bool opens = false;
  };

  /// Counts a token that the filter wrote, and reports it unless it lies in a member that was dropped as a copy.
  void settle(const Written& token) {
    const bool is_copied = !copied_.empty() && copied_.front() == written_;
    if (is_copied) copied_ = copied_.subspan(1);
    ++written_;
    if (copied_depth_) return;
    if (!is_copied) return tell(token.told);
    Told told = token.told;
    std::get<2>(told.kind) = copied_word;
    told.is_datum = true;
    tell(told);
    if (token.opens || std::get<1>(told.kind) == "key") copied_depth_ = token.depth;
  }

  [[nodiscard]] Told told_of(const WalkStep& step, const Walk& walk) const {
    const Placement& placement = step.placement;
    const report::Token& token = *step.token;
    const bool is_key = token.kind == TokenKind::key;
    Told out;
    if (token.closes()) return out;
    const bool stays = step.judgement.edit == Edit::keep;
    const std::string_view what = !stays                                  ? step.judgement.what
                                  : placement.status == TokenStatus::twin ? "twin"
                                  : is_key                                ? "key"
                                                                          : "value";
    const bool misfit = is_misfit(what);
    if (options_.misfits_only && !misfit) return out;
    out.kind = {walk.counted_path(placement), what, misfit && refuses_ ? "refuse" : name(step.judgement.action)};
    const bool has_own_text = token.is_scalar() || (is_key && placement.wildcard_key);
    out.is_datum = !stays || (has_own_text && placement.status != TokenStatus::structure);
    if (options_.copied.empty() && (!out.is_datum || has_enough(out.kind))) return out;
    out.datum = {.place = pointer_.text(),
                 .reason = misfit ? misfit_reason(token, placement, dictionary_) : "",
                 .value = std::string(token.text),
                 .becomes = std::string(step.judgement.text)};
    return out;
  }

  [[nodiscard]] bool has_enough(const Kind& kind) const {
    const auto found = fates_.find(kind);
    return found != fates_.end() && found->second.data.size() >= options_.maximum;
  }

  void tell(const Told& told) {
    if (!told.is_datum) return;
    auto found = fates_.find(told.kind);
    if (found == fates_.end()) {
      const auto& [path, what, action] = told.kind;
      found = fates_.emplace(told.kind, Fate{std::string(path), std::string(what), std::string(action), 0, {}}).first;
    }
    Fate& fate = found->second;
    ++fate.count;
    if (fate.data.size() < options_.maximum) fate.data.push_back(told.datum);
  }

  const Dictionary& dictionary_;
  const bool refuses_;
  const FateOptions& options_;
  report::Pointer pointer_;
  std::map<Kind, Fate> fates_;
  std::span<const std::uint64_t> copied_;    ///< those that are still to come
  std::uint64_t written_ = 0;                ///< tokens that the filter wrote so far
  std::optional<std::size_t> copied_depth_;  ///< the depth of what was dropped as a copy, until it ends
  std::optional<Written> key_;               ///< the last token, if it was a key that stays
};

/// Why a key with a pattern does not fit: its first part that is not of its type.
std::string misfit_in_parts(const report::Token& token, const dictionary::KeyDeclaration& key) {
  const auto parts = dictionary::cut(key, token.text);
  for (std::size_t i = 0; parts && i < key.parts(); ++i) {
    const dictionary::KeyPart& part = key.part(i);
    if (dictionary::first_fit(part.shape, TokenKind::key, (*parts)[i])) continue;
    return core::printable((*parts)[i], repeated_bytes) + " as `" + part.name + "` is not of type " +
           dictionary::in_words(part.shape);
  }
  return described(token) + " does not fit its pattern";
}

}  // namespace

std::string misfit_reason(const report::Token& token, const Placement& placement, const Dictionary& dictionary) {
  if (placement.status == TokenStatus::undeclared) return "the dictionary does not declare it";
  if (placement.field == dictionary::no_field) return described(token) + " does not fit the dictionary's declaration";
  const dictionary::Field& field = dictionary.fields()[placement.field];
  const bool is_key = token.kind == TokenKind::key;
  if (is_key && placement.wildcard_key && field.key->is_pattern()) return misfit_in_parts(token, *field.key);
  const dictionary::Shape& shape = is_key && field.key ? field.key->shape : field.shape;
  if (shape.types.empty()) return described(token) + " is in a place where the dictionary declares an object or array";
  std::size_t limit = 0;
  for (const Type type : shape.types) limit = std::max(limit, bytes_limit(type));
  if ((token.kind == TokenKind::string || is_key) && limit != 0 && token.text.size() > limit) {
    return std::string(is_key ? "a key" : "a string") + " of " + std::to_string(token.text.size()) + " bytes, " +
           dictionary::in_words(shape) + " takes " + std::to_string(limit);
  }
  return described(token) + " is not of type " + dictionary::in_words(shape);
}

Result<std::vector<Fate>> fates(const core::Blob& report, const Dictionary& dictionary, const Plan& plan,
                                const crypto::Secret& pseudonym_key, const report::Limits& limits,
                                const crypto::Secret& fingerprint_key, const FateOptions& options) {
  const auto walk_report = [&](Offsets collisions) {
    return Walk(report, dictionary, plan, pseudonym_key, limits, fingerprint_key, collisions, OnMisfit::reported);
  };
  std::vector<std::uint64_t> collisions;
  if (coarsens_keys(dictionary, plan)) {
    AIRLOCK_TRY(collisions, find_collisions(walk_report({}), fingerprint_key));
  }
  Teller teller(dictionary, plan, options);
  Walk walk = walk_report(collisions);
  for (;;) {
    AIRLOCK_TRY(const WalkStep& step, walk.next());
    if (step.token->kind == TokenKind::end) return std::move(teller).finish();
    teller.add(step, walk);
  }
}

Result<std::vector<std::uint64_t>> token_numbers(const core::Blob& redacted, report::Document document,
                                                 std::span<const std::uint64_t> places, const report::Limits& limits,
                                                 const crypto::Secret& fingerprint_key) {
  report::Limits redacted_limits = limits;
  redacted_limits.bytes = std::max(limits.bytes, report::report_bytes_maximum);
  report::Scanner scanner(redacted, redacted_limits, fingerprint_key, document);
  std::vector<std::uint64_t> out;
  auto next = places.begin();
  for (std::uint64_t number = 0; next != places.end(); ++number) {
    AIRLOCK_TRY(const report::Token& token, scanner.next());
    if (token.kind == TokenKind::end) break;
    if (token.begin != *next) continue;
    out.push_back(number);
    while (next != places.end() && *next == token.begin) ++next;
  }
  return out;
}

}  // namespace airlock::redaction
