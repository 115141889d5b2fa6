// Single changes of a small kit: those that let out more are looser and are named, those that only tighten are not; and
// what a ceiling without classes makes of them.

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "core/json.hpp"
#include "sides.hpp"

namespace airlock::test {
namespace {

using core::Json;
using policy::Terms;

/// Whether one decision lets out of a report what another does not: `released`, or else why both let out the same.
std::string lets_out_more(const Side& now, const Side& before, const std::string& report, const std::string& note) {
  const auto out = let_out(now, report, note);
  if (!out) return "nothing is let out";
  const auto formerly = let_out(before, report, note);
  return formerly && is_part(*out, *formerly, report) ? "what is let out was let out before: " + *out : "released";
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
      {"the value that names the event: `/event` -> `/kind`",
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
  unknown["format"] = "airlock-ceiling/4";
  const auto read = policy::ceiling_from(unknown, "entry");
  REQUIRE_FALSE(read);
  CHECK(read.error().code == core::Code::integrity);
  CHECK(read.error().hint == "upgrade airlock");
}

}  // namespace
}  // namespace airlock::test
