#include "prover/key_families.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/ascii.hpp"
#include "dictionary/key_pattern.hpp"
#include "prover/alike.hpp"

namespace airlock::prover {
namespace {

using dictionary::KeyDeclaration;

/// Longer names, and names of more segments, stay as they are.
constexpr std::size_t key_bytes = 256;
constexpr std::size_t key_segments = 12;
/// How many segments two families must share, or one must have of which some are not in every sample.
constexpr std::size_t names_minimum = 3;
constexpr std::size_t optional_minimum = 2;
/// From how many digits on a number is more likely an id than a bucket or a status.
constexpr std::size_t given_number_digits = 5;

struct Segment {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The segments of a key that are not empty. None if there are too many.
std::vector<Segment> segments_of(std::string_view key) {
  std::vector<Segment> out;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= key.size();) {
    std::size_t separator = at == key.size() || std::string_view("./:").find(key[at]) != std::string_view::npos ? 1 : 0;
    if (key.substr(at, 2) == "__") separator = 2;
    if (separator == 0) {
      ++at;
      continue;
    }
    if (at > begin) out.push_back({begin, at});
    at += separator;
    begin = at;
  }
  if (out.size() > key_segments) out.clear();
  return out;
}

/// Members that differ in one segment.
struct Candidate {
  std::string before;
  std::string after;
  std::vector<std::size_t> members;  ///< their indices
  std::vector<std::string> names;    ///< the segment of each
  KeyDeclaration key = {};
  bool has_shared_names = false;

  [[nodiscard]] std::size_t literal_bytes() const { return before.size() + after.size(); }
  /// Whether a key of both patterns belongs to this one.
  [[nodiscard]] bool is_stronger_than(const Candidate& other) const {
    if (literal_bytes() != other.literal_bytes()) return literal_bytes() > other.literal_bytes();
    return dictionary::pattern_step(key) < dictionary::pattern_step(other.key);
  }
};

/// Whether a name has a hyphen between letters or digits, as those of packages have.
bool has_hyphen(std::string_view name) {
  for (std::size_t i = 1; i + 1 < name.size(); ++i) {
    if (name[i] == '-' && core::is_alphanumeric(name[i - 1]) && core::is_alphanumeric(name[i + 1])) return true;
  }
  return false;
}

/// Whether letters and digits alternate as in a random id.
bool is_mixed(std::string_view name) {
  std::size_t changes = 0;
  for (std::size_t i = 1; i < name.size(); ++i) {
    if (core::is_digit(name[i]) != core::is_digit(name[i - 1])) ++changes;
  }
  return changes >= 4;
}

/// Whether somebody outside the product gave the name. A product that writes its own words with hyphens proves nothing
/// by them.
bool is_given(const Candidate& family, std::string_view name) {
  const bool has_hyphens = has_hyphen(family.before) || has_hyphen(family.after);
  if (core::is_digits(name)) return name.size() >= given_number_digits;
  return is_data(name) || is_mixed(name) || (!has_hyphens && has_hyphen(name));
}

/// Whether at least half of the segments have words of the list: then they are the product's figures, such as
/// `stats.users.count` and `stats.orgs.count`.
bool is_ordinary(const NameWords& list, const Candidate& family) {
  const auto known = std::count_if(family.names.begin(), family.names.end(), [&](const std::string& name) {
    return !is_given(family, name) && !list.find(words_of(name)).empty();
  });
  return static_cast<std::size_t>(known) * 2 >= family.names.size();
}

/// The word before the segment, in the singular.
std::string part_name(std::string_view before) {
  const auto words = words_of(before);
  if (words.empty()) return "name";
  return singular(words.back()).value_or(words.back());
}

class Families {
 public:
  Families(const NameWords& list, Seen& seen) : list_(list), seen_(seen) {}

  void split_off() {
    collect();
    share_names();
    std::erase_if(candidates_, [&](const Candidate& one) { return !is_likely(one); });
    std::stable_sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) {
      if (a.has_shared_names != b.has_shared_names) return a.has_shared_names;
      if (a.members.size() != b.members.size()) return a.members.size() > b.members.size();
      return a.before.size() < b.before.size();
    });
    for (Candidate& one : candidates_) {
      if (is_free(one)) chosen_.push_back(std::move(one));
    }
    if (!chosen_.empty()) move_members();
  }

