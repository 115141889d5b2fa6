#include "core/members.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/digest.hpp"
#include "core/encoding.hpp"
#include "core/text.hpp"

namespace airlock::core {
namespace {

/// Whether `found` is a later format of the same document: `airlock-kit/3` is later than `airlock-kit/2`.
bool is_later(std::string_view found, std::string_view expected) {
  const auto stem = expected.rfind('/') + 1;
  if (stem == 0 || !found.starts_with(expected.substr(0, stem))) return false;
  const auto number = number_from<unsigned>(found.substr(stem));
  const auto known = number_from<unsigned>(expected.substr(stem));
  return number && known && *number > *known;
}

}  // namespace

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
  if (!ok() || found == expected) return;
  if (is_later(found, expected)) {
    refuse(
        Error{Code::bad_input,
              quote(name_) + ": " + quote(path_of("format")) + ": is " + quote(found) + ", which needs a newer Airlock",
              "install a newer release of Airlock"});
    return;
  }
  refuse("format", "is " + quote(found) + ", not " + quote(expected));
}

std::optional<std::string> Members::text_if(std::string_view member, std::size_t limit) {
  const Json* value = find(member);
  if (value == nullptr) return std::nullopt;
  const auto* text = value->get_ptr<const std::string*>();
  if (text == nullptr) {
    refuse(member, "must be a string");
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

std::optional<std::int64_t> Members::integer_if(std::string_view member, std::int64_t minimum, std::int64_t maximum) {
  const Json* value = find(member);
  if (value == nullptr) return std::nullopt;
  if (value->is_number_integer() &&
      (!value->is_number_unsigned() || value->get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX))) {
    const auto number = value->get<std::int64_t>();
    if (number >= minimum && number <= maximum) return number;
  }
  refuse(member, "must be a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum));
  return std::nullopt;
}

std::int64_t Members::integer(std::string_view member, std::int64_t minimum, std::int64_t maximum) {
  return need(member) == nullptr ? 0 : integer_if(member, minimum, maximum).value_or(0);
}

std::uint64_t Members::count(std::string_view member, std::int64_t minimum) {
  return static_cast<std::uint64_t>(integer(member, minimum, INT64_MAX));
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

std::vector<std::string> Members::texts_if(std::string_view member, std::size_t maximum) {
  std::vector<std::string> out;
  const Json* list = array_if(member, maximum);
  if (list == nullptr) return out;
  std::set<std::string_view> seen;
  for (const Json& item : *list) {
    const auto* text = item.get_ptr<const std::string*>();
    const std::string at = std::to_string(out.size());
    if (text == nullptr || text->empty() || text->size() > text_limit || !is_document_text(*text)) {
      refuse(member, "element " + at + " must be a printable string of 1 to " + std::to_string(text_limit) + " bytes");
      return {};
    }
    if (!seen.insert(*text).second) {
      refuse(member, "element " + at + " occurs twice");
      return {};
    }
    out.push_back(*text);
  }
  return out;
}

std::vector<std::string> Members::texts(std::string_view member, std::size_t maximum) {
  return need(member) == nullptr ? std::vector<std::string>{} : texts_if(member, maximum);
}

const Json* Members::object_if(std::string_view member) {
  const Json* value = find(member);
  if (value == nullptr || value->is_object()) return value;
  refuse(member, "must be an object");
  return nullptr;
}

const Json* Members::object(std::string_view member) { return need(member) == nullptr ? nullptr : object_if(member); }

const Json* Members::array_if(std::string_view member, std::size_t maximum) {
  const Json* value = find(member);
  if (value == nullptr) return nullptr;
  if (value->is_array() && value->size() <= maximum) return value;
  refuse(member, value->is_array() ? "has more than " + std::to_string(maximum) + " elements" : "must be an array");
  return nullptr;
}

const Json* Members::array(std::string_view member, std::size_t maximum) {
  return need(member) == nullptr ? nullptr : array_if(member, maximum);
}

const Json* Members::any(std::string_view member) { return find(member); }

void Members::read_inner(const Json* object, std::string path, const Read& read, Unknown unknown) {
  if (object == nullptr || !ok()) return;
  Members in(*object, name_, std::move(path));
  read(in);
  if (unknown == Unknown::allowed && in.ok()) return;
  if (auto done = in.finish(); !done) refuse(std::move(done).error());
}

void Members::inner(std::string_view member, const Read& read, Unknown unknown) {
  read_inner(object(member), path_of(member), read, unknown);
}

void Members::inner_if(std::string_view member, const Read& read, Unknown unknown) {
  read_inner(object_if(member), path_of(member), read, unknown);
}

void Members::read_each(const Json* list, std::string_view member, const Read& read) {
  for (std::size_t i = 0; list != nullptr && i < list->size() && ok(); ++i) {
    read_inner(&(*list)[i], path_of(member) + "/" + std::to_string(i), read, Unknown::refused);
  }
}

void Members::each(std::string_view member, std::size_t maximum, const Read& read) {
  read_each(array(member, maximum), member, read);
}

void Members::each_if(std::string_view member, std::size_t maximum, const Read& read) {
  read_each(array_if(member, maximum), member, read);
}

Result<void> Members::finish() {
  if (const auto unknown = std::find(known_.begin(), known_.end(), false); !error_ && unknown != known_.end()) {
    const auto& members = object_.get_ref<const Json::object_t&>();
    refuse((members.begin() + (unknown - known_.begin()))->first, "is not a known member");
  }
  if (error_) return fail(std::move(*error_));
  return {};
}

}  // namespace airlock::core
