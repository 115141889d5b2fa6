// How long the readers of small documents take for the worst that their limits let pass.
//     bench_readers      ends with 0 where each takes under a second

#include <chrono>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "core/json.hpp"
#include "dictionary/dictionary.hpp"
#include "envelope/manifest.hpp"
#include "ledger/body.hpp"
#include "licence/licence.hpp"
#include "policy/ceiling.hpp"
#include "policy/policy.hpp"
#include "public/public_site.hpp"
#include "redaction/selector.hpp"
#include "site/configuration.hpp"
#include "site/machine.hpp"
#include "site/receipt.hpp"

using namespace airlock;

namespace {

constexpr double most_seconds = 1;
constexpr std::size_t mebibyte = 1024 * 1024;

/// `head`, then `item(0)`, `item(1)` … with commas between as long as all fits into `bytes`, then `tail`.
std::string filled(std::string head, const std::function<std::string(std::size_t)>& item, const std::string& tail,
                   std::size_t bytes = mebibyte, std::size_t most = SIZE_MAX) {
  for (std::size_t i = 0; i < most; ++i) {
    const std::string next = (i == 0 ? "" : ",") + item(i);
    if (head.size() + next.size() + tail.size() > bytes) break;
    head += next;
  }
  return head + tail;
}

std::string member(std::size_t i) { return "\"" + std::to_string(i) + "\":0"; }
std::string text(std::size_t i) { return "\"" + std::to_string(i) + "\""; }

/// What every reader meets first.
std::vector<std::pair<std::string, std::string>> of_any_kind(std::size_t bytes) {
  const auto objects = [](std::size_t) { return filled("{", member, "}", mebibyte, 4096); };
  std::string halves = "[";
  halves.append(bytes - 1, '[');
  return {{"members of one object", filled("{", member, "}", bytes)},
          {"objects of 4 096 members", filled("[", objects, "]", bytes)},
          {"numbers in one array", filled(
                                       "[", [](std::size_t) { return std::string("0"); }, "]", bytes)},
          {"equal texts", filled(
                              "[", [](std::size_t) { return std::string("\"a\""); }, "]", bytes)},
          {"empty objects", filled(
                                "[", [](std::size_t) { return std::string("{}"); }, "]", bytes)},
          {"brackets", halves},
          {"one key, long", "{\"" + std::string(bytes - 6, 'k') + "\":0}"},
          {"escapes", "[\"" + [&] {
             std::string out;
             while (out.size() + 12 < bytes) out += "\\u00e9";
             return out;
           }() + "\"]"}};
}

const std::string dictionary_head =
    R"({"format":"airlock-dictionary/1","name":"x","product":"x","roles":{"event":"/e"},"events":["a"],"fields":[)"
    R"({"path":"/e","type":"enum","values":["a"],"class":"usage"},)";

/// As many fields as there may be, each as deep as its share of a mebibyte lets it be.
std::string deep_dictionary(bool keys) {
  return filled(
      dictionary_head,
      [&](std::size_t i) {
        std::string path = "/f" + std::to_string(i);
        for (int step = 0; step < 29; ++step) path += "/a";
        return "{\"path\":\"" + path + (keys ? "/*\",\"key\":{\"type\":\"text\",\"class\":\"usage\"}" : "/a\"") +
               ",\"type\":[\"count\",\"text\"],\"class\":\"usage\"}";
      },
      "]}", mebibyte, 4095);
}

std::string flat_dictionary() {
  return filled(
      dictionary_head,
      [](std::size_t i) { return "{\"path\":\"/f" + std::to_string(i) + "\",\"type\":\"count\",\"class\":\"usage\"}"; },
      "]}", mebibyte, 4095);
}

/// 64 profiles in a chain with the redactions spread over them, so that each has those of all before it.
std::string policy_of(const std::function<std::string(std::size_t)>& redaction, std::size_t profiles,
                      std::size_t each) {
  std::string out =
      R"({"format":"airlock-policy/1","name":"x","version":"1","tiers":{"t":{"disposition":"seal","may":["seal"]}},)"
      R"("otherwise":"withhold","profiles":{)";
  std::size_t number = 0;
  for (std::size_t p = 0; p < profiles; ++p) {
    out += (p == 0 ? "\"p" : ",\"p") + std::to_string(p) + "\":{" + R"("undeclared":"drop","redactions":[)";
    for (std::size_t i = 0; i < each; ++i) out += (i == 0 ? "" : ",") + redaction(number++);
    out += "]}";
  }
  return out + "}}";
}

bool failed = false;

void measure(const std::string& what, const std::function<bool()>& read) {
  const auto begin = std::chrono::steady_clock::now();
  const bool taken = read();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (seconds >= most_seconds) failed = true;
  std::printf("%-58s %8.3f s  %s%s\n", what.c_str(), seconds, taken ? "taken" : "refused",
              seconds >= most_seconds ? "  TOO SLOW" : "");
}

void measure_policy(const std::string& what, const dictionary::Dictionary& dictionary, const std::string& document) {
  measure("policy: " + what, [&] { return policy::Policy::parse(document, "policy.json", dictionary).has_value(); });
}

}  // namespace

