#include "redaction/leak_scan.hpp"

#include <algorithm>
#include <map>

#include "core/text.hpp"
#include "redaction/declared_path.hpp"
#include "redaction/forms.hpp"
#include "redaction/looked_for.hpp"
#include "redaction/needle_index.hpp"
#include "redaction/place.hpp"
#include "redaction/taken.hpp"

namespace airlock::redaction {
namespace {

using core::Code;
using core::fail;
using core::quote;
using dictionary::Class;
using dictionary::Dictionary;
using dictionary::Placement;
using dictionary::Type;
using report::Kind;
using report::Token;

constexpr std::string_view ways_out =
    "`redact_also` in airlock.json can take this path out as well; or the vendor's next kit declares its values as an "
    "`enum` or of another class";

/// `source`: of what was taken out, or empty.
tl::unexpected<core::Error> held_for(const std::string& where, Class cls, const std::string& source,
                                     std::string_view way_out) {
  std::string hint = source.empty() ? "" : "it repeats what was taken out at " + quote(source) + ": ";
  return fail(Code::refused,
              "leak scan: " + where + " holds a value of class " + quote(dictionary::name(cls)) + " that was taken out",
              hint + std::string(way_out));
}

/// Where a number is as much part of the value as any other character.
bool is_made_of_numbers(Type type) { return type == Type::uuid || type == Type::version || type == Type::ip; }

/// Looks at one token of what would leave after the other.
class Search {
 public:
  Search(const Leaving& leaving, const Dictionary& dictionary, const Plan& plan, const Taken& taken,
         const crypto::Secret& key)
      : leaving_(leaving), dictionary_(dictionary), plan_(plan), taken_(taken), index_(taken, key) {}

  Result<void> look(const Token& token, const Placement& placement) {
    const Held held = held_at(token, placement, dictionary_, plan_);
    if (held != Held::report && held != Held::airlock) return fault(token, placement, held);
    if (going_) {
      if (token.depth == *going_ && (token.is_scalar() || token.closes())) going_.reset();
      return {};
    }
    const bool is_text = token.kind == Kind::key || token.kind == Kind::string;
    if (held != Held::report || !is_text || placement.standing != dictionary::Standing::declared) return {};
    if (evidence_of(placement.type) != Evidence::text) return {};
    const auto found = search(token.text, placement);
    return found ? add(token, placement, *found) : Result<void>{};
  }

  Result<void> look(const FreeText& text) {
    Patience patience(text.text.size());
    std::optional<NoteIndex> words;
    if (text.is_note && !text.text.empty()) words.emplace(taken_);
    std::optional<Found> found;
    bool is_word = false;
    const bool any = forms_.any(text.text, [&](const Form& form) {
      found = index_.anywhere(form.text, true, patience);
      is_word = !found && words && words->word(form.text);
      return found || is_word;
    });
    if (!any) return {};
    const std::string hint = "take it out of the " + text.label;
    if (found) return held_for("the " + text.label, found->cls, taken_.source(found->source), hint);
    return fail(Code::refused, "leak scan: the " + text.label + " holds something of the report that does not leave",
                hint);
  }

  Copies finish() && {
    for (const auto& [paths, count] : found_) {
      copies_.found.push_back({paths.first, taken_.source(paths.second), count});
    }
    return std::move(copies_);
  }

 private:
  std::optional<Found> search(std::string_view text, const Placement& placement) {
    const bool with_numbers = !is_made_of_numbers(placement.type);
    Patience patience(text.size());
    std::optional<Found> found;
    (void)forms_.any(text, [&](const Form& form) {
      if (form.is_whole) found = index_.whole(form.text, placement.cls);
      if (!found) found = index_.anywhere(form.text, with_numbers, patience);
      return found.has_value();
    });
    return found;
  }

  /// The member or element that the token begins or is in goes.
  Result<void> add(const Token& token, const Placement& placement, const Found& found) {
    const std::string& path = dictionary_.fields()[placement.field].path;
    const bool is_needed = std::any_of(leaving_.needed.begin(), leaving_.needed.end(),
                                       [&](const std::string& needed) { return needed == path; });
    if (is_needed || plan_.copies() == CopiesAre::held) {
      return held_for(quote(path), found.cls, taken_.source(found.source), ways_out);
    }
    copies_.places.push_back(token.begin);
    ++found_[{path, found.source}];
    if (token.kind == Kind::key) going_ = token.depth;
    return {};
  }

  Result<void> fault(const Token& token, const Placement& placement, Held held) const {
    const std::string_view what = held == Held::undeclared  ? "something that the dictionary does not declare"
                                  : held == Held::ill_typed ? "something that is not of its declared type"
                                  : held == Held::twin      ? "a twin, and all were to be dropped"
                                                            : "something that was to be taken out or changed";
    const bool has_path = placement.field != Placement::no_field && held != Held::twin;
    return fail(Code::refused,
                "leak scan: " + quote(has_path ? dictionary_.fields()[placement.field].path : path_of(token)) +
                    " still holds " + std::string(what) + " after redaction",
                "this is a fault of airlock; nothing left");
  }

  /// The declared path of a token: the longest that leads to it. Reads the report again, since only a fault asks.
  [[nodiscard]] std::string path_of(const Token& token) const {
    const crypto::Secret key(std::string(16, '\0'));
    report::Limits limits;
    limits.bytes = report::report_bytes_most;
    report::Scanner scanner(leaving_.report, limits, key);
    dictionary::Classifier classifier(dictionary_);
    DeclaredPath path;
    for (;;) {
      const auto each = scanner.next();
      if (!each || each->kind == Kind::end) return path.text();
      path.advance(*each, classifier.place(*each));
      if (each->begin == token.begin) return path.text();
    }
  }

  const Leaving& leaving_;
  const Dictionary& dictionary_;
  const Plan& plan_;
  const Taken& taken_;
  NeedleIndex index_;
  Forms forms_;
  Copies copies_;
  std::map<std::pair<std::string, std::uint32_t>, std::uint64_t> found_;
  std::optional<std::size_t> going_;  ///< depth of a member that goes with its key, until it ends
};

}  // namespace

Result<Copies> scan(const Leaving& leaving, const Dictionary& dictionary, const Plan& plan, const Taken& taken,
                    const report::Limits& limits, const crypto::Secret& fingerprint_key) {
  report::Limits disclosed_limits = limits;
  disclosed_limits.bytes = std::max(limits.bytes, report::report_bytes_most);
  report::Scanner scanner(leaving.report, disclosed_limits, fingerprint_key);
  dictionary::Classifier classifier(dictionary);
  Search search(leaving, dictionary, plan, taken, fingerprint_key);
  for (;;) {
    auto token = scanner.next();
    if (!token) return fail(std::move(token).error().within("leak scan"));
    if (token->kind == Kind::end) break;
    AIRLOCK_CHECK(search.look(*token, classifier.place(*token)));
  }
  for (const FreeText& text : leaving.texts) AIRLOCK_CHECK(search.look(text));
  return std::move(search).finish();
}

}  // namespace airlock::redaction
