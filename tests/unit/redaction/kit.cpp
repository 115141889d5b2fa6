#include "kit.hpp"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "core/json.hpp"
#include "redaction/pseudonym.hpp"

namespace airlock::redaction::kit {
namespace {

constexpr std::string_view small = R"({
  "format": "airlock-dictionary/1", "name": "small", "product": "p",
  "roles": {"event": "/event", "period_start": "/p/from", "period_end": "/p/to", "every": "P7D"},
  "events": ["report"],
  "twins": {"under": "/p", "separator": "__"},
  "fields": [
    {"path": "/event", "type": "enum", "values": ["report"], "class": "usage"},
    {"path": "/id", "type": "uuid", "class": "time"},
    {"path": "/p/from", "type": "time", "class": "time"},
    {"path": "/p/to", "type": "time", "class": "time"},
    {"path": "/p/ip", "type": "ip", "class": "identifier"},
    {"path": "/p/seen", "type": ["time", "ip"], "class": "location"},
    {"path": "/p/host", "type": "hostname", "class": "identifier"},
    {"path": "/p/site", "type": ["url", "enum"], "values": ["unknown"], "class": "identifier"},
    {"path": "/p/owner", "type": "email", "class": "person"},
    {"path": "/p/key", "type": "text", "class": "licence"},
    {"path": "/p/version", "type": "version", "class": "version"},
    {"path": "/p/deployment", "type": "text", "class": "deployment"},
    {"path": "/p/flag", "type": "boolean", "class": "deployment"},
    {"path": "/p/blank", "type": "empty", "class": "content"},
    {"path": "/p/total", "type": "count", "class": "usage"},
    {"path": "/p/change", "type": "integer", "class": "usage"},
    {"path": "/p/ratio", "type": "number", "class": "location"},
    {"path": "/p/labels/*", "type": "text", "class": "content"},
    {"path": "/p/teams/*", "key": {"type": "text", "class": "identifier"}},
    {"path": "/p/teams/*/size", "type": "count", "class": "usage"},
    {"path": "/p/teams/*/names/*", "type": "count", "class": "usage", "key": {"type": ["text", "empty"], "class": "content"}},
    {"path": "/p/hosts/*", "type": "count", "class": "usage", "key": {"type": "ip", "class": "transport"}},
    {"path": "/p/days/*", "type": "count", "class": "usage", "key": {"type": "time", "class": "time"}},
    {"path": "/p/mix/1.0", "type": "text", "class": "deployment"},
    {"path": "/p/mix/*", "type": "text", "class": "deployment", "key": {"type": "version", "class": "version"}},
    {"path": "/p/users/*/name", "type": "text", "class": "person"},
    {"path": "/p/users/*/age", "type": "integer", "class": "person"},
    {"path": "/p/a~1~0~2b", "type": "text", "class": "deployment"}]})";

