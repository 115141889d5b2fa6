#include "prover/class_guess.hpp"

#include <algorithm>
#include <optional>

namespace airlock::prover {
namespace {

using dictionary::Class;
using dictionary::Type;

constexpr std::string_view unknown_name = "its name does not say what it holds";

ClassGuess certain(Class cls) { return {cls, ""}; }
ClassGuess marked(const Sign& sign) { return {sign.cls, "looks like " + sign.looks_like}; }
ClassGuess guessed(const Sign& sign, bool is_certain) { return is_certain ? certain(sign.cls) : marked(sign); }

bool is_all(const std::vector<Type>& types, std::initializer_list<Type> allowed) {
  return !types.empty() && std::all_of(types.begin(), types.end(), [&](Type type) {
    return std::find(allowed.begin(), allowed.end(), type) != allowed.end();
  });
}

/// What a number means. A figure is usage, whatever it counts; an age or a number that names somebody is not.
ClassGuess of_number(const NameReading& name, const ValueTraits& evidence) {
  const auto value = name.own.empty() ? std::nullopt : sign_of(name.own.back(), WordRole::value);
  const bool is_head = !name.own.empty() && name.own.back().end == name.own_words;
  const bool is_one = is_head && (name.is_element || !name.own.back().is_plural);
  if (evidence.is_moment) {
    const auto times = name.strictest(WordRole::value);
    const bool says_time = std::any_of(name.own.begin(), name.own.end(), [](const Phrase& phrase) {
      return std::any_of(phrase.meanings->begin(), phrase.meanings->end(),
                         [](const Meaning& meaning) { return meaning.cls == Class::time; });
    });
    if (says_time && times && times->cls == Class::person) return marked(*times);
    if (says_time && name.is_of_person) return {Class::person, "looks like a moment in somebody's life"};
    if (says_time) return certain(Class::time);
  }
  const bool is_figure = has_role(name.own, WordRole::figure);
  if (is_one && value && !name.own.back().has(WordRole::figure)) {
    if (is_sensitive(value->cls)) return guessed(*value, !is_figure);
    if (value->cls == Class::version) return certain(value->cls);
  }
  if (is_one && name.own.back().has(WordRole::id)) {
    const auto subject = stricter(name.strictest(WordRole::subject), name.around);
    if (name.is_of_person || (subject && subject->cls == Class::person)) return certain(Class::person);
    if (subject && subject->cls == Class::licence) return certain(Class::licence);
    return certain(Class::identifier);
  }
  if (name.is_of_person) return {Class::person, "looks like a figure about one person"};
  if (is_figure) return certain(Class::usage);
  if (evidence.is_long_number) return {Class::identifier, "has so many digits that it may be an id"};
  if (is_one) {
    const auto subject = sign_of(name.own.back(), WordRole::subject);
    if (subject && is_sensitive(subject->cls)) return marked(*subject);
  }
  return certain(Class::usage);
}

ClassGuess of_boolean(const NameReading& name) {
  if (name.is_of_person) return {Class::person, "looks like something about one person"};
  return certain(Class::usage);
}

/// What the type alone says of a text.
std::optional<Sign> sign_of_type(const ValueTraits& evidence) {
  std::optional<Sign> out;
  for (const Type type : evidence.types) {
    switch (type) {
      case Type::email:
        return Sign{Class::person, "an e-mail address"};
      case Type::uuid:
      case Type::id:
        out = stricter(out, Sign{Class::identifier, "an id"});
        break;
      case Type::ip:
      case Type::mac:
      case Type::url:
      case Type::hostname:
        out = stricter(out, Sign{Class::identifier, "the address of a machine or a site"});
        break;
      case Type::time:
      case Type::date:
        out = stricter(out, Sign{Class::time, "a time"});
        break;
      case Type::version:
        out = stricter(out, Sign{Class::version, "a version"});
        break;
      case Type::locale:
        out = stricter(out, Sign{Class::location, "where the customer is"});
        break;
      case Type::duration:
        out = stricter(out, Sign{Class::usage, "a duration"});
        break;
      default:
        break;
    }
  }
  return out;
}

/// What the name alone says of a text, and whether it says only one thing.
struct Named {
  std::optional<Sign> sign;
  bool is_certain = false;
};

Named name_of_text(const NameReading& name) {
  const auto value = name.strictest(WordRole::value);
  const bool is_head_value = name.head_is(WordRole::value);
  const auto head_is_generic = [&](WordRole role) { return !is_head_value && name.head_is(role); };
  if (value && !head_is_generic(WordRole::id) && !head_is_generic(WordRole::type)) {
    bool is_alone = is_head_value || head_is_generic(WordRole::name);
    for (const Phrase& phrase : name.own) {
      const auto other = sign_of(phrase, WordRole::value);
      is_alone = is_alone && (!other || other->cls == value->cls) && !phrase.has(WordRole::toggle);
    }
    return {value, is_alone};
  }
  const auto subject = stricter(name.strictest(WordRole::subject), value);
  const auto about = subject ? subject : name.around;
  if (head_is_generic(WordRole::id)) {
    if (about && (about->cls == Class::person || about->cls == Class::licence)) return {about, true};
    return {Sign{Class::identifier, "what tells this site or a thing in it from others"}, true};
  }
  if (head_is_generic(WordRole::type)) {
    if (!about || about->cls == Class::content) return {Sign{Class::usage, "a word of the product"}, !about};
    if (is_sensitive(about->cls)) return {about, false};
    return {about, true};
  }
  if (head_is_generic(WordRole::name)) return {about, about.has_value()};
  if (subject) return {subject, name.subject_is_last()};
  return {name.around ? stricter(name.around, Sign{Class::content, "a name that the customer chose"}) : std::nullopt,
          false};
}

/// A time is a time whatever it is the time of, except a birth, a licence's terms and what somebody did.
ClassGuess of_time(const NameReading& name) {
  const auto value = name.strictest(WordRole::value);
  if (value && value->cls == Class::person) return guessed(*value, name.head_is(WordRole::value));
  if (name.is_of_person) return {Class::person, "looks like a moment in somebody's life"};
  const auto subject = name.strictest(WordRole::subject);
  for (const auto& sign : {value, subject, name.around}) {
    if (sign && sign->cls == Class::licence) return {Class::licence, "looks like the terms of a licence"};
  }
  return certain(Class::time);
}

/// Nobody looks into an opaque value, so a person has to say what it is.
ClassGuess of_opaque(const NameReading& name) {
  auto sign = Sign{name.is_of_person ? Class::person : Class::content, ""};
  if (const auto named = name.strictest(WordRole::value)) sign = *stricter(sign, named);
  return {sign.cls, "is too long to be looked into: what may it hold"};
}

ClassGuess of_text(const NameReading& name, const ValueTraits& evidence) {
  if (is_all(evidence.types, {Type::duration}) && !name.is_of_person) return certain(Class::usage);
  const auto type = sign_of_type(evidence);
  if (type && type->cls == Class::person) return certain(Class::person);
  if (type && type->cls == Class::time) return of_time(name);
  const auto named = name_of_text(name);
  const std::optional<Sign> address =
      evidence.is_address ? std::optional(Sign{Class::identifier, "the address of a machine or a site"}) : std::nullopt;
  if (name.is_of_person) {
    const bool is_known = named.sign && named.sign->cls == Class::person && named.is_certain;
    if (is_known || (type && is_sensitive(type->cls))) return certain(Class::person);
    return {Class::person, "looks like something about one person"};
  }
  if (!named.sign) {
    if (type && is_sensitive(type->cls) && !evidence.is_address) return certain(type->cls);
    if (type || address) return marked(*stricter(address, type));
    if (evidence.is_random) return {Class::identifier, "looks like a secret or an id"};
    return {Class::content, std::string(unknown_name)};
  }
  if (type && is_sensitive(type->cls) && !evidence.is_address) {
    // An id or an address, of what its name says.
    if (named.sign->cls == Class::person || named.sign->cls == Class::licence)
      return guessed(*named.sign, named.is_certain);
    const bool agrees = is_sensitive(named.sign->cls) || named.sign->cls == Class::content;
    return guessed(*stricter(type, named.sign), agrees);
  }
  if (type && type->cls == Class::version && !is_sensitive(named.sign->cls) && named.sign->cls != Class::content) {
    return certain(named.sign->cls);
  }
  if (address && named.sign->cls != Class::version) {
    const auto strict = stricter(named.sign, address);
    return guessed(*strict, named.is_certain && is_sensitive(named.sign->cls));
  }
  if (!is_sensitive(named.sign->cls) && evidence.is_random && named.sign->cls != Class::version) {
    return {Class::identifier, "looks like a secret or an id"};
  }
  if (strictness(named.sign->cls) < strictness(Class::content) && evidence.is_free) {
    return {Class::content, "has a text that a product would hardly choose"};
  }
  return guessed(*named.sign, named.is_certain);
}

}  // namespace

ClassGuess guess_class(const NameWords& list, const NamePath& path, const ValueTraits& evidence) {
  const NameReading name = read_names(list, path, false);
  if (is_all(evidence.types, {Type::boolean})) return of_boolean(name);
  if (is_all(evidence.types, {Type::count, Type::integer, Type::number, Type::boolean, Type::epoch, Type::epoch_ms})) {
    return of_number(name, evidence);
  }
  if (is_all(evidence.types, {Type::empty})) {
    ClassGuess out = of_text(name, evidence);
    out.review = "was always empty, so what it holds is not known";
    return out;
  }
  const bool is_opaque = std::find(evidence.types.begin(), evidence.types.end(), Type::opaque) != evidence.types.end();
  ClassGuess out = is_opaque ? of_opaque(name) : of_text(name, evidence);
  const bool has_number =
      std::any_of(evidence.types.begin(), evidence.types.end(), [](Type type) { return dictionary::is_number(type); });
  if (has_number && out.review.empty() && !is_sensitive(out.cls))
    out.review = "is sometimes a number and sometimes a text";
  return out;
}

ClassGuess guess_key_class(const NameWords& list, const NamePath& path, const ValueTraits& evidence) {
  const NameReading name = read_names(list, path, true);
  if (name.own.empty() && !evidence.is_address) {
    const auto type = sign_of_type(evidence);
    if (type && is_sensitive(type->cls)) return certain(type->cls);
    ClassGuess out{Class::content, "its names may be the customer's"};
    if (name.is_of_person) out = {Class::person, "its names may be about one person"};
    if (name.around && strictness(name.around->cls) > strictness(out.cls)) out.cls = name.around->cls;
    return out;
  }
  ClassGuess out = of_text(name, evidence);
  if (strictness(out.cls) < strictness(Class::content)) {
    out = {Class::content, "its names may be the customer's"};
  }
  return out;
}

bool is_collection(const NameWords& list, const NamePath& path) {
  const NameReading name = read_names(list, path, false);
  if (name.own.empty() || name.is_element) return false;
  const auto& words = path.back().words;
  if (after_by(words).size() != words.size()) return true;
  return std::any_of(name.own.begin(), name.own.end(), [](const Phrase& phrase) {
    const auto sign = stricter(sign_of(phrase, WordRole::subject), sign_of(phrase, WordRole::value));
    return sign && strictness(sign->cls) >= strictness(Class::content) && phrase.is_plural;
  });
}

bool is_product_word(const NameWords& list, std::string_view name) {
  const auto phrases = list.find(words_of(name));
  return has_role(phrases, WordRole::figure) || has_role(phrases, WordRole::toggle) ||
         has_role(phrases, WordRole::type);
}

}  // namespace airlock::prover
