// The promise of the ceiling, on generated dictionaries, redactions and reports: whatever a decision that is nowhere
// looser lets out, the other lets out too, the same bytes or more of them, the leak scan's outcome included. What it
// has found stays in ceiling_test.cpp as ordinary cases.

#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>

#include "policy/ceiling.hpp"
#include "redaction/copies.hpp"
#include "redaction/filter.hpp"
#include "redaction/leak_scan.hpp"
#include "support.hpp"

namespace airlock::test::outcome {

using core::Json;
using policy::Terms;

crypto::Secret key_of(std::size_t bytes) { return crypto::Secret(std::string(bytes, 'k')); }

/// A dictionary with the treatments that some redactions give it.
struct Side {
  dictionary::Dictionary dictionary;
  redaction::Plan plan;
  Terms terms;
};

/// Nothing where the documents do not go together.
std::optional<Side> side_of(const Json& document, const Json& redactions) {
  auto dictionary = dictionary::Dictionary::parse(document.dump(), "dictionary.json");
  if (!dictionary) return std::nullopt;
  redaction::Profile profile{"generated", redaction::Undeclared::drop, {}};
  for (const Json& each : redactions) {
    profile.redactions.push_back(redaction::redaction_from(each, "policy.json", "/redactions").value());
  }
  auto plan = redaction::Plan::make(*dictionary, std::span(&profile, 1));
  if (!plan) return std::nullopt;
  Terms terms = policy::terms_of(policy::Disposition::seal, *plan, *dictionary);
  return Side{std::move(*dictionary), std::move(*plan), std::move(terms)};
}

std::string redact(const Side& side, const std::string& report) {
  core::StringSink out(report::report_bytes_most);
  REQUIRE(redaction::redact(core::MemoryBlob(report), side.dictionary, side.plan, key_of(32), {}, key_of(16), out));
  return out.take();
}

/// What leaves of a report: redacted, then without the copies that the leak scan finds. Nothing where it is held.
std::optional<std::string> let_out(const Side& side, const std::string& report, const std::string& note) {
  core::StringSink out(report::report_bytes_most);
  const auto redacted =
      redaction::redact(core::MemoryBlob(report), side.dictionary, side.plan, key_of(32), {}, key_of(16), out);
  REQUIRE_MESSAGE(redacted, redacted.error().message);
  const std::vector<redaction::FreeText> texts{{"note", note, true}};
  const auto look = [&](const std::string& bytes) {
    return redaction::scan({core::MemoryBlob(bytes), texts, {}}, side.dictionary, side.plan, *redacted->taken, {},
                           key_of(16));
  };
  const auto copies = look(out.bytes());
  if (!copies) return std::nullopt;
  if (copies->places.empty()) return out.take();
  core::StringSink without(report::report_bytes_most);
  REQUIRE(redaction::write_without(core::MemoryBlob(out.bytes()), copies->places, {}, key_of(16), without));
  const auto again = look(without.bytes());
  REQUIRE_MESSAGE((again && again->places.empty()), "a copy is left");
  return without.take();
}

bool is_written(const std::string& text) {
  const auto dash = text.find('-');
  return text == "[masked]" ||
         (dash != text.npos && text.size() - dash == 27 && dictionary::class_from(text.substr(0, dash)).has_value());
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
      if (is_written(key)) {
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

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  Json dictionary() {
    Json out = Json::parse(R"({"format": "airlock-dictionary/1", "name": "generated", "product": "p",
      "roles": {"event": "/event"}, "events": ["weekly"], "fields": [
      {"path": "/event", "type": "enum", "values": ["weekly"], "class": "usage"}]})");
    if (flip()) out["twins"] = {{"under", "/p"}, {"separator", "__"}};
    for (const char* path : {"/p/a", "/p/b", "/p/c", "/p/d/e", "/p/list/*", "/p/rows/*/x", "/p/rows/*/y"}) {
      if (pick(4) != 0) out["fields"].push_back(field(path));
    }
    if (pick(4) != 0) {
      out["fields"].push_back({{"path", "/p/teams/*"}, {"key", key()}});
      for (const char* path : {"/p/teams/*/x", "/p/teams/*/y"}) out["fields"].push_back(field(path));
    }
    return out;
  }

  Json redactions() {
    Json out = Json::array();
    for (const char* cls : {"person", "identifier", "content", "usage"}) {
      if (pick(3) != 0) out.push_back({{"class", cls}, {"do", pick(4) == 0 ? "pseudonymise" : "drop"}});
    }
    if (pick(3) == 0) out.push_back({{"path", "/p/a"}, {"do", pick(3) == 0 ? "mask" : "drop"}});
    if (pick(3) == 0) out.push_back({{"path", "/p/b"}, {"do", "truncate_ip"}, {"v4", 16}, {"v6", 32}});
    return out;
  }

  /// Another dictionary or other redactions, by one change that somebody may think of.
  void change(Json& dictionary, Json& redactions) {
    Json& fields = dictionary["fields"];
    Json& some = fields[pick(fields.size())];
    const bool of_key = some.contains("key") && (!some.contains("type") || flip());
    Json& declared = of_key ? some["key"] : some;
    switch (pick(15)) {
      case 0:
      case 1:
        declared["class"] = cls();
        break;
      case 2:
      case 3: {
        const Json other = of_key ? key() : field("/");
        declared["type"] = other["type"];
        declared.erase("values");
        if (other.contains("values")) declared["values"] = other["values"];
        break;
      }
      case 4:
        if (fields.size() > 2) fields.erase(1 + pick(fields.size() - 1));
        break;
      case 5:
        fields.push_back(
            field(pick_from({"/p/teams/jane.roe@example.com/x", "/p/teams/Roehampton/x", "/p/teams/k1/y"})));
        break;
      case 6:
        fields.push_back(
            field(pick_from({"/p/new", "/p/a__b", "/p/d/new", "/p/new/deep", "/p/news/*/x", "/p/list/*/x"})));
        break;
      case 7:
        if (flip()) {
          dictionary["twins"] = {{"under", "/p"}, {"separator", pick_from({"__", "_", "--"})}};
        } else {
          dictionary.erase("twins");
        }
        break;
      case 8:
        if (declared["type"].is_array()) std::reverse(declared["type"].begin(), declared["type"].end());
        break;
      case 9:
        if (some.contains("key") && some.contains("type")) some.erase("key");
        for (Json& each : fields) {
          if (each["path"] == "/p/rows/*") return;
        }
        if (flip()) fields.push_back({{"path", "/p/rows/*"}, {"key", key()}});
        break;
      case 10:
        if (!redactions.empty()) redactions.erase(pick(redactions.size()));
        break;
      default:
        redactions.push_back({{"path", some["path"]}, {"do", pick(3) == 0 ? "pseudonymise" : "drop"}});
        if (of_key) redactions.back()["of"] = "key";
        break;
    }
  }

  /// A report in which one text stands at a few places, whole or in another text; every other value stands once.
  Json report(const Json& dictionary) {
    victim_ = pick_from(texts);
    const auto at = [&](const std::string& path) { return value(dictionary, path); };
    Json out{{"event", "weekly"}};
    Json& p = out["p"];
    for (const char* name : {"a", "b", "c", "new", "a__b", "d__e", "a_b", "teams__k1__x", "odd"}) {
      if (flip()) p[name] = at("/p/" + std::string(name));
    }
    if (flip()) p["d"] = {{"e", at("/p/d/e")}, {"new", at("/p/d/new")}};
    if (pick(4) == 0) p["new"] = {{"deep", at("/p/new/deep")}};
    if (flip()) p["list"] = {at("/p/list/*"), at("/p/list/*")};
    if (flip()) p["rows"] = {{{"x", at("/p/rows/*/x")}, {"y", at("/p/rows/*/y")}}, {{"x", at("/p/rows/*/x")}}};
    if (pick(6) == 0) p["rows"] = {{"k1", {{"x", at("/p/rows/*/x")}}}};
    if (pick(4) == 0) p["news"] = {{{"x", at("")}}};
    for (const std::string& name : {std::string("k1"), std::string("10.1.2.3"), victim_}) {
      if (pick(3) == 0) p["teams"][name] = {{"x", at("/p/teams/*/x")}, {"y", at("/p/teams/*/y")}};
    }
    return out;
  }

  /// The text that stands at several places of the last report.
  [[nodiscard]] const std::string& victim() const { return victim_; }

  std::string note() { return pick(3) == 0 ? "about " + victim_ + " again" : ""; }

 private:
  inline static const std::vector<std::string> texts{"jane.roe@example.com", "Roehampton", "Anna", "10.1.2.3"};

  std::size_t pick(std::size_t count) { return random_() % count; }
  bool flip() { return pick(2) == 0; }
  std::string pick_from(const std::vector<std::string>& from) { return from[pick(from.size())]; }

  std::string cls() { return pick_from({"person", "identifier", "content", "usage"}); }
  Json field(const std::string& path) {
    static const std::vector<Json> types{"text",  "text",         "text",         "email", "ip",
                                         "count", {"ip", "text"}, {"text", "ip"}, "enum"};
    Json out{{"path", path}, {"type", types[pick(types.size())]}, {"class", cls()}};
    if (out["type"] == "enum") out["values"] = {"red", pick_from(texts) + "!"};
    if (out["type"] == "enum" && flip()) out["values"].push_back(pick_from({"Roehampton", "jane.roe@example.com"}));
    return out;
  }
  Json key() {
    Json out = field("/");
    if (out["type"] == "count") out["type"] = "text";
    out.erase("path");
    return out;
  }
  /// Of a type that is declared for the path, but for one in eight.
  Json value(const Json& dictionary, const std::string& path) {
    std::string type = "text";
    for (const Json& field : dictionary["fields"]) {
      if (field["path"] != path || !field.contains("type") || pick(8) == 0) continue;
      const Json& declared = field["type"];
      type = declared.is_array() ? declared[pick(declared.size())] : declared;
      if (type != "enum") continue;
      const Json& values = field["values"];
      const bool has_victim = std::find(values.begin(), values.end(), Json(victim_)) != values.end();
      return has_victim ? Json(victim_) : values[pick(values.size())];
    }
    const std::string number = std::to_string(++made_ % 250);
    if (type == "count") return 7;
    if (type == "ip") return victim_ == "10.1.2.3" && flip() ? victim_ : "10." + number + ".2.3";
    if (type == "email") return victim_.find('@') != victim_.npos && flip() ? victim_ : "a" + number + "@example.com";
    switch (pick(5)) {
      case 0:
        return victim_;
      case 1:
        return "see " + victim_;
      default:
        return "value " + number;
    }
  }

  std::mt19937 random_;
  std::string victim_;
  int made_ = 0;
};

bool is_part(const std::string& now, const std::string& before, const std::string& report) {
  std::set<std::string> originals;
  add_scalars(Json::parse(report), originals);
  return is_part_of(Json::parse(now), Json::parse(before), originals);
}

/// Whether one decision lets out of a report what another does not: `released`, or else why both let out the same.
std::string lets_out_more(const Side& now, const Side& before, const std::string& report, const std::string& note) {
  const auto out = let_out(now, report, note);
  if (!out) return "nothing is let out";
  const auto formerly = let_out(before, report, note);
  return formerly && is_part(*out, *formerly, report) ? "what is let out was let out before: " + *out : "released";
}

TEST_CASE("what a decision that is nowhere looser lets out, the other lets out too, the same bytes or more") {
  const char* const all = std::getenv("AIRLOCK_TEST_LONG");
  const bool in_full = all != nullptr && std::string_view(all) == "1";
  const int pairs = in_full ? 200'000 : 1'500;
  Generator generator(20261128);
  int compared = 0;
  int let_out_now = 0;
  for (int i = 0; i < pairs; ++i) {
    const Json document = generator.dictionary();
    const Json redactions = generator.redactions();
    Json changed = document;
    Json changed_redactions = redactions;
    for (int changes = 1 + i % 2; changes > 0; --changes) generator.change(changed, changed_redactions);
    const auto before = side_of(document, redactions);
    if (!before || (changed == document && changed_redactions == redactions)) continue;
    const auto now = side_of(changed, changed_redactions);
    if (!now || !policy::nowhere_looser(now->terms, before->terms)) continue;
    ++compared;
    for (int each = 0; each < 6; ++each) {
      const std::string report = generator.report((i + each) % 2 == 0 ? changed : document).dump();
      const std::string note = generator.note();
      const auto out = let_out(*now, report, note);
      if (!out) continue;
      ++let_out_now;
      const auto formerly = let_out(*before, report, note);
      INFO("before: " << document.dump() << "\n"
                      << redactions.dump() << "\nnow: " << changed.dump() << "\n"
                      << changed_redactions.dump() << "\nreport: " << report << "\nnote: " << note
                      << "\nlet out before: " << formerly.value_or("nothing") << "\nlet out now: " << *out);
      REQUIRE(formerly);
      // A member that went as a copy may stay once its key is a pseudonym, which copies nothing: what stays of it the
      // redactions before let stay as well, and the text that stands in several places is in it only if it was before.
      REQUIRE(is_part(*out, redact(*before, report), report));
      REQUIRE((out->find(generator.victim()) == out->npos || formerly->find(generator.victim()) != formerly->npos));
    }
  }
  MESSAGE(pairs << " pairs of decisions, " << compared << " nowhere looser, " << let_out_now << " reports let out");
  CHECK(compared > pairs / 20);
  CHECK(let_out_now > pairs / 20);
}

Json small_kit() {
  return Json::parse(R"({"format": "airlock-dictionary/1", "name": "small", "product": "p",
    "roles": {"event": "/event"}, "events": ["weekly"], "twins": {"under": "/p", "separator": "__"}, "fields": [
    {"path": "/event", "type": "enum", "values": ["weekly"], "class": "usage"},
    {"path": "/p/mail", "type": "text", "class": "person"},
    {"path": "/p/d/mail", "type": "text", "class": "person"},
    {"path": "/p/free", "type": "text", "class": "content"},
    {"path": "/p/secret", "type": "text", "class": "content"},
    {"path": "/p/address", "type": ["text", "ip"], "class": "usage"},
    {"path": "/p/rows/*/x", "type": "text", "class": "person"},
    {"path": "/p/teams/*", "key": {"type": "text", "class": "identifier"}},
    {"path": "/p/teams/*/x", "type": "count", "class": "usage"},
    {"path": "/p/teams/*/s", "type": "text", "class": "content"},
    {"path": "/p/teams/known/x", "type": "text", "class": "person"},
    {"path": "/p/hosts/*", "type": "count", "class": "usage", "key": {"type": ["ip", "text"], "class": "usage"}}]})");
}

