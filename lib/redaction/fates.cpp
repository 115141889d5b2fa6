#include "redaction/fates.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "core/text.hpp"
#include "redaction/collisions.hpp"
#include "redaction/copies.hpp"
#include "redaction/walk.hpp"
#include "report/pointer.hpp"

namespace airlock::redaction {
namespace {

using dictionary::Dictionary;
using dictionary::Placement;
using dictionary::Standing;
using dictionary::Type;
using report::Kind;

/// Longest number or word that a reason repeats.
constexpr std::size_t told_bytes = 64;

/// The longest text that a type takes, where it is bounded by its length alone.
std::size_t most_bytes(Type type) {
  switch (type) {
    case Type::text:
      return dictionary::text_bytes_limit;
    case Type::version:
      return dictionary::version_bytes_limit;
    case Type::time:
      return dictionary::time_bytes_limit;
    case Type::url:
      return dictionary::url_bytes_limit;
    case Type::hostname:
      return dictionary::hostname_bytes_limit;
    case Type::email:
      return dictionary::email_bytes_limit;
    default:
      return 0;
  }
}

std::string described(const report::Token& token) {
  switch (token.kind) {
    case Kind::begin_object:
      return "an object";
    case Kind::begin_array:
      return "an array";
    case Kind::key:
      return "this key";
    case Kind::string:
      return token.text.empty() ? "an empty string" : "this string";
    case Kind::null:
      return "null";
    default:
      return core::printable(token.text, told_bytes);
  }
}

class Teller {
 public:
  Teller(const Dictionary& dictionary, const Plan& plan, const FateOptions& options)
      : dictionary_(dictionary), refuses_(plan.undeclared() == Undeclared::refuse), options_(options),
        copied_(options.copied) {}

  void add(const Step& step, const Walk& walk) {
    pointer_.advance(step.token);
    if (step.below_dropped) return;
    const bool goes = step.judgement.verdict == Verdict::drop;
    // The filter takes a member out with its key, so a key's fate is known when its value's is.
    if (key_) {
      Key key = *std::exchange(key_, std::nullopt);
      if (!copied_.empty() && copied_.front() == written_ + 1) key.told.is_datum = false;
      if (!goes) settle(key);
    }
    if (goes) {
      if (!copied_depth_) tell(told_of(step, walk));
      return;
    }
    Key token{told_of(step, walk), step.token.depth, step.token.opens()};
    if (step.token.kind == Kind::key) {
      key_ = std::move(token);
      return;
    }
    const bool was_below = copied_depth_.has_value();
    settle(token);
    const bool ends = step.token.is_scalar() || step.token.closes();
    if (was_below && copied_depth_ == step.token.depth && ends) copied_depth_.reset();
  }

  std::vector<Fate> finish() && {
    std::vector<Fate> out;
    for (auto& [key, fate] : fates_) out.push_back(std::move(fate));
    return out;
  }

 private:
  /// What would be told of a token, with its own copies of what the next token overwrites.
  struct Told {
    std::string path;
    std::string what;
    std::string action;
    Datum datum;
    bool is_datum = false;
  };
  /// A token that the filter wrote, unless it is a key whose value goes.
  struct Key {
    Told told;
    std::size_t depth = 0;
    bool opens = false;
  };

  /// Counts a token that was written, and tells of it, unless it is in what went as a copy.
  void settle(const Key& token) {
    const bool is_copied = !copied_.empty() && copied_.front() == written_;
    if (is_copied) copied_ = copied_.subspan(1);
    ++written_;
    if (copied_depth_) return;
    if (!is_copied) return tell(token.told);
    Told told = token.told;
    told.action = copied_word;
    told.is_datum = true;
    tell(told);
    if (token.opens || told.what == "key") copied_depth_ = token.depth;
  }

  [[nodiscard]] Told told_of(const Step& step, const Walk& walk) const {
    const Placement& placement = step.placement;
    const report::Token& token = step.token;
    const bool is_key = token.kind == Kind::key;
    Told out;
    if (token.closes()) return out;
    const bool stays = step.judgement.verdict == Verdict::keep;
    out.what = !stays                                        ? std::string(step.judgement.what)
               : placement.standing == Standing::twin ? "twin"
               : is_key                               ? "key"
                                                      : "value";
    const bool misfit = is_misfit(out.what);
    if (options_.misfits_only && !misfit) return out;
    out.action = misfit && refuses_ ? "refuse" : name(step.judgement.action);
    out.path = walk.counted_path(step);
    const bool has_own_text = token.is_scalar() || (is_key && placement.wildcard_key);
    out.is_datum = !stays || (has_own_text && placement.standing != Standing::structure);
    if (!out.is_datum && options_.copied.empty()) return out;
    out.datum = {.place = pointer_.text(),
                 .reason = misfit ? misfit_reason(token, placement, dictionary_) : "",
                 .value = std::string(token.text),
                 .becomes = step.judgement.text};
    return out;
  }

