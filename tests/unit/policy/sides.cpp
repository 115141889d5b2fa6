#include "sides.hpp"

#include <set>

#include "core/json.hpp"
#include "redaction/copies.hpp"
#include "redaction/filter.hpp"
#include "redaction/leak_scan.hpp"

namespace airlock::test {
namespace {

using core::Json;

crypto::Secret key_of(std::size_t bytes) { return crypto::Secret(std::string(bytes, 'k')); }

bool is_written(const std::string& text) {
  const auto dash = text.find('-');
  return text == "[masked]" ||
         (dash != text.npos && text.size() - dash == 27 && dictionary::class_from(text.substr(0, dash)).has_value());
}

/// Whether a key, or a part of it between dots, is a mask or a pseudonym.
bool is_written_key(std::string_view key) {
  for (;;) {
    const std::size_t dot = std::min(key.find('.'), key.size());
    if (is_written(std::string(key.substr(0, dot)))) return true;
    if (dot == key.size()) return false;
    key.remove_prefix(dot + 1);
  }
}

void add_scalars(const Json& json, std::set<std::string>& out) {
  if (!json.is_structured()) out.insert(json.dump());
  if (!json.is_structured()) return;
  for (const Json& each : json) add_scalars(each, out);
}

/// Whether everything in `now` is in `before` too, at its place: as it is, or before something was cut off it. A mask
/// says no more than that something stood there.
bool is_part_of(const Json& now, const Json& before, const std::set<std::string>& originals) {
  if (now.is_object()) {
    if (!before.is_object()) return false;
    for (const auto& [key, value] : now.items()) {
      if (value == "[masked]") continue;
      const auto same = before.find(key);
      bool found = same != before.end() && is_part_of(value, *same, originals);
      if (is_written_key(key)) {
        for (const Json& each : before) found = found || is_part_of(value, each, originals);
      }
      if (!found) return false;
    }
    return true;
  }
  if (now.is_array()) {
    if (!before.is_array()) return false;
    std::size_t at = 0;
    for (const Json& each : now) {
      if (each == "[masked]") continue;
      while (at < before.size() && !is_part_of(each, before[at], originals)) ++at;
      if (at++ == before.size()) return false;
    }
    return true;
  }
  if (now == before || (now.is_string() && is_written(now))) return true;
  return !before.is_structured() && !originals.contains(now.dump());
}

}  // namespace

std::optional<Side> side_of(const Json& document, const Json& redactions) {
  auto dictionary = dictionary::Dictionary::parse(document.dump(), "dictionary.json");
  if (!dictionary) return std::nullopt;
  redaction::Profile profile{"generated", redaction::Undeclared::drop, {}};
  for (const Json& each : redactions) {
    profile.redactions.push_back(redaction::redaction_from(each, "policy.json", "/redactions").value());
  }
  auto plan = redaction::Plan::make(*dictionary, std::span(&profile, 1));
  if (!plan) return std::nullopt;
  policy::Terms terms = policy::terms_of(policy::Disposition::seal, *plan, *dictionary);
  return Side{std::move(*dictionary), std::move(*plan), std::move(terms)};
}

std::string redact(const Side& side, const std::string& report) {
  core::StringSink out(report::report_bytes_maximum);
  REQUIRE(redaction::redact(core::MemoryBlob(report), side.dictionary, side.plan, key_of(32), {}, key_of(16), out));
  return out.take();
}

std::optional<std::string> let_out(const Side& side, const std::string& report, const std::string& note) {
  core::StringSink out(report::report_bytes_maximum);
  const auto redacted =
      redaction::redact(core::MemoryBlob(report), side.dictionary, side.plan, key_of(32), {}, key_of(16), out);
  REQUIRE_MESSAGE(redacted, redacted.error().message);
  const std::vector<redaction::FreeText> texts{{"note", note, true}};
  const auto look = [&](const std::string& bytes) {
    return redaction::scan({core::MemoryBlob(bytes), texts, {}}, side.dictionary, side.plan, {*redacted->taken}, {},
                           key_of(16));
  };
  const auto copies = look(out.bytes());
  if (!copies) return std::nullopt;
  if (copies->places.empty()) return out.take();
  core::StringSink without(report::report_bytes_maximum);
  REQUIRE(redaction::write_without(core::MemoryBlob(out.bytes()), airlock::report::Document::object, copies->places, {},
                                   key_of(16), without));
  const auto again = look(without.bytes());
  REQUIRE_MESSAGE((again && again->places.empty()), "a copy is left");
  return without.take();
}

bool is_part(const std::string& now, const std::string& before, const std::string& report) {
  std::set<std::string> originals;
  add_scalars(Json::parse(report), originals);
  return is_part_of(Json::parse(now), Json::parse(before), originals);
}

}  // namespace airlock::test