std::string read_file(const std::string& name) {
  std::ifstream in(std::string(AIRLOCK_SOURCE_ROOT) + "/" + name, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

crypto::Secret pseudonym_key() { return crypto::Secret(std::string(32, 'p')); }
crypto::Secret fingerprint_key() { return crypto::Secret(std::string(16, 'f')); }

}  // namespace

const dictionary::Dictionary& small_dictionary() {
  static const auto parsed = dictionary::Dictionary::parse(small, "small.json").value();
  return parsed;
}

const dictionary::Dictionary& shipped_dictionary() {
  static const auto parsed =
      dictionary::Dictionary::parse(read_file("policy/dictionary/posthog-status-report.json"), "shipped").value();
  return parsed;
}

const std::string& published_report() {
  static const std::string report = read_file("tests/kit/status_report.json");
  return report;
}

Plan make_plan(const dictionary::Dictionary& dictionary, const std::vector<std::string>& redactions,
               Undeclared undeclared) {
  Profile profile{"test", undeclared, {}};
  for (const auto& text : redactions) {
    profile.redactions.push_back(redaction_from(core::parse_json(text, "test").value(), "test", "/0").value());
  }
  return Plan::make(dictionary, std::vector{profile}).value();
}

Plan shipped_plan(std::string_view profile) {
  std::vector<std::string> redactions;
  if (profile == "as-published") return make_plan(shipped_dictionary(), redactions, Undeclared::refuse);
  redactions = {R"({"class": "person", "do": "drop"})", R"({"class": "location", "do": "drop"})",
                R"({"path": "/properties/$ip", "do": "truncate_ip", "v4": 24, "v6": 48})"};
  if (profile == "no-person") return make_plan(shipped_dictionary(), redactions);
  for (const std::string cls : {"identifier", "licence", "content"}) {
    redactions.push_back(R"({"class": ")" + cls + R"(", "do": "pseudonymise"})");
  }
  if (profile == "baseline") return make_plan(shipped_dictionary(), redactions);
  if (profile != "strict") throw std::invalid_argument("no such profile");
  redactions.insert(redactions.end(),
                    {R"({"class": "content", "do": "drop"})", R"({"class": "transport", "do": "drop"})",
                     R"({"class": "time", "do": "truncate_time", "to": "day"})"});
  return make_plan(shipped_dictionary(), redactions);
}

std::vector<std::string> Outcome::counts() const {
  std::vector<std::string> out;
  for (const DatumCount& count : value().counts) {
    out.push_back(count.path + " " + count.what + " " + count.action + " " + std::to_string(count.count));
  }
  return out;
}

std::set<std::string> Outcome::needles() const {
  std::set<std::string> out;
  for (const auto* needles : {&value().taken->texts(), &value().taken->numbers()}) {
    for (const auto& [text, trace] : *needles) {
      if (trace.classes.none()) out.insert("note: " + text);
      for (std::size_t i = 0; i < dictionary::class_count; ++i) {
        if (trace.classes.test(i)) out.insert(std::string(name(static_cast<dictionary::Class>(i))) + ": " + text);
      }
    }
  }
  return out;
}

Outcome redact(const dictionary::Dictionary& dictionary, const Plan& plan, std::string_view report) {
  core::StringSink out(report::report_bytes_maximum);
  auto result =
      redaction::redact(core::MemoryBlob(report), dictionary, plan, pseudonym_key(), {}, fingerprint_key(), out);
  return {std::move(result), out.take()};
}

std::string scan_bytes(const dictionary::Dictionary& dictionary, const Plan& plan, std::string_view disclosed,
                       const TakenOut& taken, const std::vector<FreeText>& texts,
                       const std::vector<std::string>& needed) {
  const core::MemoryBlob blob(disclosed);
  const auto scanned = redaction::scan({blob, texts, needed}, dictionary, plan, {taken}, {}, fingerprint_key());
  if (!scanned) return scanned.error().message;
  std::string out;
  for (const Copied& copied : scanned->found) {
    out += (out.empty() ? "" : "; ") + copied.path + " <- " + copied.source + " " + std::to_string(copied.count);
  }
  return out;
}

std::string scan(const dictionary::Dictionary& dictionary, const Plan& plan, const Outcome& outcome,
                 const std::vector<FreeText>& texts) {
  return scan_bytes(dictionary, plan, outcome.bytes, *outcome.value().taken, texts);
}

std::string without_copies(const dictionary::Dictionary& dictionary, const Plan& plan, const Outcome& outcome) {
  const core::MemoryBlob blob(outcome.bytes);
  const auto copies =
      redaction::scan({blob, {}, {}}, dictionary, plan, {*outcome.value().taken}, {}, fingerprint_key());
  if (!copies) throw std::runtime_error(copies.error().message);
  core::StringSink out(report::report_bytes_maximum);
  if (!write_without(blob, dictionary.document(), copies->places, {}, fingerprint_key(), out))
    throw std::runtime_error("not well-formed");
  const std::string bytes = out.take();
  if (const auto again = scan_bytes(dictionary, plan, bytes, *outcome.value().taken); !again.empty()) {
    throw std::runtime_error("the second look found " + again);
  }
  return bytes;
}

std::string report_with(std::string_view members) { return R"({"event":"report","p":{)" + std::string(members) + "}}"; }

Plan dropping(const std::vector<std::string>& selectors) {
  std::vector<std::string> redactions;
  for (const auto& selector : selectors) redactions.push_back("{" + selector + R"(,"do":"drop"})");
  return make_plan(small_dictionary(), redactions);
}

std::string scan_left(const Plan& plan, std::string_view taken, std::string_view left,
                      const std::vector<FreeText>& texts) {
  const auto outcome = redact(small_dictionary(), plan, report_with(taken));
  return scan_bytes(small_dictionary(), plan, report_with(left), *outcome.value().taken, texts);
}

std::string pseudonym_of(dictionary::Class cls, std::string_view path, std::string_view value) {
  crypto::HmacSha256 keyed(pseudonym_key());
  return pseudonym(keyed, cls, path, value);
}

}  // namespace airlock::redaction::kit