Json small_redactions() {
  return Json::parse(R"([{"class": "person", "do": "drop"}, {"class": "identifier", "do": "drop"},
    {"path": "/p/secret", "do": "drop"}, {"path": "/p/address", "do": "truncate_ip", "v4": 16, "v6": 32},
    {"path": "/p/hosts/*", "of": "key", "do": "truncate_ip", "v4": 16, "v6": 32},
    {"path": "/p/teams/*/s", "do": "drop"}])");
}

Json& field_of(Json& dictionary, const std::string& path) {
  for (Json& field : dictionary["fields"]) {
    if (field["path"] == path) return field;
  }
  throw std::out_of_range(path);
}

void undeclare(Json& dictionary, const std::string& path) {
  Json& fields = dictionary["fields"];
  fields.erase(std::find_if(fields.begin(), fields.end(), [&](const Json& field) { return field["path"] == path; }));
}

void declare(Json& dictionary, const std::string& path, const Json& type, const std::string& cls) {
  dictionary["fields"].push_back({{"path", path}, {"type", type}, {"class", cls}});
}

struct Change {
  std::string words;  ///< of the difference that tells it
  std::function<void(Json& dictionary, Json& redactions)> make;
  std::string members;  ///< of a report that lets out more, of its object `p`
};

const std::vector<Change>& loosening_changes() {
  static const std::vector<Change> changes{
      {"the class of `/p/mail`: `person` -> `content`",
       [](Json& d, Json& r) {
         field_of(d, "/p/mail")["class"] = "content";
         r.push_back({{"path", "/p/mail"}, {"do", "drop"}});
       },
       R"("mail": "jane@bank.example", "free": "by jane@bank.example")"},
      {"what of the value of `/p/mail` is looked for elsewhere: `text` -> not `enum jane@bank.example`",
       [](Json& d, Json&) {
         field_of(d, "/p/mail").update({{"type", "enum"}, {"values", {"jane@bank.example"}}});
       },
       R"("mail": "jane@bank.example", "free": "by jane@bank.example")"},
      {"the value of `/p/mail`: drop, class `person` -> not declared", [](Json& d, Json&) { undeclare(d, "/p/mail"); },
       R"("mail": "Roehampton", "free": "by Roehampton")"},
      {"the member `/p/teams/Roehampton`: one of `/p/teams/*` -> declared by its name",
       [](Json& d, Json&) { declare(d, "/p/teams/Roehampton/x", "count", "person"); },
       R"("teams": {"Roehampton": {"x": 1}}, "free": "in Roehampton")"},
      {"the member `/p/teams/known`: declared by its name -> one of `/p/teams/*`",
       [](Json& d, Json&) { undeclare(d, "/p/teams/known/x"); },
       R"("teams": {"known": {"x": "Roehampton"}}, "free": "in Roehampton")"},
      {"the class of the key of `/p/teams/*`: `identifier` -> `content`",
       [](Json& d, Json& r) {
         field_of(d, "/p/teams/*")["key"]["class"] = "content";
         r.push_back({{"path", "/p/teams/*"}, {"of", "key"}, {"do", "drop"}});
       },
       R"("teams": {"Roehampton": {"x": 1}}, "free": "in Roehampton")"},
      {"under which keys values of `/p/teams/*` are looked for elsewhere: `text` -> `ip`",
       [](Json& d, Json&) { field_of(d, "/p/teams/*")["key"]["type"] = "ip"; },
       R"("teams": {"k": {"s": "Anna"}}, "free": "Anna")"},
      {"which names are twins: those with `__` in `/p` -> none", [](Json& d, Json&) { d.erase("twins"); },
       R"("d__mail": "Roehampton", "free": "by Roehampton")"},
      {"which names are twins: those with `__` in `/p` -> those with `--` in `/p`",
       [](Json& d, Json&) { d["twins"]["separator"] = "--"; }, R"("d__mail": "Roehampton", "free": "by Roehampton")"},
      {"the member `/p/d__mail`: a twin -> declared by its name",
       [](Json& d, Json& r) {
         declare(d, "/p/d__mail", {"enum"}, "person");
         field_of(d, "/p/d__mail")["values"] = {"jane@bank.example"};
         r.push_back({{"path", "/p/d__mail"}, {"do", "drop"}});
       },
       R"("d__mail": "jane@bank.example", "free": "by jane@bank.example")"},
      {"the class of `/p/free`: `content`, so that copies of `/p/secret` were looked for in `/p/free` -> `usage`",
       [](Json& d, Json&) { field_of(d, "/p/free")["class"] = "usage"; }, R"("secret": "red fox", "free": "red fox")"},
      {"what may stand for the value of `/p/address`: `text`, `ip` -> `ip`, `text`",
       [](Json& d, Json&) {
         field_of(d, "/p/address")["type"] = {"ip", "text"};
       },
       R"("address": "10.1.2.3")"},
      {"what may stand for the value of `/p/address`: `text`, `ip` -> `ip`",
       [](Json& d, Json&) { field_of(d, "/p/address")["type"] = "ip"; }, R"("address": "10.1.2.3")"},
      {"what may stand for the value of `/p/address`: `text`, `ip` -> `text`, `ip`",
       [](Json&, Json& r) {
         r[3] = {{"path", "/p/address"}, {"do", "pseudonymise"}};
       },
       R"("address": "here")"},
      {"what `/p/rows/*` stands for: elements of an array -> members of an object",
       [](Json& d, Json&) {
         d["fields"].push_back({{"path", "/p/rows/*"}, {"key", {{"type", "text"}, {"class", "person"}}}});
       },
       R"("rows": [{"x": "Roehampton"}], "free": "in Roehampton")"},
      {"an object or array at `/p/list`: not declared -> kept",
       [](Json& d, Json&) { declare(d, "/p/list/*/x", "text", "person"); }, R"("list": [{"x": "a"}, {}, {}])"},
      {"the key of `/p/hosts/*`: truncate_ip to /16 and /32 -> pseudonymise",
       [](Json&, Json& r) {
         r[4] = {{"path", "/p/hosts/*"}, {"of", "key"}, {"do", "pseudonymise"}};
       },
       R"("hosts": {"10.1.2.3": 1, "10.1.2.4": 2})"},
      {"the value of `/p/new`: not declared -> keep", [](Json& d, Json&) { declare(d, "/p/new", "count", "usage"); },
       R"("new": 1)"},
      {"the value of `/p/secret`: drop -> mask", [](Json&, Json& r) { r[2]["do"] = "mask"; }, ""},
      {"an e-mail address as the value of `/p/new`: looked for as `person` -> looked for as `content`",
       [](Json& d, Json& r) {
         declare(d, "/p/new", "text", "content");
         r.push_back({{"path", "/p/new"}, {"do", "drop"}});
       },
       ""},
      {"an e-mail address as the value of `/p/new`: looked for as `person` -> not looked for",
       [](Json& d, Json&) {
         declare(d, "/p/new", "enum", "person");
         field_of(d, "/p/new")["values"] = {"jane@bank.example"};
       },
       ""},
      {"what of the value of `/p/mail` is looked for elsewhere: `text` -> not `time`",
       [](Json& d, Json&) {
         field_of(d, "/p/mail")["type"] = {"text", "time"};
       },
       ""},
      {"the value that says the event: `/event` -> `/kind`",
       [](Json& d, Json&) {
         field_of(d, "/event")["path"] = "/kind";
         d["roles"]["event"] = "/kind";
       },
       ""},
      {"the value that ends the period: none -> `/to`",
       [](Json& d, Json&) {
         declare(d, "/from", "time", "person");
         declare(d, "/to", "time", "person");
         d["roles"].update({{"period_start", "/from"}, {"period_end", "/to"}});
       },
       ""}};
  return changes;
}

