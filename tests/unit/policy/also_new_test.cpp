// What a person consented to before it was declared: what a consent covers, and how people and the ledger write it.

#include "policy/also_new.hpp"
#include "core/json.hpp"

#include <map>
#include <nlohmann/json.hpp>

#include "support.hpp"

namespace airlock::test {
namespace {

using dictionary::Class;
using dictionary::Type;
using policy::AlsoNew;
using policy::Ceiling;
using policy::FieldTerms;
using policy::Terms;
using Paths = std::vector<std::string>;

const std::vector<AlsoNew> usage_counts{{Class::usage, {Type::count, Type::integer}}};

FieldTerms kept(const std::vector<std::string>& takes, Class cls = Class::usage) { return {{}, takes, cls, {}}; }

Terms old_terms() {
  Terms out;
  out.disposition = policy::Disposition::seal;
  out.twins = {"/p", "__"};
  out.event = "/event";
  out.values["/event"] = kept({"text"}, Class::content);
  out.values["/p/old"] = kept({"count"});
  out.values["/p/in/*"] = kept({"count"});
  out.keys["/p/in/*"] = kept({"text"});
  return out;
}

/// What is let in where the newer terms have one more value.
Paths admitted(const std::string& path, const FieldTerms& value, const std::vector<AlsoNew>& to = usage_counts,
               const std::set<std::string>& removed_before = {}) {
  Terms now = old_terms();
  now.values[path] = value;
  Ceiling ceiling{{"report", old_terms()}};
  std::set<std::string> declared{"/event", "/p/old", "/p/in/*"};
  declared.insert(removed_before.begin(), removed_before.end());
  const auto out = policy::admit(ceiling, {{"report", now}}, {to, declared});
  CHECK(policy::nowhere_looser(now, ceiling.at("report")) == !out.empty());
  if (out.empty()) CHECK(ceiling.at("report") == old_terms());
  return out;
}

TEST_CASE("a consent lets a new literal path in, of its class and of its types alone") {
  CHECK(admitted("/p/new", kept({"count"})) == Paths{"/p/new"});
  CHECK(admitted("/p/new", kept({"integer", "count"})) == Paths{"/p/new"});
  CHECK(admitted("/p/group/new", kept({"count"})) == Paths{"/p/group/new"});
  CHECK(admitted("/p/new", kept({"count", "text"})).empty());
  CHECK(admitted("/p/new", kept({"enum x"})).empty());
  CHECK(admitted("/p/new", kept({"count"}, Class::content)).empty());
  CHECK(admitted("/p/new", kept({"count"}), {}).empty());
  CHECK(admitted("/p/new", kept({"enum x"}), {{Class::usage, {Type::enumeration}}}) == Paths{"/p/new"});
}

TEST_CASE(
    "it lets nothing in that stands above, below or at what any kit declared, nor a `*`, nor what may be a twin") {
  CHECK(admitted("/p/old/below", kept({"count"})).empty());
  CHECK(admitted("/p/in/one", kept({"count"})).empty());
  CHECK(admitted("/p/in", kept({"count"})).empty());
  CHECK(admitted("/p/many/*", kept({"count"})).empty());
  CHECK(admitted("/p/old__x", kept({"count"})).empty());
  CHECK(admitted("/p/gone", kept({"count"}), usage_counts, {"/p/gone"}).empty());
  CHECK(admitted("/p/gone/below", kept({"count"}), usage_counts, {"/p/gone"}).empty());
  CHECK(admitted("/p", kept({"count"}), usage_counts, {"/p/gone"}).empty());
  CHECK(admitted("/p/gone/x/y", kept({"count"}), usage_counts, {"/p/*/x"}).empty());
  CHECK(admitted("/p/other", kept({"count"}), usage_counts, {"/p/gone"}) == Paths{"/p/other"});
}

TEST_CASE("it lets nothing in whose name a value has that nobody can consent to: that value may have moved") {
  Terms before = old_terms();
  before.values["/p/admin/phone"] = {{.action = redaction::Action::drop}, {"integer"}, Class::person, {"integer"}};
  const std::set<std::string> declared{"/event", "/p/old", "/p/in/*", "/p/admin/phone"};
  for (const auto& [path, is_covered] :
       std::map<std::string, bool>{{"/p/contact/phone", false}, {"/phone", false}, {"/p/contact/phones", true}}) {
    CAPTURE(path);
    Terms now = before;
    now.values[path] = kept({"count"});
    Ceiling ceiling{{"report", before}};
    CHECK(policy::admit(ceiling, {{"report", now}}, {usage_counts, declared}).empty() == !is_covered);
    CHECK(policy::coverable(now, before, declared).contains(path) == is_covered);
  }
  Terms both = old_terms();
  both.values["/p/owner/mail"] = {{.action = redaction::Action::drop}, {"integer"}, Class::person, {"integer"}};
  both.values["/p/other/mail"] = kept({"count"});
  CHECK(policy::coverable(both, old_terms(), {"/p/old"}).empty());
}

TEST_CASE("a step with a `*` in it may stand for any step, and a value's sentinels need no type of their own") {
  CHECK(admitted("/p/many/by.*.count", kept({"count"})).empty());
  CHECK(admitted("/p/many/by.x.count", kept({"count"}), usage_counts, {"/p/many/by.*.count"}).empty());
  CHECK(admitted("/p/new", kept({"count", "sentinel -1"})) == Paths{"/p/new"});
  CHECK(admitted("/p/new", kept({"sentinel -1", "enum x"})).empty());
}

TEST_CASE("for each new value that can be covered, the smallest consent, as a person types it") {
  Terms now = old_terms();
  now.values["/p/new"] = kept({"integer", "count"});
  now.values["/p/who"] = kept({"count"}, Class::person);
  now.values["/p/list/*"] = kept({"count"});
  const auto found = policy::coverable(now, old_terms(), {"/event", "/p/old", "/p/in/*"});
  REQUIRE(found.size() == 1);
  CHECK(found.begin()->first == "/p/new");
  CHECK(policy::as_typed(found.begin()->second) == "class=usage type=count,integer");
  CHECK(policy::extended(old_terms(), now, {"/p/new"}).values.size() == old_terms().values.size() + 1);
}

TEST_CASE("what consents would cover of that which is looser, over several events, and whether that is all") {
  const std::set<std::string> declared{"/event", "/p/old", "/p/in/*"};
  Terms now = old_terms();
  now.values["/p/new"] = kept({"count"});
  auto found = policy::would_cover(now, old_terms(), declared);
  REQUIRE(found.consents.size() == 1);
  CHECK(found.consents.front().paths == std::set<std::string>{"/p/new"});
  CHECK(found.suffices);
  Terms other = old_terms();
  other.values["/p/other"] = kept({"count"});
  other.values["/p/word"] = kept({"enum x"});
  found.add(policy::would_cover(other, old_terms(), declared));
  REQUIRE(found.consents.size() == 2);
  CHECK(policy::as_typed(found.consents.front().consent) == "class=usage type=count");
  CHECK(found.consents.front().paths == std::set<std::string>{"/p/new", "/p/other"});
  CHECK(policy::as_typed(found.consents.back().consent) == "class=usage type=enum");
  CHECK(found.suffices);
  other.values["/p/owner"] = kept({"text"}, Class::person);
  const auto more = policy::would_cover(other, old_terms(), declared);
  CHECK(more.consents.size() == 2);
  CHECK(!more.suffices);
  found.add(more);
  CHECK(!found.suffices);
  CHECK(policy::would_cover(old_terms(), old_terms(), declared).consents.empty());
}

TEST_CASE("what is looser besides keeps all of it out, and nothing is let in where nothing is looser") {
  Terms now = old_terms();
  now.values["/p/new"] = kept({"count"});
  now.recipients.insert("another");
  Ceiling ceiling{{"report", old_terms()}};
  const policy::Consent consent{usage_counts, {"/event", "/p/old", "/p/in/*"}};
  CHECK(policy::admit(ceiling, {{"report", now}}, consent).empty());
  CHECK(ceiling.at("report") == old_terms());
  now.recipients.clear();
  now.values["/p/new"].treatment.action = redaction::Action::drop;
  CHECK(policy::admit(ceiling, {{"report", now}}, consent).empty());
  CHECK(policy::admit(ceiling, {{"another event", now}}, consent).empty());
}

TEST_CASE("people write it in pairs of class and type, the ledger as a list, and each reads what was written") {
  const auto read =
      policy::also_new_from_words({"class=usage,version", "type=count,integer", "class=usage", "type=boolean"});
  REQUIRE(read);
  CHECK(*read == std::vector<AlsoNew>{{Class::usage, {Type::count, Type::integer, Type::boolean}},
                                      {Class::version, {Type::count, Type::integer}}});
  CHECK(policy::text(read->back()) == "class version, of type count, integer");
  CHECK(policy::also_new_from(policy::to_json(*read), "entry").value() == *read);
  CHECK(policy::also_new_from_words({"none"}).value().empty());
  const std::vector<std::vector<std::string>> wrong{{},
                                                    {"class=usage"},
                                                    {"usage", "type=count"},
                                                    {"type=count", "class=usage"},
                                                    {"class=usage", "type="},
                                                    {"class=", "type=count"},
                                                    {"class=usage", "type=counts"},
                                                    {"class=person", "type=count"},
                                                    {"class=usage,licence", "type=count"},
                                                    {"none", "none"}};
  for (const auto& words : wrong) {
    const auto refused = policy::also_new_from_words(words);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == core::Code::usage);
    CHECK(refused.error().hint.find("--also-new none") != std::string::npos);
  }
  for (const char* text : {"{}", "[1]", R"([{"class": "usage"}])", R"([{"class": "usage", "types": []}])",
                           R"([{"class": "x", "types": ["count"]}])", R"([{"class": "usage", "types": ["x"]}])",
                           R"([{"class": "usage", "types": ["count"]}, {"class": "usage", "types": ["count"]}])"}) {
    CHECK_FALSE(policy::also_new_from(core::Json::parse(text), "entry"));
  }
}

}  // namespace
}  // namespace airlock::test