 private:
  void collect() {
    std::map<std::pair<std::string, std::string>, Candidate> found;
    for (std::size_t i = 0; i < seen_.members.size(); ++i) {
      const auto& [key, member] = seen_.members[i];
      const bool is_of_schema = member->times == 0 || member->is_required || !member->scalars.stated.empty();
      if (is_of_schema || key.size() > key_bytes || key.find_first_of("{}") != key.npos) continue;
      const auto segments = segments_of(key);
      if (segments.size() < 2) continue;
      for (const auto& [begin, end] : segments) {
        std::pair around{key.substr(0, begin), key.substr(end)};
        Candidate& one = found[around];
        one.members.push_back(i);
        one.names.push_back(key.substr(begin, end - begin));
      }
    }
    for (auto& [around, one] : found) {
      if (one.members.size() < 2) continue;
      one.before = around.first;
      one.after = around.second;
      if (is_of_one_shape(values_of(one)) && !is_ordinary(list_, one) && read(one)) {
        candidates_.push_back(std::move(one));
      }
    }
  }

  /// Whether the key can be declared.
  static bool read(Candidate& one) {
    const std::string name = part_name(one.before);
    if (!dictionary::read_pattern(one.before + "{" + name + "}" + one.after, one.key)) return true;
    one.key = {};
    return !dictionary::read_pattern(one.before + "{name}" + one.after, one.key);
  }

  [[nodiscard]] std::vector<const Seen*> values_of(const Candidate& one) const {
    std::vector<const Seen*> out;
    for (const std::size_t i : one.members) out.push_back(seen_.members[i].second.get());
    return out;
  }

  /// Marks the families that have the same names as another.
  void share_names() {
    std::map<std::string_view, std::vector<std::size_t>> with_name;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      for (const std::string& name : candidates_[i].names) with_name[name].push_back(i);
    }
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      std::map<std::size_t, std::size_t> common;
      for (const std::string& name : candidates_[i].names) {
        for (const std::size_t other : with_name[name]) {
          if (other != i) ++common[other];
        }
      }
      candidates_[i].has_shared_names = std::any_of(common.begin(), common.end(), [&](const auto& one) {
        const std::size_t most = std::max(candidates_[i].names.size(), candidates_[one.first].names.size());
        return one.second >= names_minimum && one.second * 3 >= most * 2;
      });
    }
  }

  [[nodiscard]] bool is_likely(const Candidate& one) const {
    if (one.has_shared_names) return true;
    if (std::any_of(one.names.begin(), one.names.end(), [&](const auto& name) { return is_given(one, name); }))
      return true;
    const auto values = values_of(one);
    const auto optional =
        std::count_if(values.begin(), values.end(), [&](const Seen* value) { return value->times < seen_.objects; });
    return values.size() >= names_minimum && static_cast<std::size_t>(optional) >= optional_minimum;
  }

  /// Whether the pattern takes no key from a chosen one, and none takes one from it.
  [[nodiscard]] bool is_free(const Candidate& one) const {
    return std::none_of(chosen_.begin(), chosen_.end(), [&](const Candidate& other) {
      const bool is_stronger = one.is_stronger_than(other);
      const Candidate& strong = is_stronger ? one : other;
      const Candidate& weak = is_stronger ? other : one;
      return std::any_of(weak.members.begin(), weak.members.end(), [&](std::size_t i) {
        return dictionary::cut(strong.key, seen_.members[i].first).has_value();
      });
    });
  }

  void move_members() {
    std::set<std::size_t> moved;
    for (const Candidate& one : chosen_) {
      KeyFamily family{one.before, one.key.name, one.after, std::make_unique<Seen>(), std::make_unique<Scalars>()};
      for (std::size_t i = 0; i < one.members.size(); ++i) {
        note(*family.names, report::TokenKind::key, one.names[i]);
        merge(*family.value, std::move(*seen_.members[one.members[i]].second));
        moved.insert(one.members[i]);
      }
      seen_.families.push_back(std::move(family));
    }
    auto members = std::exchange(seen_.members, {});
    seen_.by_name.clear();
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (moved.contains(i)) continue;
      seen_.by_name.emplace(members[i].first, seen_.members.size());
      seen_.members.push_back(std::move(members[i]));
    }
  }

  const NameWords& list_;
  Seen& seen_;
  std::vector<Candidate> candidates_;
  std::vector<Candidate> chosen_;
};

}  // namespace

void split_off_families(const NameWords& list, Seen& seen) { Families(list, seen).split_off(); }

}  // namespace airlock::prover
