#include "redaction/leak_scan.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "redaction/declared_path.hpp"
#include "redaction/forms.hpp"
#include "redaction/needle_index.hpp"
#include "redaction/taken.hpp"

namespace airlock::redaction {
namespace {

using core::Code;
using core::fail;
using core::quote;
using dictionary::Class;
using dictionary::Placement;
using dictionary::Standing;
using dictionary::Type;
using report::Kind;
using report::Token;

tl::unexpected<core::Error> found(const std::string& where, Class cls, std::string hint) {
  return fail(Code::refused,
              "leak scan: " + where + " holds a value of class " + quote(dictionary::name(cls)) + " that was taken out",
              std::move(hint));
}

/// Whether values of the type say enough to be searched.
bool is_searched(Type type) {
  return type != Type::count && type != Type::boolean && type != Type::enumeration && type != Type::empty;
}

/// Looks at one token of what would leave after the other.
class Search {
 public:
  Search(const Taken& taken, const NeedleIndex& index) : taken_(taken), index_(index) {}

  Result<void> look(const Token& token, const Placement& placement) {
    path_.advance(token, placement);
    if (token.closes()) return {};
    switch (placement.standing) {
      case Standing::structure:
        return {};
      case Standing::undeclared:
        return refuse("something that the dictionary does not declare");
      case Standing::ill_typed:
        // A mask or a pseudonym is not of every type.
        if (token.kind == Kind::string && taken_.is_written(token.text)) return {};
        return refuse("something that is not of its declared type");
      case Standing::twin:
        if (!taken_.twins_dropped) return {};
        return refuse("a twin, and all were to be dropped");
      case Standing::declared:
        break;
    }
    if (token.opens() || !is_searched(placement.type) || taken_.is_written(token.text)) return {};
    return look_at_text(token.text, placement.cls);
  }

 private:
  Result<void> look_at_text(std::string_view text, Class cls) const {
    std::optional<Class> hit;
    const auto test = [&](std::string_view form) {
      hit = index_.is_whole(form, cls) ? cls : index_.anywhere(form);
      return hit.has_value();
    };
    if (!any_form(text, test)) return {};
    return found(quote(path_.text()), *hit, "redact what stands at this path as well");
  }

  Result<void> refuse(const std::string& what) const {
    return fail(Code::refused, "leak scan: " + quote(path_.text()) + " still holds " + what + " after redaction",
                "this is a fault of airlock; nothing left");
  }

  const Taken& taken_;
  const NeedleIndex& index_;
  DeclaredPath path_;
};

Result<void> scan_report(const core::Blob& disclosed, const dictionary::Dictionary& dictionary, Search search,
                         const report::Limits& limits, const crypto::Secret& fingerprint_key) {
  report::Scanner scanner(disclosed, limits, fingerprint_key);
  dictionary::Classifier classifier(dictionary);
  for (;;) {
    auto token = scanner.next();
    if (!token) return fail(std::move(token).error().within("leak scan"));
    if (token->kind == Kind::end) return {};
    AIRLOCK_CHECK(search.look(*token, classifier.place(*token)));
  }
}

Result<void> scan_text(const FreeText& text, const NeedleIndex& index) {
  std::optional<Class> hit;
  const auto test = [&](std::string_view form) {
    hit = index.anywhere(form);
    if (!hit && text.is_note) hit = index.word(form);
    return hit.has_value();
  };
  if (!any_form(text.text, test)) return {};
  return found("the " + text.label, *hit, "take it out of the " + text.label);
}

}  // namespace

Result<void> scan(const core::Blob& disclosed, std::span<const FreeText> texts,
                  const dictionary::Dictionary& dictionary, const Taken& taken, const report::Limits& limits,
                  const crypto::Secret& fingerprint_key) {
  const NeedleIndex index(taken.needles());
  report::Limits disclosed_limits = limits;
  disclosed_limits.bytes = std::max(limits.bytes, report::report_bytes_most);
  AIRLOCK_CHECK(scan_report(disclosed, dictionary, Search(taken, index), disclosed_limits, fingerprint_key));
  for (const FreeText& text : texts) AIRLOCK_CHECK(scan_text(text, index));
  return {};
}

}  // namespace airlock::redaction