TEST_CASE("every kind of change that lets out more is looser, and its message names it") {
  const auto before = side_of(small_kit(), small_redactions());
  REQUIRE(before);
  for (const Change& change : loosening_changes()) {
    CAPTURE(change.words);
    Json document = small_kit();
    Json redactions = small_redactions();
    change.make(document, redactions);
    const auto now = side_of(document, redactions);
    REQUIRE(now);
    std::vector<std::string> texts;
    for (const auto& each : policy::loosenings(now->terms, &before->terms)) texts.push_back(each.text());
    CAPTURE(texts);
    CHECK(std::find(texts.begin(), texts.end(), change.words) != texts.end());
    if (change.members.empty()) continue;  // not by what is in a report's object, or not yet by this leak scan
    CHECK(lets_out_more(*now, *before, R"({"event": "weekly", "p": {)" + change.members + "}}", "") == "released");
  }
}

TEST_CASE("what only tightens is nowhere looser") {
  const auto before = side_of(small_kit(), small_redactions());
  REQUIRE(before);
  const std::vector<std::function<void(Json&, Json&)>> changes{
      [](Json& d, Json&) { field_of(d, "/p/mail")["class"] = "location"; },  // of the same rank, and dropped too
      [](Json& d, Json&) { field_of(d, "/p/free")["class"] = "person"; },
      [](Json& d, Json&) { field_of(d, "/p/hosts/*")["key"]["type"] = "ip"; },
      [](Json& d, Json&) { undeclare(d, "/p/free"); },  // was kept, and leaves no more
      [](Json& d, Json&) { declare(d, "/p/new", "text", "person"); },
      [](Json& d, Json&) { declare(d, "/p/d/new", "count", "person"); },
      [](Json&, Json& r) {
        r.push_back({{"class", "usage"}, {"do", "drop"}});
      },
      [](Json&, Json& r) {
        r.push_back({{"path", "/p/free"}, {"do", "pseudonymise"}});
      },
      [](Json&, Json& r) { r[3]["v4"] = 8; },
      [](Json& d, Json&) { std::reverse(d["fields"].begin(), d["fields"].end()); },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    CAPTURE(i);
    Json document = small_kit();
    Json redactions = small_redactions();
    changes[i](document, redactions);
    if (i == 0) redactions.push_back({{"class", "location"}, {"do", "drop"}});
    const auto now = side_of(document, redactions);
    REQUIRE(now);
    std::vector<std::string> texts;
    for (const auto& each : policy::loosenings(now->terms, &before->terms)) texts.push_back(each.text());
    CHECK(texts == std::vector<std::string>{});
  }
}

