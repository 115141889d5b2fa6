#include "planting.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "dictionary/fits.hpp"

namespace leak_rate {
namespace {

using namespace airlock;
using dictionary::first_fit;
using redaction::Action;
using report::TokenKind;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}
bool is_numeric(Type type) { return type == Type::count || type == Type::integer || type == Type::number; }
bool says_nothing(Type type) { return type == Type::enumeration || type == Type::empty || type == Type::boolean; }
bool holds(const std::vector<Type>& types, Type type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

/// docs/formats/leak-scan.md, "By value: how", first row.
bool points_at_somebody(Class cls) {
  return cls == Class::person || cls == Class::location || cls == Class::identifier || cls == Class::licence;
}

/// The same page, "By value: how", of a value that is looked for: whether it is found in `copy`.
bool page_names(const std::string& value, Class cls, Form form, const std::string& copy) {
  if (form == Form::part || form == Form::cut || form == Form::split || form == Form::json_number) return false;
  if (form != Form::joined_closely) return true;
  const std::size_t at = copy.find(value);
  const char before = at == 0 ? ' ' : copy[at - 1];
  const char after = at + value.size() == copy.size() ? ' ' : copy[at + value.size()];
  const bool of_letters = std::all_of(
      value.begin(), value.end(), [](char c) { return is_ascii_letter(c) || static_cast<unsigned char>(c) >= 0x80; });
  const auto characters =
      std::count_if(value.begin(), value.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  const bool is_word = of_letters && characters < 12 && cls != Class::licence;
  if (is_word && (is_ascii_letter(before) || is_ascii_letter(after))) return false;
  return !((is_digit(value.front()) || is_digit(value.back())) && (is_digit(before) || is_digit(after)));
}

Json json_of(const std::string& text, Type type) { return is_numeric(type) ? Json::parse(text) : Json(text); }

bool fits_as(const dictionary::Shape& shape, const std::string& text, Type type) {
  return first_fit(shape, is_numeric(type) ? TokenKind::number : TokenKind::string, text).has_value();
}

}  // namespace

Planter::Planter(const Dictionary& dictionary, const redaction::Plan& plan, Json shape, std::uint64_t seed)
    : dictionary_(dictionary),
      plan_(plan),
      shape_(std::move(shape)),
      shape_text_(core::to_lower(shape_.dump())),
      random_(seed) {
  for (std::size_t i = 0; i < dictionary.fields().size(); ++i) {
    const Field& field = dictionary.fields()[i];
    if (field.path == dictionary.roles().event) continue;
    if (!field.shape.types.empty()) {
      all_values_.push_back({i, false});
      const bool keeps = plan.value(i).base.action == Action::keep;
      if (!keeps) taken_values_.push_back({i, false});
      if (keeps && holds(field.shape.types, Type::text)) kept_texts_.push_back({i, false});
      const bool is_single =
          std::none_of(field.is_wildcard.begin(), field.is_wildcard.end(), [](bool is) { return is; });
      if (keeps && is_single && holds(field.shape.types, Type::count)) kept_numbers_.push_back({i, false});
    }
    if (field.key && holds(field.key->shape.types, Type::text)) {
      all_keys_.push_back({i, true});
      (plan.key(i).base.action == Action::keep ? kept_texts_ : taken_keys_).push_back({i, true});
    }
  }
}

Report Planter::next(std::size_t values) {
  report_ = shape_;
  used_.clear();
  raw_.clear();
  Report out;
  for (std::size_t attempt = 0; attempt < 20 * values && out.planted.size() < values; ++attempt) {
    Planted planted;
    if (plant(planted)) out.planted.push_back(std::move(planted));
  }
  out.text = report_.dump();
  for (const auto& [mark, raw] : raw_) {
    // A value that found no place after all has left its mark nowhere.
    if (const auto at = out.text.find(mark); at != std::string::npos) out.text.replace(at, mark.size(), raw.escaped);
  }
  return out;
}

/// A value that was never planted before and that the form can be told from.
std::string Planter::fresh_value(Type type, Form form) {
  for (std::size_t i = 0; i < 100; ++i) {
    std::string out = form == Form::json_number ? random_.digits(9 + random_.below(7)) : random_.value_of(type);
    if (out.size() < 6 || (form == Form::split && (out.size() < 16 || !is_ascii(out)))) continue;
    if (form == Form::cut && !is_ascii(out)) continue;
    if (form == Form::letter_case && std::none_of(out.begin(), out.end(), is_ascii_letter)) continue;
    if (out.size() < 9 && std::all_of(out.begin(), out.end(), is_digit)) continue;  // too common to be looked for
    if (is_numeric(type) && json_of(out, type).dump() != out) continue;
    const std::string lower = core::to_lower(out);
    if (shape_text_.find(lower) == std::string::npos && ever_.insert(lower).second) return out;
  }
  return {};
}

/// Notes `text` to be written into the document with escapes of the document's own, and returns a mark for it.
std::string Planter::raw(const std::string& text) {
  const std::string mark = "@@" + std::to_string(raw_.size()) + "@@";
  raw_[mark] = {random_.escapes(text), text};
  return mark;
}

std::string Planter::in_form(const std::string& text, Form form) {
  if (form != Form::escapes) return random_.in_form(text, form);
  const bool of_the_document =
      text.find('"') == std::string::npos && text.find('\\') == std::string::npos && random_.chance(50);
  return of_the_document ? raw(text) : random_.escapes(text);
}

bool Planter::is_object(const Field& field, std::size_t step) const {
  std::size_t end = 0;
  for (std::size_t i = 0; i <= step; ++i) end = field.path.find('/', end + 1);
  const auto at = dictionary_.find(field.path.substr(0, end));
  return at && dictionary_.fields()[*at].key;
}

bool Planter::is_used(const Spot& spot) const { return used_.count(field_of(spot).path) != 0; }

/// Puts `value` where the spot is declared: into the first object that a `*` stands for, into new elements of arrays,
/// as a new member where the last step is a `*`.
bool Planter::put(const Spot& spot, const Json& value, const std::string& key) {
  const Field& field = field_of(spot);
  bool is_new = false;
  Json* at = &report_;
  for (std::size_t i = 0; i < field.steps.size(); ++i) {
    const bool last = i + 1 == field.steps.size();
    if (!field.is_wildcard[i]) {
      at = &(*at)[field.steps[i]];
    } else if (is_object(field, i)) {
      if (!last && at->empty()) return false;
      is_new |= last;
      at = last ? &(*at)[key] : &at->begin().value();
    } else {
      at->push_back(nullptr);
      at = &at->back();
      is_new = true;
    }
  }
  if (!is_new && !used_.insert(field.path).second) return false;
  *at = value;
  return true;
}

void Planter::class_of(Home& home, std::optional<Class> cls, bool is_taken, WhyNot why_not) const {
  if (!is_taken) {
    home.why_not = why_not;
  } else if (!cls || !points_at_somebody(*cls) || home.type == Type::time) {
    home.why_not = WhyNot::other_class;
  } else {
    home.cls = cls;
  }
}

std::string Planter::twin_name(const Field& field, const std::string* last) {
  std::string out;
  for (std::size_t i = 1; i < field.steps.size(); ++i) {
    const bool is_last = i + 1 == field.steps.size();
    if (i > 1) out += "__";
    out += !field.is_wildcard[i] ? field.steps[i] : is_last && last != nullptr ? *last : random_.digits(4);
  }
  return out;
}

std::optional<Planter::Home> Planter::home_of(Place place) {
  Home home;
  const auto is_kept = [&] { return plan_.value(home.spot.field).base.action == Action::keep; };
  const auto any_type = [&] { return home.type = random_.one_of(field_of(home.spot).shape.types); };
  const auto of_another_type = [&] {
    home.type = random_.chance(25) ? Type::count : Type::text;
    class_of(home, field_of(home.spot).cls, !is_kept(), WhyNot::ill_typed_stays);
  };
  switch (place) {
    case Place::field:
      home.spot = random_.one_of(taken_values_);
      if (is_used(home.spot) || says_nothing(any_type())) return std::nullopt;
      class_of(home, field_of(home.spot).cls, true, WhyNot::looked_for);
      return home;
    case Place::key:
      if (taken_keys_.empty()) return std::nullopt;
      home.spot = random_.one_of(taken_keys_);
      class_of(home, field_of(home.spot).key->cls, true, WhyNot::looked_for);
      return home;
    case Place::twin:
      home.spot = random_.one_of(all_values_);
      if (field_of(home.spot).steps.size() < 3 || says_nothing(any_type())) return std::nullopt;
      class_of(home, field_of(home.spot).cls, !is_kept(), WhyNot::twin_of_kept);
      home.name = twin_name(field_of(home.spot), nullptr);
      return home;
    case Place::twin_name:
      home.spot = random_.one_of(all_keys_);
      home.why_not = WhyNot::name_only;
      return home;
    case Place::ill_typed:
      home.spot = random_.one_of(all_values_);
      if (is_used(home.spot)) return std::nullopt;
      of_another_type();
      if (holds(field_of(home.spot).shape.types, Type::text)) home.type = Type::count;
      return home;
    case Place::below:
      home.spot = random_.one_of(all_values_);
      if (is_used(home.spot)) return std::nullopt;
      of_another_type();
      return home;
    case Place::undeclared:
    case Place::nested:
      home.type = random_.chance(25) ? Type::count : Type::text;
      home.why_not = WhyNot::undeclared;
      break;
    case Place::undeclared_key:
      home.why_not = WhyNot::name_only;
  }
  home.name = "field_" + std::to_string(++names_);
  return home;
}

bool Planter::put_home(Place place, const Home& home, const std::string& text) {
  const Json value = json_of(text, home.type);
  const auto mark = raw_.find(text);
  const std::string& meant = mark == raw_.end() ? text : mark->second.meant;
  const auto fits = [&] { return fits_as(field_of(home.spot).shape, meant, home.type); };
  const auto set = [](Json& object, const std::string& name, const Json& to) {
    if (object.contains(name)) return false;
    object[name] = to;
    return true;
  };
  static const std::vector<Json::json_pointer> objects{
      Json::json_pointer(""), Json::json_pointer("/properties"), Json::json_pointer("/properties/helm"),
      Json::json_pointer("/properties/teams/2"), Json::json_pointer("/properties/instance_usage_summary")};
  const std::string name = "name" + std::to_string(++names_);
  switch (place) {
    case Place::field:
      return fits() && put(home.spot, value, name);
    case Place::key:
      return put(home.spot, field_of(home.spot).shape.types.empty() ? Json::object() : Json(7), text);
    case Place::twin:
      if (!fits() || !used_.insert(home.name).second) return false;
      report_["properties"][home.name] = value;
      return true;
    case Place::twin_name:
      return set(report_["properties"], twin_name(field_of(home.spot), &text), 7);
    case Place::ill_typed:
      return !fits() && put(home.spot, value, name);
    case Place::below:
      return put(home.spot, random_.chance(50) ? Json{{name, value}} : Json::array({value}), name);
    case Place::undeclared:
      return set(report_[random_.one_of(objects)], home.name, value);
    case Place::undeclared_key:
      return set(report_[random_.one_of(objects)], text, 7);
    case Place::nested: {
      Json tree = value;
      for (std::size_t i = 1 + random_.below(6); i > 0; --i) {
        tree = random_.chance(60) ? Json{{"level" + std::to_string(i), tree}} : Json::array({tree});
      }
      return set(report_[random_.one_of(objects)], home.name, tree);
    }
  }
  return false;
}

std::vector<Planter::Spot> Planter::free_spots(std::size_t count, bool numbers) {
  const auto& spots = numbers ? kept_numbers_ : kept_texts_;
  std::vector<Spot> out;
  for (std::size_t i = 0; i < 20 && out.size() < count; ++i) {
    const Spot spot = random_.one_of(spots);
    const bool twice =
        std::any_of(out.begin(), out.end(), [&](const Spot& other) { return other.field == spot.field; });
    if (!twice && (spot.is_key || !is_used(spot))) out.push_back(spot);
  }
  return out;
}

bool Planter::plant(Planted& planted) {
  planted.place = static_cast<Place>(random_.below(place_count));
  planted.form = static_cast<Form>(random_.below(form_count));
  planted.copied = random_.chance(50);
  const Form form = planted.form;
  const bool is_split = form == Form::split;
  const bool only_of_copies = form == Form::undone || form == Form::part || form == Form::json_number;
  if (only_of_copies && !planted.copied) return false;

  std::vector<Spot> spots;
  const std::size_t wanted = !planted.copied ? 0 : is_split ? 2 : 1;
  if (wanted > 0) spots = free_spots(wanted, form == Form::json_number);
  if (spots.size() < wanted) return false;
  const auto home = home_of(planted.place);
  const auto is_home = [&](const Spot& spot) { return !spot.is_key && spot.field == home->spot.field; };
  if (!home || std::any_of(spots.begin(), spots.end(), is_home)) return false;
  const std::string value = fresh_value(home->type, form);
  if (value.empty()) return false;
  planted.pieces = {value};
  if (is_split) planted.pieces = {value.substr(0, value.size() / 2), value.substr(value.size() / 2)};

  // What its own place holds: the value, or the value in the form where that place is all there is.
  std::string at_home = value;
  if (form == Form::undone) at_home = random_.encoded_as_a_whole(value);
  if (form == Form::part) at_home = random_.joined(value, false);
  if (!planted.copied && !is_split) at_home = in_form(value, form);
  if (at_home != value && home->type != Type::text && !(home->type == Type::email && form == Form::letter_case)) {
    return false;
  }
  if (!planted.copied && is_split) {
    if (home->type != Type::text || !put_home(planted.place, *home, planted.pieces[0])) return false;
    for (std::size_t i = 0;; ++i) {
      const auto other = home_of(planted.place);
      if (other && other->type == Type::text && put_home(planted.place, *other, planted.pieces[1])) break;
      if (i == 50) return false;
    }
  } else if (!put_home(planted.place, *home, at_home)) {
    return false;
  }
  if (home->spot.field != SIZE_MAX) planted.where = field_of(home->spot).path;
  if (!planted.copied) return true;

  std::optional<Class> cls = home->cls;
  const bool is_odd = planted.place == Place::undeclared || planted.place == Place::nested ||
                      planted.place == Place::ill_typed || planted.place == Place::below;
  if (!cls && is_odd && dictionary::fits(Type::email, TokenKind::string, at_home, {})) cls = Class::person;
  if (!cls) planted.why_not = home->why_not;
  for (std::size_t i = 0; i < spots.size(); ++i) {
    const std::string copy = is_split ? planted.pieces[i] : in_form(value, form);
    const Field& field = field_of(spots[i]);
    planted.where += " to " + field.path;
    planted.copied_to_key |= spots[i].is_key;
    planted.named_as_found = cls && page_names(value, *cls, form, copy);
    if (spots[i].is_key) {
      put(spots[i], field.shape.types.empty() ? Json::object() : Json(7), copy);
    } else {
      put(spots[i], json_of(copy, form == Form::json_number ? Type::count : Type::text),
          "name" + std::to_string(++names_));
    }
  }
  return true;
}

}  // namespace leak_rate