  void tell(const Told& told) {
    if (!told.is_datum) return;
    const auto key = std::tuple(told.path, told.what, told.action);
    auto found = fates_.find(key);
    if (found == fates_.end()) found = fates_.emplace(key, Fate{told.path, told.what, told.action, 0, {}}).first;
    Fate& fate = found->second;
    ++fate.count;
    if (fate.data.size() < options_.most) fate.data.push_back(told.datum);
  }

  const Dictionary& dictionary_;
  const bool refuses_;
  const FateOptions& options_;
  report::Pointer pointer_;
  std::map<std::tuple<std::string, std::string, std::string>, Fate> fates_;
  std::span<const std::uint64_t> copied_;      ///< those that are still to come
  std::uint64_t written_ = 0;                  ///< tokens that the filter wrote so far
  std::optional<std::size_t> copied_depth_;    ///< of what goes as a copy, until it ends
  std::optional<Key> key_;                     ///< the last token, where it was a key that stays
};

}  // namespace

std::string misfit_reason(const report::Token& token, const Placement& placement, const Dictionary& dictionary) {
  if (placement.standing == Standing::undeclared) return "the dictionary does not declare it";
  if (placement.field == Placement::no_field) return described(token) + " is not what the dictionary declares";
  const dictionary::Field& field = dictionary.fields()[placement.field];
  const bool is_key = token.kind == Kind::key;
  const dictionary::Shape& shape = is_key && field.key ? field.key->shape : field.shape;
  if (shape.types.empty()) return described(token) + " stands where an object or array was declared";
  std::size_t most = 0;
  for (const Type type : shape.types) most = std::max(most, most_bytes(type));
  if ((token.kind == Kind::string || is_key) && most != 0 && token.text.size() > most) {
    return std::string(is_key ? "a key" : "a string") + " of " + std::to_string(token.text.size()) + " bytes, " +
           dictionary::in_words(shape) + " takes " + std::to_string(most);
  }
  return described(token) + " is no " + dictionary::in_words(shape);
}

Result<std::vector<Fate>> fates(const core::Blob& report, const Dictionary& dictionary, const Plan& plan,
                                const crypto::Secret& pseudonym_key, const report::Limits& limits,
                                const crypto::Secret& fingerprint_key, const FateOptions& options) {
  const auto walk_report = [&](Offsets collisions) {
    return Walk(report, dictionary, plan, pseudonym_key, limits, fingerprint_key, collisions, Misfits::told);
  };
  std::vector<std::uint64_t> collisions;
  if (rewrites_keys(dictionary, plan)) {
    AIRLOCK_TRY(collisions, find_collisions(walk_report({}), fingerprint_key));
  }
  Teller teller(dictionary, plan, options);
  Walk walk = walk_report(collisions);
  for (;;) {
    AIRLOCK_TRY(const Step step, walk.next());
    if (step.token.kind == Kind::end) return std::move(teller).finish();
    teller.add(step, walk);
  }
}

Result<std::vector<std::uint64_t>> token_numbers(const core::Blob& redacted, std::span<const std::uint64_t> places,
                                                 const report::Limits& limits, const crypto::Secret& fingerprint_key) {
  report::Limits redacted_limits = limits;
  redacted_limits.bytes = std::max(limits.bytes, report::report_bytes_most);
  report::Scanner scanner(redacted, redacted_limits, fingerprint_key);
  std::vector<std::uint64_t> out;
  auto next = places.begin();
  for (std::uint64_t number = 0; next != places.end(); ++number) {
    AIRLOCK_TRY(const report::Token token, scanner.next());
    if (token.kind == Kind::end) break;
    if (token.begin != *next) continue;
    out.push_back(number);
    while (next != places.end() && *next == token.begin) ++next;
  }
  return out;
}

}  // namespace airlock::redaction
