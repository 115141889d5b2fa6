#include "core/json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/digest.hpp"
#include "core/text.hpp"

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
  constexpr char least = '\xEF';
  const auto is_below = [](char c) { return static_cast<unsigned char>(c) < static_cast<unsigned char>(least); };
  if (std::all_of(text.begin(), text.end(), is_below)) return std::nullopt;
  for (std::string_view rest = text; !rest.empty();) {
    const auto next = first_code_point(rest);
    if (is_noncharacter(next.value)) return "has a noncharacter, which I-JSON forbids";
    rest.remove_prefix(next.bytes);
  }
  return std::nullopt;
}

/// Takes what nlohmann's parser finds into a DOM, and watches for what that parser lets pass: depth, number of members,
/// elements and values, duplicate keys, noncharacters. nlohmann's own DOM looks through all members of an object for
/// each new one.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(const JsonLimits& limits) : limits_(limits) {}

  bool null() override { return add(nullptr) != nullptr; }
  bool boolean(bool value) override { return add(value) != nullptr; }
  bool number_integer(number_integer_t value) override { return add(value) != nullptr; }
  bool number_unsigned(number_unsigned_t value) override { return add(value) != nullptr; }
  bool number_float(number_float_t value, const string_t&) override { return add(value) != nullptr; }
  bool binary(binary_t&) override { return false; }
  bool string(string_t& text) override { return check(text) && add(std::move(text)) != nullptr; }
  bool start_object(std::size_t) override { return open(add(Json::object())); }
  bool start_array(std::size_t) override { return open(add(Json::array())); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& key) override {
    Level& level = levels_.back();
    if (level.value->size() == limits_.members) return refuse_excess(limits_.members, "members");
    if (has(level, key)) return refuse("has the key " + quote(key) + " twice in one object");
    if (!check(key)) return false;
    level.key = std::move(key);
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
  /// An object or array whose end has not come. It stays where it is until then, since only its parent's growth could
  /// move it.
  struct Level {
    Json* value;
    std::string key;  ///< of the member to come
    std::set<std::string, std::less<>> keys;  ///< of all members, where they are many
  };

  /// Whether the object has a member `key`, which it gets now. A few members are looked through, since a set of them
  /// takes longer than all else.
  static bool has(Level& level, const std::string& key) {
    constexpr std::size_t looked_through_most = 16;
    const auto& members = level.value->get_ref<const Json::object_t&>();
    if (members.size() < looked_through_most) {
      return std::any_of(members.begin(), members.end(), [&](const auto& member) { return member.first == key; });
    }
    if (level.keys.empty()) {
      for (const auto& member : members) level.keys.insert(member.first);
    }
    return !level.keys.insert(key).second;
  }

  /// Returns where the value is now; null where it is refused.
  template <typename Value>
  Json* add(Value&& value) {
    if (++values_ > limits_.values) {
      refuse("has more than " + std::to_string(limits_.values) + " values");
      return nullptr;
    }
    if (levels_.empty()) {
      root_ = Json(std::forward<Value>(value));
      return &root_;
    }
    Level& level = levels_.back();
    if (auto* members = level.value->get_ptr<Json::object_t*>()) {
      // Not emplace, which would look for the key.
      members->push_back({std::move(level.key), Json(std::forward<Value>(value))});
      return &members->back().second;
    }
    auto& elements = level.value->get_ref<Json::array_t&>();
    if (elements.size() == limits_.elements) {
      refuse_excess(limits_.elements, "elements");
      return nullptr;
    }
    elements.push_back(Json(std::forward<Value>(value)));
    return &elements.back();
  }

  bool open(Json* value) {
    if (value == nullptr) return false;
    if (levels_.size() == limits_.depth) return refuse("is nested deeper than " + std::to_string(limits_.depth));
    levels_.push_back({value, {}, {}});
    return true;
  }
  bool close() {
    levels_.pop_back();
    return true;
  }

  bool check(const std::string& text) { return refuse(check_string(text)); }
  bool refuse(std::optional<std::string> why) {
    why_ = std::move(why);
    return !why_;
  }
  /// `what` is too many in the object or array at hand.
  bool refuse_excess(std::size_t most, std::string_view what) {
    std::string path;
    for (std::size_t at = 0; at + 1 < levels_.size(); ++at) {
      const Json& outer = *levels_[at].value;
      path += "/" + (outer.is_array() ? std::to_string(outer.size() - 1)
                                      : pointer_step(outer.get_ref<const Json::object_t&>().back().first));
    }
    return refuse((path.empty() ? "" : quote(path) + ": ") + "has more than " + std::to_string(most) + " " +
                  std::string(what));
  }

  const JsonLimits& limits_;
  Json root_;
  std::vector<Level> levels_;
  std::size_t values_ = 0;
  std::size_t offset_ = 0;
  std::optional<std::string> why_;
};

}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view name, const JsonLimits& limits) {
  const auto refuse = [&](const std::string& why) { return fail(Code::bad_input, quote(name) + ": " + why); };
  if (text.size() > limits.bytes) return refuse("is larger than " + std::to_string(limits.bytes) + " bytes");
  if (text.empty()) return refuse("is empty");
  if (text.starts_with("\xEF\xBB\xBF")) return refuse("starts with a byte order mark");
  // nlohmann takes NUL for the end of the text and would not look further.
  if (const auto nul = text.find('\0'); nul != text.npos) return refuse("has a NUL byte at " + position(text, nul));
  Builder builder(limits);
  if (!Json::sax_parse(text.begin(), text.end(), &builder)) return refuse(builder.why(text));
  return builder.take();
}

