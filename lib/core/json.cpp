#include "core/json.hpp"

#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <vector>

#include "core/text.hpp"
#include "core/utf8.hpp"

namespace airlock::core {
namespace {

std::string position(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, std::min(offset, text.size()));
  const auto line_start = before.rfind('\n') + 1;  // npos + 1 == 0
  return "line " + std::to_string(std::count(before.begin(), before.end(), '\n') + 1) + ", column " +
         std::to_string(before.size() - line_start + 1);
}

std::optional<std::string> check_string(const std::string& text) {
  // The lead byte of the first noncharacter's UTF-8; most texts have no such byte.
  constexpr char lead = '\xEF';
  const auto is_below = [](char c) { return static_cast<unsigned char>(c) < static_cast<unsigned char>(lead); };
  if (std::all_of(text.begin(), text.end(), is_below)) return std::nullopt;
  for (std::string_view rest = text; !rest.empty();) {
    const auto next = first_code_point(rest);
    if (is_noncharacter(next.value)) return "has a noncharacter, which I-JSON forbids";
    rest.remove_prefix(next.bytes);
  }
  return std::nullopt;
}

/// Builds a DOM from the events of nlohmann's parser, and refuses what that parser accepts: too much depth, too many
/// members, elements or values, duplicate keys, noncharacters. It keeps count on its own, since not everything is
/// built. nlohmann's own DOM builder is slower, since it compares each new key with all members of its object.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  /// Builds of an object at the top only the members that `wanted` names, or all without `wanted`.
  Builder(const JsonLimits& limits, std::optional<std::span<const std::string_view>> wanted)
      : limits_(limits), wanted_(wanted) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool binary(binary_t&) override { return false; }
  bool string(string_t& text) override { return check(text) && add(std::move(text)); }
  bool start_object(std::size_t) override { return open(Json::value_t::object); }
  bool start_array(std::size_t) override { return open(Json::value_t::array); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& key) override {
    OpenValue& level = open_.back();
    if (level.count == limits_.members) return refuse_excess(limits_.members, "members");
    if (has(level, key)) return refuse("has the key " + quote(key) + " twice in one object");
    if (!check(key)) return false;
    ++level.count;
    if (keys_in_use_ == keys_.size()) keys_.emplace_back();
    keys_[keys_in_use_++] = key;
    const bool is_top = open_.size() == 1;
    is_skipped_ = is_top && wanted_ && std::find(wanted_->begin(), wanted_->end(), key) == wanted_->end();
    return true;
  }

  bool parse_error(std::size_t offset, const std::string&, const nlohmann::detail::exception&) override {
    offset_ = offset == 0 ? 0 : offset - 1;
    return false;
  }

  [[nodiscard]] std::string why(std::string_view text) const {
    return why_ ? *why_ : "is not valid JSON at " + position(text, offset_);
  }
  [[nodiscard]] Json take() { return std::move(root_); }

 private:
  /// An object or array that is still open. `value` stays valid, since only growth of the parent could move it, and
  /// the parent does not grow before this one ends.
  struct OpenValue {
    Json* value;  ///< null where it is not built
    bool is_object;
    std::size_t first_key;                  ///< in `keys_`
    std::size_t count = 0;                  ///< of its members, with the one that begins, or of its elements
    std::set<std::string_view> known = {};  ///< its keys; empty while there are few
  };

  /// Whether the object has a member `key` already. A few members are compared one by one, since making a set of them
  /// takes longer.
  bool has(OpenValue& level, const std::string& key) {
    constexpr std::size_t compared_maximum = 16;
    const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(level.first_key);
    const auto last = first + static_cast<std::ptrdiff_t>(level.count);
    if (level.count < compared_maximum) return std::find(first, last, key) != last;
    if (level.known.empty()) level.known.insert(first, last);
    // The last key may be new since the last call.
    level.known.insert(*(last - 1));
    return level.known.contains(key);
  }

