// What the leak scan costs for reports that were made to keep it busy: seconds of processor time for each MB of report,
// which must stay under 0.3. docs/formats/leak-scan.md says what is looked for.
//
//     bench_leak_scan [MB]      exit 1 where any report takes longer

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/encoding.hpp"
#include "core/io.hpp"
#include "redaction/filter.hpp"
#include "redaction/leak_scan.hpp"
#include "report/editor.hpp"

namespace {

using namespace airlock;

constexpr double seconds_a_mb_maximum = 0.3;
constexpr std::size_t text_bytes = 1000;

constexpr std::string_view dictionary_text = R"({
  "format": "airlock-dictionary/1", "name": "bench", "product": "p", "roles": {"event": "/event"}, "events": ["report"],
  "fields": [
    {"path": "/event", "type": "enum", "values": ["report"], "class": "usage"},
    {"path": "/taken/*", "type": "text", "class": "person"},
    {"path": "/left/*", "type": "text", "class": "deployment"}]})";

using Texts = std::vector<std::string>;

std::string repeated(std::string_view unit, std::size_t bytes) {
  std::string out;
  while (out.size() + unit.size() <= bytes) out += unit;
  return out;
}

/// As many texts as `bytes` have room for.
Texts many(std::size_t bytes, const std::function<std::string(std::size_t)>& make) {
  Texts out;
  for (std::size_t size = 0; size < bytes; size += out.back().size()) out.push_back(make(out.size()));
  return out;
}

std::string report_of(const Texts& taken, const Texts& left) {
  std::string out = R"({"event":"report","taken":[)";
  for (const auto& text : taken) out += (&text == taken.data() ? "" : ",") + report::json_string(text);
  out += R"(],"left":[)";
  for (const auto& text : left) out += (&text == left.data() ? "" : ",") + report::json_string(text);
  return out + "]}";
}

struct Hostile {
  const char* name;
  std::function<std::string(std::size_t)> taken;  ///< the needles, by number
  double share;                                   ///< of the report that they make
  std::function<std::string(std::size_t)> left;
};

std::vector<Hostile> hostile_reports() {
  const auto one = [](const std::string& text) { return [text](std::size_t) { return text; }; };
  const auto periodic = [](const std::string& unit) {
    return [unit](std::size_t) { return repeated(unit, text_bytes); };
  };
  const auto numbered = [](const std::string& before, const std::string& behind) {
    return [=](std::size_t i) { return before + std::to_string(1'000'000 + i) + behind; };
  };
  std::vector<Hostile> out;
  const auto nested = [](auto encode, std::size_t layers) {
    std::string text = repeated("the quick brown fox ", 900);
    for (std::size_t i = 0; i < layers; ++i) text = encode(text).substr(0, 1000);
    return text;
  };
  out.push_back({"base64 of base64 of base64", one("no such name"), 0,
                 one(nested([](const std::string& text) { return core::to_base64(text); }, 3))});
  out.push_back({"hex of hex of hex", one("no such name"), 0,
                 one(nested([](const std::string& text) { return core::to_hex(text); }, 3))});
  for (const std::string unit : {"V", "MzMz", "%2525", "\\\\", "\\u005c", "%33", "UlVs", "%5cu0025", "VmpW"}) {
    out.push_back({"a text of one unit, decodable at every alignment", one("no such name"), 0, periodic(unit)});
  }
  for (const std::string unit : {"%25252541", "%252541\\\\u0041", "%25\\\\"}) {
    out.push_back({"runs that each layer joins anew", one("no such name"), 0, periodic(repeated("QUFB", 100) + unit)});
  }
  for (const std::string unit : {"MzMz", "V", "VmpW", "4d7a"}) {
    out.push_back(
        {"the same of what can be decoded again", one("no such name"), 0, periodic(repeated(unit, 400) + "%25252541")});
  }
  out.push_back(
      {"a needle that begins everywhere and ends nowhere", one(std::string(200, 'a') + "b"), 0, periodic("a")});
  out.push_back({"needles that end in digits, each the beginning of the next",
                 [](std::size_t i) { return std::string(20 + i % 100, 'a') + std::string(1 + i / 100 % 100, '1'); },
                 0.5, periodic(std::string(130, 'a') + std::string(130, '1'))});
  out.push_back(
      {"a million words", numbered("x", ""), 0.5, [](std::size_t i) { return "austin" + std::to_string(i); }});
  out.push_back({"needles that begin alike, in short texts", numbered("aaaaaa", "z"), 0.5, numbered("aaaaaa", "y")});
  out.push_back({"needles that begin alike, in texts full of beginnings", numbered("aaaaaa", "z"), 0.5,
                 [&](std::size_t i) { return repeated("aaaaaa" + std::to_string(1'000'000 + i) + "y", text_bytes); }});
  out.push_back({"words of letters",
                 [](std::size_t i) {
                   std::string w = "aaaaaaaa";
                   for (std::size_t k = 0; k < 5; ++k, i /= 26) w[k] = static_cast<char>('a' + i % 26);
                   return w;
                 },
                 0.5,
                 [](std::size_t i) {
                   return repeated("zzz" + std::string(1, static_cast<char>('a' + i % 26)) + "zzzz ", text_bytes);
                 }});
  out.push_back({"digits without end", numbered("1234", ""), 0.5, periodic("1")});
  out.push_back({"text of another script", one("東京都千代田区"), 0, periodic("東京都千代田")});
  return out;
}

double seconds_a_mb(const Hostile& hostile, std::size_t bytes) {
  const auto dictionary = dictionary::Dictionary::parse(dictionary_text, "bench").value();
  redaction::Profile profile{"bench", redaction::Undeclared::drop, {}};
  profile.redactions.push_back({dictionary::Class::person, "", false, {.action = redaction::Action::drop}, "bench"});
  const auto plan = redaction::Plan::make(dictionary, std::vector{profile}).value();
  const auto share = static_cast<std::size_t>(hostile.share * static_cast<double>(bytes));
  const std::string report =
      report_of(many(std::max<std::size_t>(share, 1), hostile.taken), many(bytes - share, hostile.left));
  const core::MemoryBlob blob(report);
  const crypto::Secret key(std::string(32, 'p'));
  const crypto::Secret fingerprint_key(std::string(16, 'f'));
  core::StringSink sink(report::report_bytes_maximum);
  const auto redacted =
      redaction::redact(blob, dictionary, plan, key, {}, fingerprint_key, sink, redaction::Searched::report);
  if (!redacted) throw std::runtime_error(redacted.error().message);
  const std::string left = sink.take();
  const core::MemoryBlob disclosed(left);
  const std::clock_t start = std::clock();
  const auto copies = redaction::scan({disclosed, {}, {}}, dictionary, plan, {*redacted->taken}, {}, fingerprint_key);
  const double took = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  if (!copies) throw std::runtime_error(copies.error().message);
  return took / (static_cast<double>(report.size()) / 1e6);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t bytes = (argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 4) * 1'000'000;
  double worst = 0;
  for (const Hostile& hostile : hostile_reports()) {
    const double each = seconds_a_mb(hostile, bytes);
    worst = std::max(worst, each);
    std::printf("%8.3f s a MB  %s\n", each, hostile.name);
  }
  std::printf("worst: %.3f s a MB, at most %.1f\n", worst, seconds_a_mb_maximum);
  return worst > seconds_a_mb_maximum ? 1 : 0;
}
