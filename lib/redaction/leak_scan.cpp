#include "redaction/leak_scan.hpp"

#include <algorithm>
#include <map>

#include "core/text.hpp"
#include "dictionary/fits.hpp"
#include "dictionary/key_pattern.hpp"
#include "redaction/forms.hpp"
#include "redaction/looked_for.hpp"
#include "redaction/needle_index.hpp"
#include "redaction/place.hpp"

namespace airlock::redaction {
namespace {

using core::Code;
using core::fail;
using core::quote;
using dictionary::Class;
using dictionary::Dictionary;
using dictionary::Placement;
using dictionary::Type;
using report::Token;
using report::TokenKind;

constexpr std::string_view ways_out =
    "take this path out too with `redact_also` in airlock.json, or ask the vendor for a kit that declares its values "
    "as an `enum` or in another class";

/// The refusal for a copy. `source` is the path of what was taken out, or empty.
tl::unexpected<core::Error> held_for(const std::string& where, Class cls, const std::string& source,
                                     std::string_view way_out) {
  std::string hint = source.empty() ? "" : "it repeats a value that was taken out at " + quote(source) + ": ";
  return fail(Code::refused,
              "leak scan: " + where + " has a value of class " + quote(dictionary::name(cls)) + " that was taken out",
              hint + std::string(way_out));
}

constexpr std::string_view ways_out_of_word =
    "take this path out too with `redact_also` in airlock.json, have the product use another name, or take the word "
    "off "
    "the list";

/// The refusal for a word of the list.
tl::unexpected<core::Error> held_for_word(const std::string& where, std::string_view way_out) {
  return fail(Code::refused, "leak scan: " + where + " has a word of " + quote(word_list_name), std::string(way_out));
}

/// Types whose values consist of numbers, so that digits in them are no copy of a number.
bool is_made_of_numbers(Type type) { return type == Type::uuid || type == Type::version || type == Type::ip; }

/// Looks at one token after another of what would leave.
class CopySearch {
 public:
  CopySearch(const Leaving& leaving, const Dictionary& dictionary, const Plan& plan, const LookedFor& looked_for,
             const crypto::Secret& key)
      : leaving_(leaving),
        dictionary_(dictionary),
        plan_(plan),
        taken_(looked_for.taken),
        list_(looked_for.words),
        index_(taken_, list_, key) {}

  Result<void> look(const Token& token, const Placement& placement) {
    const Held held = held_at(token, placement, dictionary_, plan_);
    if (held != Held::report && held != Held::airlock) return fault(placement, held);
    if (going_) {
      if (token.depth == *going_ && (token.is_scalar() || token.closes())) going_.reset();
      return {};
    }
    const bool is_text = token.kind == TokenKind::key || token.kind == TokenKind::string;
    if (held != Held::report || !is_text || placement.status != dictionary::TokenStatus::declared) return {};
    const bool has_parts = token.kind == TokenKind::key && dictionary_.fields()[placement.field].key->is_pattern();
    const auto found =
        has_parts ? search_parts(token.text, placement.field) : search(token.text, placement.cls, placement.type);
    return found ? add(token, placement, *found) : Result<void>{};
  }

  Result<void> look(const FreeText& text) {
    SearchBudget budget(text.text.size());
    std::optional<NoteIndex> words;
    if (text.is_note && !text.text.empty()) words.emplace(taken_);
    std::optional<NeedleHit> found;
    bool is_word = false;
    const bool any = forms_.any(text.text, [&](const Form& form) {
      found = index_.anywhere(form.text, true, budget);
      is_word = !found && words && words->word(form.text);
      return found || is_word;
    });
    if (!any) return {};
    const std::string hint = "take it out of the " + text.label;
    if (found && found->from == NeedleHit::From::list) return held_for_word("the " + text.label, hint);
    if (found) return held_for("the " + text.label, found->cls, taken_.source(found->source), hint);
    return fail(Code::refused, "leak scan: the " + text.label + " repeats a value of the report that may not leave",
                hint);
  }

  Copies finish() && {
    for (const auto& [paths, count] : found_) {
      copies_.found.push_back({paths.first, taken_.source(paths.second), count, {}});
    }
    for (const auto& [path, hits] : listed_) {
      Copied copied{path, std::string(word_list_name), 0, {}};
      for (const auto& [word, count] : hits) {
        copied.count += count;
        copied.words.push_back(list_[word].text);
      }
      copies_.found.push_back(std::move(copied));
    }
    return std::move(copies_);
  }