int main() {
  const std::vector<std::pair<std::string, std::function<bool(const std::string&)>>> readers{
      {"small JSON", [](const std::string& d) { return core::parse_json(d, "x").has_value(); }},
      {"manifest", [](const std::string& d) { return envelope::parse_manifest(d).has_value(); }},
      {"ledger entry", [](const std::string& d) { return ledger::read_body(d, 0).has_value(); }},
      {"dictionary", [](const std::string& d) { return dictionary::Dictionary::parse(d, "x").has_value(); }},
      {"receipt", [](const std::string& d) { return site::parse_receipt(d).has_value(); }},
      {"licence", [](const std::string& d) { return licence::parse(d, "x").has_value(); }},
      {"configuration", [](const std::string& d) { return site::parse_configuration(d, "x").has_value(); }},
      {"machine", [](const std::string& d) { return site::parse_machine(d, "x").has_value(); }},
      {"public/site.json", [](const std::string& d) { return published::parse_public_site(d, "x").has_value(); }}};
  for (const auto& reader : readers) {
    for (const std::size_t bytes : {mebibyte, std::size_t{256} * 1024, std::size_t{64} * 1024}) {
      const std::string& name = reader.first;
      if (bytes != mebibyte && name != "licence" && name != "configuration" && name != "public/site.json") continue;
      for (const auto& example : of_any_kind(bytes)) {
        measure(name + ": " + example.first + ", " + std::to_string(bytes / 1024) + " KiB",
                [&] { return reader.second(example.second); });
      }
    }
  }

  const std::string uuid = "5b0c0a52-6e2b-4a0e-8a43-0d9f6a6f5b0c";
  const std::string digest(64, 'a');
  const std::string manifest = R"({"format":"airlock-bundle/1","bundle_id":")" + uuid + R"(","site_id":")" + uuid +
                               R"(","ledger_key":"k","number":1,"disclosure":1,"since_last":{"reports_before":0,)";
  const auto numbered = [](const std::string& rest) {
    return [rest](std::size_t i) { return "{\"disclosure\":" + std::to_string(i + 1) + rest + "}"; };
  };
  measure("manifest: disclosures that stand for nothing", [&] {
    return envelope::parse_manifest(filled(manifest + "\"disclosures\":[", numbered(R"(,"kind":"withdrawn")"), "]}}"))
        .has_value();
  });
  for (const std::string list : {"recipients", "redactions", "files"}) {
    measure("manifest: " + list, [&] {
      return envelope::parse_manifest(filled(R"({"format":"airlock-bundle/1",")" + list + "\":[", text, "]}"))
          .has_value();
    });
  }
  measure("receipt: items", [&] {
    return site::parse_receipt(filled(R"({"format":"airlock-receipt/1","items":[)",
                                      [&](std::size_t i) {
                                        std::string id = uuid;
                                        const std::string digits = std::to_string(i);
                                        id.replace(id.size() - digits.size(), digits.size(), digits);
                                        return "{\"id\":\"" + id + "\",\"content_sha256\":\"" + digest + "\"}";
                                      },
                                      "]}"))
        .has_value();
  });

  const std::string deep = deep_dictionary(false);
  measure("dictionary: as many and as deep fields as fit",
          [&] { return dictionary::Dictionary::parse(deep, "x").has_value(); });
  measure("dictionary: the same with keys",
          [&] { return dictionary::Dictionary::parse(deep_dictionary(true), "x").has_value(); });
  measure("dictionary: one enum after another", [&] {
    return dictionary::Dictionary::parse(filled(
                                             dictionary_head,
                                             [](std::size_t i) {
                                               return filled("{\"path\":\"/f" + std::to_string(i) +
                                                                 R"(","type":"enum","class":"usage","values":[)",
                                                             text, "]}", mebibyte, 256);
                                             },
                                             "]}"),
                                         "x")
        .has_value();
  });

  const auto many = dictionary::Dictionary::parse(deep, "x");
  const auto keyed = dictionary::Dictionary::parse(deep_dictionary(true), "x");
  const auto flat = dictionary::Dictionary::parse(flat_dictionary(), "x");
  if (!many || !keyed || !flat) {
    std::puts("a dictionary is not as it should be");
    return 2;
  }
  const auto starred = [](std::size_t) {
    std::string path;
    for (int i = 0; i < 31; ++i) path += i % 2 == 0 ? "/**" : "/a";
    return "{\"path\":\"" + path + R"(/**","do":"drop"})";
  };
  const auto of_keys = [](std::size_t) { return std::string(R"({"path":"/**/**/**/b/**","of":"key","do":"drop"})"); };
  const auto rounded = [](std::size_t i) {
    return R"({"class":"usage","do":"suppress_below","k":)" + std::to_string(i + 1) + "}";
  };
  // Just within `comparisons_limit`, and far over it.
  measure_policy("paths of `**`, as many as may be", *many, policy_of(starred, 1, 115));
  measure_policy("paths of `**`, too many", *many, policy_of(starred, 40, 256));
  measure_policy("paths for keys", *keyed, policy_of(of_keys, 1, 200));
  measure_policy("thresholds of a class, as many as may be", *flat, policy_of(rounded, 15, 250));
  measure_policy("thresholds of a class, too many", *flat, policy_of(rounded, 64, 250));
  measure_policy("rules", *flat,
                 filled(R"({"format":"airlock-policy/1","name":"x","version":"1","tiers":{"t":)"
                        R"({"disposition":"seal","may":["seal"]}},"otherwise":"withhold","rules":[)",
                        [](std::size_t i) {
                          return filled(
                              "{\"id\":\"r" + std::to_string(i) + R"(","at_least":"seal","when":{"entitlement":[)",
                              [](std::size_t e) { return "\"e" + std::to_string(e) + "\""; }, "]}}", mebibyte, 64);
                        },
                        "]}", mebibyte, 1000));
  return failed ? 1 : 0;
}