/// A ceiling as the release before this one wrote it: without classes, and without what is dropped.
Json released_document(const Terms& terms) {
  const auto groups = [](const policy::Fields& fields) {
    Json out = Json::array();
    for (const auto& [path, field] : fields) {
      if (field.treatment.action == redaction::Action::drop) continue;
      out.push_back({{"treatment", redaction::to_json(field.treatment)},
                     {"takes", std::set(field.takes.begin(), field.takes.end())},
                     {"paths", {path}}});
    }
    return out;
  };
  return {{"events", {{"weekly", 0U}}},
          {"terms", Json::array({{{"disposition", "seal"},
                                  {"recipients", Json::array()},
                                  {"destinations", Json::array()},
                                  {"twins", "drop"},
                                  {"values", groups(terms.values)},
                                  {"keys", groups(terms.keys)}}})}};
}

TEST_CASE("a ceiling without classes takes them from the dictionary that it was made of, and from no other") {
  const auto side = side_of(small_kit(), small_redactions());
  REQUIRE(side);
  const auto released = policy::ceiling_from(released_document(side->terms), "entry");
  REQUIRE_MESSAGE(released, released.error().message);
  const Terms& bare = released->at("weekly");
  CHECK_FALSE(bare.has_classes);
  const auto looser = policy::loosenings(side->terms, &bare);
  REQUIRE(looser.size() == 1);
  CHECK(looser[0].text() == "classes of values and keys: not recorded, by an older release -> known");
  CHECK(policy::loosenings(bare, &bare).size() == 1);
  CHECK(policy::lowered(*released, {{"weekly", side->terms}}) == *released);
  CHECK(*policy::ceiling_from(policy::to_json(*released), "entry") == *released);

  Terms terms = bare;
  CHECK(policy::complete(terms, side->dictionary));
  CHECK(terms == side->terms);
  CHECK(policy::complete(terms, side->dictionary));
  for (const char* path : {"/p/free", "/p/address"}) {
    Json document = small_kit();
    field_of(document, path)["type"] = "ip";
    const auto other = side_of(document, Json::array());
    REQUIRE(other);
    terms = bare;
    CHECK_FALSE(policy::complete(terms, other->dictionary));
    CHECK(terms == bare);
  }
  Json unknown = policy::to_json(*released);
  unknown["format"] = "airlock-ceiling/3";
  const auto read = policy::ceiling_from(unknown, "entry");
  REQUIRE_FALSE(read);
  CHECK(read.error().code == core::Code::integrity);
  CHECK(read.error().hint == "upgrade airlock");
}

}  // namespace airlock::test::outcome