std::string to_text(const Json& value) { return value.dump(); }
std::string to_pretty_text(const Json& value) { return value.dump(2) + "\n"; }

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

Members::Members(const Json& object, std::string_view name, std::string path)
    : object_(object), name_(name), path_(std::move(path)) {
  if (!object_.is_object()) refuse("", "must be an object");
  known_.resize(object_.is_object() ? object_.size() : 0);
}

bool Members::has(std::string_view member) const { return object_.is_object() && object_.contains(member); }

std::string Members::path_of(std::string_view member) const { return path_ + "/" + pointer_step(member); }

void Members::refuse(std::string_view member, std::string_view why) {
  const std::string path = member.empty() ? path_ : path_of(member);
  refuse(Error{Code::bad_input, quote(name_) + ": " + (path.empty() ? "" : quote(path) + ": ") + std::string(why), {}});
}

void Members::refuse(Error error) {
  if (!error_) error_ = std::move(error);
}

const Json* Members::find(std::string_view member) {
  const auto* members = object_.get_ptr<const Json::object_t*>();
  if (members == nullptr) return nullptr;
  const auto at =
      std::find_if(members->begin(), members->end(), [&](const auto& each) { return each.first == member; });
  if (at == members->end()) return nullptr;
  known_[static_cast<std::size_t>(at - members->begin())] = true;
  return error_ ? nullptr : &at->second;
}

const Json* Members::need(std::string_view member) {
  const Json* value = find(member);
  if (value == nullptr) refuse(member, "is missing");
  return value;
}

void Members::format(std::string_view expected) {
  const std::string found = text("format");
  if (ok() && found != expected) refuse("format", "is " + quote(found) + ", not " + quote(expected));
}

std::optional<std::string> Members::text_if(std::string_view member, std::size_t limit) {
  const Json* value = find(member);
  if (value == nullptr) return std::nullopt;
  const auto* text = value->get_ptr<const std::string*>();
  if (text == nullptr) {
    refuse(member, "must be a text");
  } else if (text->empty() || text->size() > limit) {
    refuse(member, "must have 1 to " + std::to_string(limit) + " bytes");
  } else if (!is_document_text(*text)) {
    refuse(member, "has control characters");
  } else {
    return *text;
  }
  return std::nullopt;
}

std::string Members::text(std::string_view member, std::size_t limit) {
  return need(member) == nullptr ? std::string{} : text_if(member, limit).value_or("");
}