 private:
  /// Searches each part of a key with a pattern that is the report's own.
  std::optional<NeedleHit> search_parts(std::string_view text, std::uint32_t field) {
    const dictionary::KeyDeclaration& key = *dictionary_.fields()[field].key;
    const auto parts = dictionary::cut(key, text);
    for (std::size_t i = 0; parts && i < key.parts(); ++i) {
      const dictionary::KeyPart& part = key.part(i);
      const auto type = dictionary::first_fit(part.shape, TokenKind::key, (*parts)[i]);
      if (!type || plan_.key_part(field, i).of(*type).action != Action::keep) continue;
      if (const auto found = search((*parts)[i], part.cls, *type)) return found;
    }
    return std::nullopt;
  }

  std::optional<NeedleHit> search(std::string_view text, Class cls, Type type) {
    if (evidence_of(type) != Evidence::text) return std::nullopt;
    const bool with_numbers = !is_made_of_numbers(type);
    SearchBudget budget(text.size());
    std::optional<NeedleHit> found;
    (void)forms_.any(text, [&](const Form& form) {
      if (form.is_whole) found = index_.whole(form.text, cls);
      if (!found) found = index_.anywhere(form.text, with_numbers, budget);
      return found.has_value();
    });
    return found;
  }

  /// Notes that the member or element of the token must be dropped, or refuses if it cannot be.
  Result<void> add(const Token& token, const Placement& placement, const NeedleHit& found) {
    const std::string& path = dictionary_.fields()[placement.field].path;
    const bool is_needed = std::any_of(leaving_.needed.begin(), leaving_.needed.end(),
                                       [&](const std::string& needed) { return needed == path; });
    const bool is_listed = found.from == NeedleHit::From::list;
    if (is_needed || plan_.copies() == CopiesAre::held) {
      if (is_listed) return held_for_word(quote(path), ways_out_of_word);
      return held_for(quote(path), found.cls, taken_.source(found.source), ways_out);
    }
    copies_.places.push_back(token.begin);
    ++(is_listed ? listed_[path][found.source] : found_[{path, found.source}]);
    if (token.kind == TokenKind::key) going_ = token.depth;
    return {};
  }

  Result<void> fault(const Placement& placement, Held held) const {
    const std::string_view what = held == Held::undeclared  ? "a value that the dictionary does not declare"
                                  : held == Held::ill_typed ? "a value that is not of its declared type"
                                  : held == Held::twin      ? "a twin, although all twins had to be dropped"
                                                            : "a value that had to be taken out or changed";
    const bool has_path = placement.field != dictionary::no_field && held != Held::twin;
    return fail(
        Code::refused,
        "leak scan: " +
            quote(has_path ? dictionary_.fields()[placement.field].path : dictionary_.path_of(placement.place)) +
            " still has " + std::string(what) + " after redaction",
        "this is a fault in Airlock; nothing left the site");
  }

  const Leaving& leaving_;
  const Dictionary& dictionary_;
  const Plan& plan_;
  const TakenOut& taken_;
  const WordList& list_;
  NeedleIndex index_;
  Forms forms_;
  Copies copies_;
  std::map<std::pair<std::string, std::uint32_t>, std::uint64_t> found_;
  /// By path, how often each word of the list was found.
  std::map<std::string, std::map<std::uint32_t, std::uint64_t>> listed_;
  std::optional<std::size_t> going_;  ///< depth of a member that is dropped with its key, until it ends
};

}  // namespace

Result<Copies> scan(const Leaving& leaving, const Dictionary& dictionary, const Plan& plan, const LookedFor& looked_for,
                    const report::Limits& limits, const crypto::Secret& fingerprint_key) {
  report::Limits disclosed_limits = limits;
  disclosed_limits.bytes = std::max(limits.bytes, report::report_bytes_maximum);
  report::Scanner scanner(leaving.report, disclosed_limits, fingerprint_key, dictionary.document());
  dictionary::Classifier classifier(dictionary);
  CopySearch search(leaving, dictionary, plan, looked_for, fingerprint_key);
  for (;;) {
    auto next = scanner.next();
    if (!next) return fail(std::move(next).error().within("leak scan"));
    const Token& token = *next;
    if (token.kind == TokenKind::end) break;
    AIRLOCK_CHECK(search.look(token, classifier.place(token)));
  }
  for (const FreeText& text : leaving.texts) AIRLOCK_CHECK(search.look(text));
  return std::move(search).finish();
}

}  // namespace airlock::redaction