  /// Adds a value, if its place is built. `added_` is where it was put, or null.
  template <typename Value>
  bool add(Value&& value) {
    if (++values_ > limits_.values) return refuse("has more than " + std::to_string(limits_.values) + " values");
    added_ = nullptr;
    if (open_.empty()) {
      root_ = Json(std::forward<Value>(value));
      added_ = &root_;
      return true;
    }
    OpenValue& level = open_.back();
    if (!level.is_object && level.count++ == limits_.elements) {
      --level.count;
      return refuse_excess(limits_.elements, "elements");
    }
    if (level.value == nullptr || is_skipped_) {
      is_skipped_ = false;
    } else if (level.is_object) {
      auto& members = level.value->get_ref<Json::object_t&>();
      // Growing copies members with all that is in them, so it begins with room for a usual object. Not emplace, which
      // would look for the key.
      if (members.empty()) members.reserve(open_.size() == 1 ? 16 : 4);
      members.emplace_back(keys_[keys_in_use_ - 1], Json(std::forward<Value>(value)));
      added_ = &members.back().second;
    } else {
      auto& elements = level.value->get_ref<Json::array_t&>();
      elements.push_back(Json(std::forward<Value>(value)));
      added_ = &elements.back();
    }
    return true;
  }

  bool open(Json::value_t kind) {
    if (!add(kind)) return false;
    if (open_.size() == limits_.depth) return refuse("is nested deeper than " + std::to_string(limits_.depth));
    open_.push_back({added_, kind == Json::value_t::object, keys_in_use_});
    return true;
  }
  bool close() {
    keys_in_use_ = open_.back().first_key;
    open_.pop_back();
    return true;
  }
  bool check(const std::string& text) { return refuse(check_string(text)); }
  bool refuse(std::optional<std::string> why) {
    why_ = std::move(why);
    return !why_;
  }
  /// The innermost object or array has too many `what`.
  bool refuse_excess(std::size_t maximum, std::string_view what) {
    std::string path;
    for (std::size_t at = 0; at + 1 < open_.size(); ++at) {
      const OpenValue& outer = open_[at];
      path += "/" + (outer.is_object ? pointer_step(keys_[outer.first_key + outer.count - 1])
                                     : std::to_string(outer.count - 1));
    }
    return refuse((path.empty() ? "" : quote(path) + ": ") + "has more than " + std::to_string(maximum) + " " +
                  std::string(what));
  }

  const JsonLimits& limits_;
  std::optional<std::span<const std::string_view>> wanted_;
  Json root_;
  std::vector<OpenValue> open_;
  std::deque<std::string> keys_;  ///< of the objects that are open, the innermost last; never moved, and used again
  std::size_t keys_in_use_ = 0;
  std::size_t values_ = 0;
  std::size_t offset_ = 0;
  bool is_skipped_ = false;  ///< the value of the next member is not built
  Json* added_ = nullptr;
  std::optional<std::string> why_;
};

Result<Json> parse(std::string_view text, std::string_view name, const JsonLimits& limits,
                   std::optional<std::span<const std::string_view>> wanted) {
  const auto refuse = [&](const std::string& why) { return fail(Code::bad_input, quote(name) + ": " + why); };
  if (text.size() > limits.bytes) return refuse("is larger than " + std::to_string(limits.bytes) + " bytes");
  if (text.empty()) return refuse("is empty");
  if (text.starts_with("\xEF\xBB\xBF")) return refuse("starts with a byte order mark");
  // nlohmann would take NUL for the end of the text.
  if (const auto nul = text.find('\0'); nul != text.npos) return refuse("has a NUL byte at " + position(text, nul));
  Builder builder(limits, wanted);
  if (!Json::sax_parse(text.begin(), text.end(), &builder)) return refuse(builder.why(text));
  return builder.take();
}

}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view name, const JsonLimits& limits) {
  return parse(text, name, limits, std::nullopt);
}

Result<Json> parse_members(std::string_view text, std::string_view name, std::span<const std::string_view> wanted,
                           const JsonLimits& limits) {
  return parse(text, name, limits, wanted);
}

std::string to_text(const Json& value) { return value.dump(); }
std::string to_pretty_text(const Json& value) { return value.dump(2) + "\n"; }

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json or_null(std::uint64_t number) { return number == 0 ? Json(nullptr) : Json(number); }
Json or_null(const std::optional<std::int64_t>& number) { return number ? Json(*number) : Json(nullptr); }
Json or_null(const std::optional<std::uint64_t>& number) { return number ? Json(*number) : Json(nullptr); }
Json or_null(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }
Json or_null(const std::optional<Time>& time) { return time ? Json(time->text()) : Json(nullptr); }

std::string text_in(const Json& value, std::string_view member) {
  const auto at = value.is_object() ? value.find(member) : value.end();
  return at != value.end() && at->is_string() ? at->get<std::string>() : std::string();
}

std::string pointer_step(std::string_view member) {
  std::string out;
  for (const char c : member) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace airlock::core
