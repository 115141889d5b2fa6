// The promise of the ceiling, on generated dictionaries, redactions and reports. If a decision is nowhere looser than
// another, whatever it lets out leaves under the other too, with the same bytes or more of them, the outcome of the
// leak scan included. Faults that this test found are ordinary cases in ceiling_test.cpp.

#include <nlohmann/json.hpp>
#include <random>

#include "core/json.hpp"
#include "long_run.hpp"
#include "sides.hpp"

namespace airlock::test {
namespace {

using core::Json;

class KitGenerator {
 public:
  explicit KitGenerator(unsigned seed) : random_(seed) {}

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
    for (const char* path : {"/p/keys/s.*.c", "/p/keys/s.*", "/p/keys/*.*.c"}) {
      if (pick(4) == 0) out["fields"].push_back(pattern(path));
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
    if (pick(3) == 0) out.push_back(by_type());
    return out;
  }

  /// Another dictionary or other redactions, by one change that somebody may think of.
  void change(Json& dictionary, Json& redactions) {
    Json& fields = dictionary["fields"];
    Json& some = fields[pick(fields.size())];
    const bool of_key = some.contains("key") && (!some.contains("type") || flip());
    const bool of_part = of_key && some["key"].contains("pattern");
    Json& declared = of_part  ? some["key"][flip() && some["key"].contains("two") ? "two" : "one"]
                     : of_key ? some["key"]
                              : some;
    switch (pick(17)) {
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
        if (pick(3) == 0) {
          fields.push_back(pattern(pick_from({"/p/keys/s.*.c", "/p/keys/s.*", "/p/keys/*.*.c"})));
          break;
        }
        fields.push_back(field(pick_from({"/p/teams/jane.roe@example.com/x", "/p/teams/Roehampton/x", "/p/teams/k1/y",
                                          "/p/keys/s.Roehampton.c", "/p/keys/s.k1"})));
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
        if (flip()) fields.push_back({{"path", pick_from({"/p/rows/*", "/p/keys/*"})}, {"key", key()}});
        if (fields.back()["path"] == "/p/keys/*") fields.back().update(field("/p/keys/*"));
        break;
      case 10:
        if (!redactions.empty()) redactions.erase(pick(redactions.size()));
        break;
      case 11:
      case 12:
        redactions.push_back(by_type());
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
      if (pick(3) == 0) p["keys"]["s." + name + ".c"] = at("/p/keys/s.*.c");
      if (pick(3) == 0) p["keys"]["s." + name] = at("/p/keys/s.*");
      if (pick(3) == 0) p["keys"]["t." + name + ".c"] = at("/p/keys/*.*.c");
    }
    return out;
  }

  /// The text that stands at several places of the last report.
  [[nodiscard]] const std::string& victim() const { return victim_; }

  /// Names no text of less than 6 characters: in the note the scan looks for those only where they are of their
  /// declared type, and the ceiling lets a kit narrow the types of what is taken out.
  std::string note() { return pick(3) == 0 && victim_.size() >= 6 ? "about " + victim_ + " again" : ""; }

 private:
  Json by_type() {
    return {{"class", cls()},
            {"type", pick_from({"text", "email", "ip", "enum", "count"})},
            {"do", pick_from({"drop", "pseudonymise", "mask"})}};
  }

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
  /// Keys with a pattern that this path has.
  Json pattern(const std::string& path) {
    const bool has_two = path.ends_with("*.*.c");
    Json out = field(path);
    out["key"]["pattern"] = has_two ? "{one}.{two}.c" : path.ends_with(".c") ? "s.{one}.c" : "s.{one}";
    out["key"]["one"] = key();
    if (has_two) out["key"]["two"] = key();
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

TEST_CASE("what a decision that is nowhere looser lets out, the other lets out too, the same bytes or more") {
  const int pairs = test::is_long_run() ? 200'000 : 1'500;
  KitGenerator generator(20261128);
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

}  // namespace
}  // namespace airlock::test