std::string Members::word(std::string_view member, std::initializer_list<std::string_view> words) {
  std::string found = text(member);
  if (!ok() || std::find(words.begin(), words.end(), found) != words.end()) return found;
  std::string list;
  for (const auto word : words) list += (list.empty() ? "" : ", ") + quote(word);
  refuse(member, "is " + quote(found) + ", not one of " + list);
  return {};
}

std::string Members::uuid(std::string_view member) {
  const std::string found = text(member);
  if (ok() && !is_uuid(found)) refuse(member, "must be a UUID");
  return to_lower(found);
}

std::string Members::sha256(std::string_view member) {
  std::string found = text(member);
  if (ok() && !Digest::from_hex(found)) refuse(member, "must be a SHA-256 in lower-case hex");
  return found;
}

std::optional<std::int64_t> Members::integer_if(std::string_view member, std::int64_t least, std::int64_t most) {
  const Json* value = find(member);
  if (value == nullptr) return std::nullopt;
  if (value->is_number_integer() &&
      (!value->is_number_unsigned() || value->get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX))) {
    const auto number = value->get<std::int64_t>();
    if (number >= least && number <= most) return number;
  }
  refuse(member, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

std::int64_t Members::integer(std::string_view member, std::int64_t least, std::int64_t most) {
  return need(member) == nullptr ? 0 : integer_if(member, least, most).value_or(0);
}

std::optional<bool> Members::boolean_if(std::string_view member) {
  const Json* value = find(member);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  refuse(member, "must be true or false");
  return std::nullopt;
}

bool Members::boolean(std::string_view member) { return need(member) != nullptr && boolean_if(member).value_or(false); }

Time Members::time(std::string_view member) {
  const std::string found = text(member);
  if (!ok()) return {};
  const auto time = Time::from_text(found);
  if (!time) refuse(member, "must be a UTC time such as `2026-11-01T00:00:00Z`");
  return time.value_or(Time{});
}

std::vector<std::string> Members::texts_if(std::string_view member, std::size_t most) {
  std::vector<std::string> out;
  const Json* list = array_if(member, most);
  if (list == nullptr) return out;
  std::set<std::string_view> seen;
  for (const Json& item : *list) {
    const auto* text = item.get_ptr<const std::string*>();
    const std::string at = std::to_string(out.size());
    if (text == nullptr || text->empty() || text->size() > text_limit || !is_document_text(*text)) {
      refuse(member, "element " + at + " must be a printable text of 1 to " + std::to_string(text_limit) + " bytes");
      return {};
    }
    if (!seen.insert(*text).second) {
      refuse(member, "element " + at + " stands there twice");
      return {};
    }
    out.push_back(*text);
  }
  return out;
}

std::vector<std::string> Members::texts(std::string_view member, std::size_t most) {
  return need(member) == nullptr ? std::vector<std::string>{} : texts_if(member, most);
}

const Json* Members::object_if(std::string_view member) {
  const Json* value = find(member);
  if (value == nullptr || value->is_object()) return value;
  refuse(member, "must be an object");
  return nullptr;
}

const Json* Members::object(std::string_view member) { return need(member) == nullptr ? nullptr : object_if(member); }

const Json* Members::array_if(std::string_view member, std::size_t most) {
  const Json* value = find(member);
  if (value == nullptr) return nullptr;
  if (value->is_array() && value->size() <= most) return value;
  refuse(member, value->is_array() ? "has more than " + std::to_string(most) + " elements" : "must be an array");
  return nullptr;
}

const Json* Members::array(std::string_view member, std::size_t most) {
  return need(member) == nullptr ? nullptr : array_if(member, most);
}

const Json* Members::any(std::string_view member) { return find(member); }

Result<void> Members::finish() {
  if (const auto unknown = std::find(known_.begin(), known_.end(), false); !error_ && unknown != known_.end()) {
    const auto& members = object_.get_ref<const Json::object_t&>();
    refuse((members.begin() + (unknown - known_.begin()))->first, "is not a known member");
  }
  if (error_) return fail(std::move(*error_));
  return {};
}

}  // namespace airlock::core
