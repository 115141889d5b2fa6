// The ceiling: the order's laws on generated terms, what installing and authorising make of it, and its document.

#include "policy/ceiling.hpp"
#include "core/json.hpp"

#include <nlohmann/json.hpp>
#include <random>

#include "support.hpp"

namespace airlock::test {
namespace {

using dictionary::Class;
using policy::Ceiling;
using policy::Disposition;
using policy::FieldTerms;
using policy::Terms;
using redaction::Action;
using redaction::Treatment;

std::vector<Treatment> treatments() {
  return {{.action = Action::keep},
          {.action = Action::truncate_ip, .v4_bits = 24, .v6_bits = 48},
          {.action = Action::truncate_ip, .v4_bits = 16, .v6_bits = 64},
          {.action = Action::truncate_time, .calendar = core::Calendar::week},
          {.action = Action::truncate_time, .calendar = core::Calendar::month},
          {.action = Action::truncate_version, .version_part = redaction::VersionPart::major},
          {.action = Action::pseudonymise},
          {.action = Action::mask},
          {.action = Action::drop}};
}

/// Small enough that many pairs compare.
Terms any_terms(std::mt19937& random) {
  const auto pick = [&](std::size_t n) { return random() % n; };
  const auto some = [&](std::set<std::string> from) {
    std::set<std::string> out;
    for (const auto& item : from) {
      if (pick(3) != 0) out.insert(item);
    }
    return out;
  };
  static const auto known = treatments();
  const auto field = [&](const std::vector<std::vector<std::string>>& takes) {
    static const std::vector<Class> classes{Class::content, Class::person, Class::usage};
    FieldTerms out{known[pick(known.size())], takes[pick(takes.size())], classes[pick(classes.size())], {}};
    for (const auto& take : out.takes) {
      if (take == "text" || take == "ip" || (take == "count" && out.cls == Class::person)) out.looked_for.insert(take);
    }
    return out;
  };
  Terms out;
  out.disposition = static_cast<Disposition>(pick(4));
  for (const char* path : {"/a", "/b"}) {
    out.values[path] = field({{"count", "text"}, {"text"}, {"ip", "text"}, {"text", "ip"}, {"enum x", "text"}});
  }
  out.keys["/c/*"] = field({{"text"}, {"text", "ip"}});
  out.keeps_twins = pick(2) == 0;
  out.holds_copies = pick(8) == 0;
  out.recipients = some({"r1", "r2"});
  out.destinations = some({"d1"});
  if (pick(3) == 0) out.words = some({"0a", "1b*", "2c"});
  if (pick(16) == 0) out.approvals = {{{"security", pick(2) + 1}}, pick(2) + 2, pick(2) == 0};
  return out;
}

bool at_most(const Terms& a, const Terms& b) { return policy::nowhere_looser(a, b); }

TEST_CASE("the order of decisions is reflexive and transitive, and withholding is never looser than anything") {
  std::mt19937 random(20261126);
  std::uint64_t chains = 0;
  for (int i = 0; i < 12000; ++i) {
    const Terms a = any_terms(random);
    Terms b = any_terms(random);
    Terms c = any_terms(random);
    CHECK(at_most(a, a));
    // Steps down, so that chains are common: each drops something of the one before.
    if (i % 2 == 0) {
      b = c;
      b.values["/a"].treatment = {.action = Action::drop};
      b.recipients.erase("r1");
      b.approvals = policy::most_demanding(c.approvals, {{{"security", 2}}, 2, true});
      Terms lower = b;
      lower.keys["/c/*"].treatment = {.action = Action::drop};
      lower.disposition = policy::strictest(lower.disposition, a.disposition);
      CHECK(at_most(b, c));
      CHECK(at_most(lower, b));
      CHECK(at_most(lower, c));
      ++chains;
    } else if (at_most(a, b) && at_most(b, c) && b.disposition != Disposition::withhold) {
      CHECK(at_most(a, c));
      ++chains;
    }
    Terms withheld = a;
    withheld.disposition = Disposition::withhold;
    CHECK(at_most(withheld, b));
    CHECK(policy::loosenings(withheld, nullptr).empty());
  }
  CHECK(chains > 6000);
}

TEST_CASE("to let copies go where the report was held is looser, and only that way round") {
  Terms held;
  held.disposition = Disposition::seal;
  held.holds_copies = true;
  Terms gone = held;
  gone.holds_copies = false;
  CHECK(policy::loosenings(gone, &held).size() == 1);
  CHECK(at_most(held, gone));
  const Ceiling both{{"a", held}, {"b", gone}};
  CHECK(policy::ceiling_from(policy::to_json(both), "x").value() == both);
}

TEST_CASE("fewer words are looser, more are not, and a word with any ending is more than the word") {
  Terms some;
  some.disposition = Disposition::seal;
  some.words = {"0a", "1b"};
  Terms more = some;
  more.words = {"0a*", "1b", "2c"};
  CHECK(at_most(more, some));
  REQUIRE(policy::loosenings(some, &more).size() == 1);
  CHECK(policy::loosenings(some, &more)[0].text() ==
        "the words that never leave: 3 words -> 2 of them no longer on the list");
  Terms none = some;
  none.words.clear();
  CHECK_FALSE(at_most(none, some));
  CHECK(at_most(some, none));
}

TEST_CASE("a list that asks for more becomes a term of the ceiling by itself, one that lacks a word does not") {
  Terms some;
  some.words = {"0a", "1b"};
  const Ceiling ceiling{{"weekly", some}, {"daily", {}}};
  const std::set<std::string> more{"0a*", "1b", "2c"};
  CHECK(policy::with_words(ceiling, more).at("weekly").words == more);
  const std::set<std::string> other{"0a", "2c"};
  CHECK(policy::with_words(ceiling, other).at("weekly") == some);
  CHECK(policy::with_words(ceiling, other).at("daily").words == other);
  CHECK(policy::with_words(ceiling, {}) == ceiling);
}

TEST_CASE("words make the ceiling a document that older releases do not read, and each list is written once") {
  Terms some;
  some.words = {"0a", "1b*"};
  Terms other = some;
  other.disposition = Disposition::seal;
  const core::Json json = policy::to_json(Ceiling{{"weekly", some}, {"daily", other}});
  CHECK(json["format"] == "airlock-ceiling/3");
  CHECK(json["words"] == core::Json::array({core::Json::array({"0a", "1b*"})}));
  CHECK(policy::to_json(Ceiling{{"weekly", {}}})["format"] == "airlock-ceiling/2");
  for (const auto& [path, value] : std::map<std::string, core::Json>{{"/words", "0a"},
                                                                     {"/words/0", "0a"},
                                                                     {"/words/0/1", 7},
                                                                     {"/words/0/1", "0a"},
                                                                     {"/terms/0/words", 1},
                                                                     {"/terms/0/words", -1}}) {
    core::Json bad = json;
    bad[core::Json::json_pointer(path)] = value;
    CAPTURE(path);
    CHECK_FALSE(policy::ceiling_from(bad, "entry"));
  }
  core::Json without = json;
  without.erase("words");
  CHECK_FALSE(policy::ceiling_from(without, "entry"));
}

TEST_CASE("to ask for fewer approvals is looser, and a document without them asks for none") {
  Terms asks;
  asks.disposition = Disposition::seal;
  asks.approvals = {{{"security", 1}}, 2, false};
  Terms fewer = asks;
  fewer.approvals = {{}, 2, false};
  const auto looser = policy::loosenings(fewer, &asks);
  REQUIRE(looser.size() == 1);
  CHECK(looser[0].text() ==
        "approvals that are asked for: 2 officers, 1 of them of kind `security`, none of them the "
        "operator -> 2 officers, none of them the operator");
  CHECK(at_most(asks, fewer));
  CHECK(policy::with_approvals({{"a", fewer}}, asks.approvals).at("a") == asks);
  CHECK(policy::with_approvals({{"a", asks}}, fewer.approvals).at("a") == asks);
  const Ceiling ceiling{{"a", asks}};
  const auto document = policy::to_json(ceiling);
  CHECK(document.at("format") == "airlock-ceiling/3");
  CHECK(policy::ceiling_from(document, "x").value() == ceiling);
  asks.approvals = {};
  CHECK(policy::to_json(Ceiling{{"a", asks}}).at("format") == "airlock-ceiling/2");
}

TEST_CASE("the reason for a difference is in plain words") {
  const auto why = [](const std::vector<std::string>& before, const std::vector<std::string>& now) {
    Terms ceiling;
    ceiling.disposition = Disposition::seal;
    ceiling.values["/a"] = {{}, before};
    Terms decision = ceiling;
    decision.values["/a"].takes = now;
    const auto found = policy::loosenings(decision, &ceiling);
    REQUIRE(found.size() == 1);
    CHECK(found[0].path == "/a");
    CHECK(found[0].what == "what may stand for " + policy::in_words(policy::FieldKind::value, "/a"));
    return policy::reason(found[0]);
  };
  CHECK(why({"count"}, {"number"}) == "type `count` becomes `number`");
  CHECK(why({"count"}, {"count", "boolean"}) == "one type more: `boolean`");
  CHECK(why({"uuid", "ip"}, {"text"}) == "types `uuid`, `ip` become `text`");
  CHECK(why({"enum a"}, {"enum a", "enum cockroach"}) == "one enum value more: `cockroach`");
  CHECK(why({"count"}, {"count", "sentinel -1", "sentinel -2"}) == "2 sentinels more: `-1`, `-2`");
  CHECK(why({"text"}, {"enum a"}) == "one type fewer: `text`; one enum value more: `a`");
  std::vector<std::string> many;
  for (int i = 0; i < 20; ++i) many.push_back("enum v" + std::to_string(i));
  CHECK(why({"enum x"}, many).find("20 enum values more: `v0`, `v1`, `v2`, `v3`, `v4`, `v5`, `v6`, `v7` and 12 more") ==
        0);
  CHECK(policy::reason({"the value of `/a`", "drop", "keep"}) == "drop becomes keep");
}

TEST_CASE("every single loosening is found by itself, and its tightening is not") {
  Terms base;
  base.disposition = Disposition::seal;
  base.values["/a"] = {{.action = Action::pseudonymise}, {"ip"}};
  base.keys["/c/*"] = {{.action = Action::pseudonymise}, {"text"}};
  base.recipients = {"r1"};
  base.destinations = {"d1"};
  std::vector<Terms> looser(10, base);
  looser[0].disposition = Disposition::redact;
  looser[1].disposition = Disposition::send;
  looser[2].values["/a"].treatment = {};
  looser[3].values["/a"].treatment = {.action = Action::truncate_ip, .v4_bits = 0, .v6_bits = 0};
  looser[4].values["/a"].takes.emplace_back("number");
  looser[5].values["/b"] = {{.action = Action::pseudonymise}, {"text"}};
  looser[6].keys["/c/*"].treatment = {};
  looser[7].keeps_twins = true;
  looser[8].recipients.insert("r2");
  looser[9].destinations = {"d2"};
  for (std::size_t i = 0; i < looser.size(); ++i) {
    CAPTURE(i);
    CHECK(policy::loosenings(looser[i], &base).size() == 1);
    // What was redacted and is not declared any more is looked for no more.
    CHECK((i == 5 || i == 9 || policy::nowhere_looser(base, looser[i])));
  }
  CHECK(policy::loosenings(looser[9], &base)[0].text() == "destinations: `d1` -> `d2`");
  CHECK(policy::loosenings(looser[2], &base)[0].text() == "the value of `/a`: pseudonymise -> keep");
  CHECK(policy::loosenings(base, nullptr).size() == 1);
  Terms masked = base;
  masked.values["/a"] = {{.action = Action::mask}, {"number", "ip"}};
  CHECK_MESSAGE(policy::nowhere_looser(masked, base), "what is masked may be of any form");
  // Incomparable: week and month.
  Terms week = base;
  Terms month = base;
  week.values["/a"].treatment = {.action = Action::truncate_time, .calendar = core::Calendar::week};
  month.values["/a"].treatment = {.action = Action::truncate_time, .calendar = core::Calendar::month};
  CHECK_FALSE(policy::nowhere_looser(week, month));
  CHECK_FALSE(policy::nowhere_looser(month, week));
}

TEST_CASE("installing never raises a ceiling, authorising allows just what was shown, and a first one seals at most") {
  std::mt19937 random(4711);
  for (int i = 0; i < 2000; ++i) {
    const Ceiling ceiling{{"weekly", any_terms(random)}, {"daily", any_terms(random)}};
    const Ceiling decisions{{"weekly", any_terms(random)}, {"daily", any_terms(random)}, {"new", any_terms(random)}};
    const Ceiling lower = policy::lowered(ceiling, decisions);
    CHECK(lower.size() == ceiling.size());
    for (const auto& [event, terms] : lower) {
      CHECK(at_most(terms, ceiling.at(event)));
      const bool stricter = at_most(decisions.at(event), ceiling.at(event));
      CHECK((stricter ? at_most(decisions.at(event), terms) : terms == ceiling.at(event)));
      CHECK((!stricter || terms.disposition == decisions.at(event).disposition));
    }
    const Ceiling higher = policy::raised(ceiling, decisions);
    for (const auto& [event, terms] : decisions) {
      const auto before = ceiling.find(event);
      const auto after = higher.find(event);
      if (after == higher.end()) {
        CHECK((before == ceiling.end() && terms.disposition == Disposition::withhold));
        continue;
      }
      CHECK(at_most(terms, after->second));
      // Either what was, or what was shown: never a mixture.
      CHECK((after->second == terms || (before != ceiling.end() && after->second == before->second)));
    }
    for (const auto& [event, terms] : policy::first_ceiling(decisions)) CHECK(terms.disposition >= Disposition::seal);
  }
}

TEST_CASE("a ceiling is read back from its document as it was, and a document with a mistake is refused") {
  std::mt19937 random(815);
  for (int i = 0; i < 300; ++i) {
    Ceiling ceiling{{"weekly", any_terms(random)}, {"daily", any_terms(random)}};
    if (i % 3 == 0) ceiling["daily"] = ceiling["weekly"];
    const core::Json json = policy::to_json(ceiling);
    CHECK(json["terms"].size() == (ceiling["daily"] == ceiling["weekly"] ? 1 : 2));
    const auto back = policy::ceiling_from(core::Json::parse(core::to_text(json)), "entry");
    REQUIRE_MESSAGE(back, back.error().message);
    CHECK(*back == ceiling);
  }
  core::Json good = policy::to_json({{"weekly", any_terms(random)}});
  for (const auto& edit : std::map<std::string, core::Json>{{"/events/weekly", 1},
                                                            {"/events/weekly", "0"},
                                                            {"/terms/0/disposition", "shred"},
                                                            {"/terms/0/twins", true},
                                                            {"/terms/0/extra", 1},
                                                            {"/terms/0/values", "x"},
                                                            {"/terms/0/recipients", core::Json{1}}}) {
    core::Json bad = good;
    bad[core::Json::json_pointer(edit.first)] = edit.second;
    CAPTURE(edit.first);
    CHECK_FALSE(policy::ceiling_from(bad, "entry"));
  }
}

TEST_CASE("the terms of the shipped profiles: strict is nowhere looser than baseline, nor that than no-person") {
  const auto& dictionary = shipped_dictionary();
  const auto parsed = policy::Policy::parse(repository_file("policy/posthog-default.json"), "policy.json", dictionary);
  REQUIRE(parsed);
  std::vector<Terms> terms;
  for (const char* tier : {"standard", "scale", "enterprise", "enterprise-air-gapped"}) {
    policy::DecisionFacts facts = test::facts(tier);
    facts.event = dictionary.events().front();
    const auto decision = parsed->decide(facts);
    terms.push_back(policy::terms_of(decision.disposition, *parsed->plan(decision, dictionary), dictionary));
  }
  for (std::size_t i = 0; i + 1 < terms.size(); ++i) {
    CAPTURE(i);
    CHECK(policy::nowhere_looser(terms[i + 1], terms[i]));
    CHECK_FALSE(policy::nowhere_looser(terms[i], terms[i + 1]));
  }
}

}  // namespace
}  // namespace airlock::test
