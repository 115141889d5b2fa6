#pragma once
/// \file
/// What was seen at each place of some samples: a tree of members and elements with facts about their values. It keeps
/// few values: short texts, of which `declare` may make an `enum`. Samples and JSON Schemas both become such a tree.

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dictionary/field.hpp"
#include "report/scanner.hpp"

namespace airlock::prover {

/// How many places of samples together are kept apart.
inline constexpr std::size_t places_limit = 200'000;
/// How many different texts of one place are remembered.
inline constexpr std::size_t remembered_texts = 16;

/// Facts about the scalars at one place.
struct Scalars {
  std::uint64_t nulls = 0;
  std::uint64_t booleans = 0;
  std::uint64_t empty_texts = 0;
  std::uint64_t texts = 0;    ///< that are not empty
  std::uint64_t numbers = 0;  ///< without sentinels
  std::uint64_t misfits = 0;  ///< values that no type accepts, such as a text of 100 kB
  /// How many of the texts fit each type, by the type's number.
  std::array<std::uint64_t, dictionary::type_count> fitting{};
  std::uint64_t dotted = 0;                                      ///< texts that have a dot
  std::uint64_t addresses = 0;                                   ///< texts that could be a host name of several labels
  bool is_free = false;                                          ///< ValueTraits::is_free
  bool is_random = false;                                        ///< ValueTraits::is_random
  std::map<std::string, std::uint64_t, std::less<>> remembered;  ///< short texts; empty once there were too many
  bool has_forgotten = false;

  std::uint64_t counts = 0;        ///< of the numbers
  std::uint64_t integers = 0;      ///< of the numbers, counts too
  std::uint64_t moments = 0;       ///< numbers that could be a moment since 2001, in seconds or milliseconds
  std::uint64_t milliseconds = 0;  ///< of the moments
  bool has_long = false;           ///< ValueTraits::is_long_number
  std::set<int> sentinels;         ///< -1 and the like
  bool has_other_negative = false;

  // What a schema states.
  std::set<dictionary::Type> stated;
  std::vector<std::string> stated_values;  ///< of an `enum`

  [[nodiscard]] bool any() const;
};

struct Seen;

/// Members whose names differ in one segment, such as `stats.ds.NAME.count`, which is a name itself.
/// `split_off_families` makes them.
struct KeyFamily {
  std::string before;              ///< the literal text before the segment
  std::string part;                ///< what a pattern calls the segment
  std::string after;               ///< the literal text behind it
  std::unique_ptr<Seen> value;     ///< the values of all of them
  std::unique_ptr<Scalars> names;  ///< the segments
};

struct Seen {
  Scalars scalars;
  std::uint64_t times = 0;    ///< how often there was any value
  std::uint64_t objects = 0;  ///< how many of them were objects, empty ones too
  std::uint64_t arrays = 0;
  std::uint64_t empty_containers = 0;
  std::vector<std::pair<std::string, std::unique_ptr<Seen>>> members;  ///< in the order of their first places
  std::map<std::string, std::size_t, std::less<>> by_name;             ///< index in `members`
  std::unique_ptr<Seen> element;                                       ///< all elements of its arrays
  /// The members of its objects whose names are free: not in `members`.
  std::unique_ptr<Seen> star;
  std::unique_ptr<Scalars> keys;    ///< the names that `star` stands for
  std::vector<KeyFamily> families;  ///< of its objects; their members are not in `members`
  std::string about;                ///< from a schema
  bool is_required = false;         ///< from a schema

  /// The member of this name; made if it is new.
  Seen& member(std::string_view name);
  Seen& each_element();
  [[nodiscard]] bool has_children() const { return has_members() || element != nullptr; }
  [[nodiscard]] bool has_members() const { return !members.empty() || star != nullptr || !families.empty(); }
};

/// Notes one key or scalar.
void note(Scalars& scalars, report::TokenKind kind, std::string_view text);
/// Adds what was seen in another place. Precondition: no families were split off there.
void merge(Scalars& into, Scalars&& from);
void merge(Seen& into, Seen&& from);

/// Adds the tokens of one value, from its first to its last, to a place.
class Watcher {
 public:
  /// `places` is counted up for each new place, over all watchers of a tree.
  Watcher(Seen& root, std::size_t& places) : root_(root), places_(places) {}
  /// False if there were too many places: the token was left out then.
  [[nodiscard]] bool add(const report::Token& token);

 private:
  Seen* next_place(const report::Token& token);

  struct Open {
    Seen* place;
    bool is_array;
    bool is_empty;
  };
  Seen& root_;
  Seen* member_ = nullptr;  ///< to which the last key leads
  std::vector<Open> open_;
  std::size_t& places_;
};

/// The type or types that all values at a place have, the values of an `enum`, `nullable` and sentinels. Without a type
/// in `likely`, which comes from the name, `2` is no version and `git.example.com` no host name.
[[nodiscard]] dictionary::Shape shape_of(const Seen& seen, const std::set<dictionary::Type>& likely);
/// The types of keys.
[[nodiscard]] dictionary::Shape shape_of_keys(const Scalars& keys);

}  // namespace airlock::prover
