#pragma once
/// \file
/// Makes reports with values planted in them, for the leak rate: which values, in which places, in which forms, and
/// what docs/formats/leak-scan.md says of each. The rules of that page are written here a second time, since the scan's
/// own rules are what is measured. The same seed makes the same reports.

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dictionary/dictionary.hpp"
#include "random_text.hpp"
#include "redaction/plan.hpp"

namespace leak_rate {

using Json = nlohmann::ordered_json;
using airlock::dictionary::Class;
using airlock::dictionary::Dictionary;
using airlock::dictionary::Field;
using airlock::dictionary::Type;

/// Where a value is in the report: its own place.
enum class Place {
  field,           ///< a declared field that the decision takes out or changes
  key,             ///< a key that a `*` declares, which the decision takes out or changes
  twin,            ///< the value of a twin
  twin_name,       ///< a part of a twin's name
  ill_typed,       ///< a declared field, of another type
  below,           ///< within an object or array where the dictionary declares a scalar
  undeclared,      ///< the value of a member that nothing declares
  undeclared_key,  ///< the name of such a member
  nested,          ///< up to six levels below such a member
};
inline constexpr std::size_t place_count = 9;

/// Why the page says that a value is not looked for.
enum class WhyNot {
  looked_for,       ///< it is
  other_class,      ///< of class `content`, `time` or `transport`, and the copy is in a field of another class
  twin_of_kept,     ///< a twin's, of a field that stays
  ill_typed_stays,  ///< ill-typed, in a field that stays
  undeclared,       ///< undeclared, and no e-mail address
  name_only,        ///< in the name of a twin or of an undeclared member
};
inline constexpr std::size_t why_not_count = 6;

struct Planted {
  std::vector<std::string> pieces;  ///< the value; its two parts if it was split
  Place place = Place::field;
  Form form = Form::plain;
  bool copied = false;  ///< whether a field or key that the decision keeps holds a copy
  bool copied_to_key = false;
  WhyNot why_not = WhyNot::looked_for;  ///< of a copy
  bool named_as_found = false;          ///< of a copy: whether the page says that it is found
  std::string where;                    ///< for messages: the declared paths
};

struct Report {
  std::string text;
  std::vector<Planted> planted;
};

class Planter {
 public:
  /// `shape` is a report that the dictionary knows. Dictionary and plan must outlive the planter.
  Planter(const Dictionary& dictionary, const airlock::redaction::Plan& plan, Json shape, std::uint64_t seed);

  /// A report with at most `values` values planted in it.
  [[nodiscard]] Report next(std::size_t values);

 private:
  /// A declared value or key.
  struct Spot {
    std::size_t field;
    bool is_key;
  };
  /// A place for one value, and what the page says of values there.
  struct Home {
    Spot spot{SIZE_MAX, false};
    Type type = Type::text;    ///< what to plant
    std::string name;          ///< of the member to make, where it is not declared
    std::optional<Class> cls;  ///< as which class the value is looked for
    WhyNot why_not = WhyNot::looked_for;
  };

  std::string fresh_value(Type type, Form form);
  std::string in_form(const std::string& text, Form form);

  bool plant(Planted& planted);
  std::optional<Home> home_of(Place place);
  void class_of(Home& home, std::optional<Class> cls, bool is_taken, WhyNot why_not) const;
  bool put_home(Place place, const Home& home, const std::string& text);
  bool put(const Spot& spot, const Json& value, const std::string& key);
  std::vector<Spot> free_spots(std::size_t count, bool numbers);
  std::string twin_name(const Field& field, const std::string* last);
  std::string raw(const std::string& text);
  [[nodiscard]] const Field& field_of(const Spot& spot) const { return dictionary_.fields()[spot.field]; }
  [[nodiscard]] bool is_object(const Field& field, std::size_t step) const;
  [[nodiscard]] bool is_used(const Spot& spot) const;

  const Dictionary& dictionary_;
  const airlock::redaction::Plan& plan_;
  const Json shape_;
  const std::string shape_text_;
  RandomText random_;
  std::set<std::string> ever_;  ///< no value is planted twice
  std::size_t names_ = 0;

  std::vector<Spot> taken_values_;
  std::vector<Spot> taken_keys_;
  std::vector<Spot> all_values_;
  std::vector<Spot> all_keys_;
  std::vector<Spot> kept_texts_;
  std::vector<Spot> kept_numbers_;

  Json report_;
  std::set<std::string> used_;  ///< names and paths that hold a value already
  struct Raw {
    std::string escaped;
    std::string meant;
  };
  std::map<std::string, Raw> raw_;  ///< by the marks that `raw` made
};

}  // namespace leak_rate
