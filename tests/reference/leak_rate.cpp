// How much gets past redaction and leak scan: plants values in reports, sends them the way that gate/prepare.cpp sends
// them, under each tier of the policy that redacts, and looks for them in what would leave with a search of its own.
//
//     leak_rate DICTIONARY POLICY REPORT                    a test; AIRLOCK_TEST_LONG=1: 100 000 values under each tier
//     leak_rate DICTIONARY POLICY REPORT --tables N         the tables of docs/formats/leak-scan.md, with N values
//
// Exit 1 where a value left from its own place, or where a copy left that the page says is found.

#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <tuple>

#include "core/io.hpp"
#include "long_run.hpp"
#include "naive_search.hpp"
#include "planting.hpp"
#include "policy/policy.hpp"
#include "redaction/copies.hpp"
#include "redaction/filter.hpp"
#include "redaction/leak_scan.hpp"

namespace {

using namespace airlock;
using namespace leak_rate;

constexpr std::size_t values_ordinarily = 1000;
constexpr std::size_t values_in_full = 100'000;
constexpr std::size_t values_of_a_report = 10;
constexpr std::size_t shown_maximum = 20;

template <typename T>
T value_or_throw(core::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

std::string read(const char* path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(std::string("cannot read ") + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What would leave of a report; nothing where it is held. The steps of gate/prepare.cpp.
std::optional<std::string> leaving(const std::string& report, const Dictionary& dictionary, const redaction::Plan& plan,
                                   policy::Disposition disposition) {
  const report::Limits limits;
  const crypto::Secret pseudonym_key(std::string(32, 'p'));
  const crypto::Secret fingerprint_key(std::string(16, 'f'));
  core::StringSink redacted_bytes(report::report_bytes_maximum);
  const auto redacted =
      value_or_throw(redaction::redact(core::MemoryBlob(report), dictionary, plan, pseudonym_key, limits,
                                       fingerprint_key, redacted_bytes, redaction::Searched::report));
  std::vector<std::string> needed;
  if (disposition < policy::Disposition::seal) needed = {"/event", "/distinct_id", "/properties", "/timestamp"};
  const auto look = [&](const core::Blob& blob) {
    return redaction::scan({blob, {}, needed}, dictionary, plan, {*redacted.taken}, limits, fingerprint_key);
  };
  std::string payload = redacted_bytes.take();
  const auto copies = look(core::MemoryBlob(payload));
  if (!copies && copies.error().code == core::Code::refused) return std::nullopt;
  if (!copies) throw std::runtime_error(copies.error().message);
  if (copies->places.empty()) return payload;
  core::StringSink without(report::report_bytes_maximum);
  const auto written = redaction::write_without(core::MemoryBlob(payload), report::Document::object, copies->places,
                                                limits, fingerprint_key, without);
  if (!written) throw std::runtime_error(written.error().message);
  payload = without.take();
  const auto left = value_or_throw(look(core::MemoryBlob(payload)));
  if (!left.places.empty()) throw std::runtime_error("the second look found a copy");
  return payload;
}

bool is_in(const Haystack& haystack, const Planted& planted) {
  for (const auto& piece : planted.pieces) {
    const bool found = planted.form == Form::cut ? haystack.holds_cut(piece) : haystack.holds(piece);
    if (!found) return false;
  }
  return true;
}

struct Rate {
  std::size_t planted = 0;
  std::size_t left = 0;
};

enum class Table { own_place, named, apart };

constexpr std::array<const char*, place_count + 1> places{
    "field",           "key",        "twin",           "twin's name", "ill-typed",
    "below ill-typed", "undeclared", "undeclared key", "nested",      "any, to a key"};
constexpr std::array<const char*, why_not_count> reasons{"looked for",       "other class", "twin of what stays",
                                                         "ill-typed, stays", "undeclared",  "in a name"};

std::size_t column_of(const Planted& planted, Table table) {
  if (table == Table::apart) return static_cast<std::size_t>(planted.why_not);
  return planted.copied_to_key ? place_count : static_cast<std::size_t>(planted.place);
}

const char* name_of(std::size_t column, Table table) {
  return table == Table::apart ? reasons.at(column) : places.at(column);
}

constexpr std::array<const char*, form_count> forms{"as it is",
                                                    "in another case",
                                                    "percent-encoded",
                                                    "with escapes",
                                                    "base64",
                                                    "hex",
                                                    "two or three of these layers",
                                                    "joined by a separator",
                                                    "joined to letters or digits",
                                                    "encoded in its own place only",
                                                    "a part of what its place held",
                                                    "cut by a space or line break",
                                                    "split over two places",
                                                    "as a JSON number"};

class Tally {
 public:
  void add(const std::string& tier, const Planted& planted, bool left) {
    const Table table = !planted.copied ? Table::own_place : planted.named_as_found ? Table::named : Table::apart;
    count(rates_[{table, column_of(planted, table), planted.form}], left);
    count(tiers_[{tier, table}], left);
    if (!left || table == Table::apart) return;
    failed_.insert(tier);
    if (++shown_ > shown_maximum) return;
    std::fprintf(stderr, "left: %s, %s, %s, at %s: `%s`\n", tier.c_str(), name_of(column_of(planted, table), table),
                 forms.at(static_cast<std::size_t>(planted.form)), planted.where.c_str(), planted.pieces[0].c_str());
  }
  void add_report(const std::string& tier, bool held) { count(reports_[tier], held); }

  [[nodiscard]] std::size_t tiers() const { return reports_.size(); }
  /// How many tiers let something out that may not leave.
  [[nodiscard]] std::size_t failed() const { return failed_.size(); }

  void print() const {
    std::printf("| tier | reports | of them held | from their own place | copies, named as found | copies, others |\n");
    std::printf("|---|---|---|---|---|---|\n");
    for (const auto& [tier, reports] : reports_) {
      std::printf("| `%s` | %zu | %zu |", tier.c_str(), reports.planted, reports.left);
      for (const Table table : {Table::own_place, Table::named, Table::apart}) print_cell(tiers_, {tier, table});
      std::printf("\n");
    }
    print(Table::own_place, "Values in their own place only, by place and form:");
    print(Table::named, "Copies of what was taken out, in forms that this page names as found, by the place copied:");
    print(Table::apart, "All other copies, by why they may leave:");
  }

 private:
  static void count(Rate& rate, bool left) {
    ++rate.planted;
    rate.left += left ? 1 : 0;
  }

  template <typename Map>
  static void print_cell(const Map& map, const typename Map::key_type& key) {
    const auto at = map.find(key);
    if (at == map.end()) {
      std::printf(" – |");
    } else {
      std::printf(" %zu / %zu |", at->second.planted, at->second.left);
    }
  }

  void print(Table wanted, const char* title) const {
    std::set<std::size_t> columns;
    for (const auto& [key, rate] : rates_) {
      const auto& [table, column, form] = key;
      if (table == wanted) columns.insert(column);
    }
    std::printf("\n%s\n\n| form |", title);
    for (const std::size_t column : columns) std::printf(" %s |", name_of(column, wanted));
    std::printf("\n|---|");
    for (std::size_t i = 0; i < columns.size(); ++i) std::printf("---|");
    std::printf("\n");
    for (std::size_t form = 0; form < form_count; ++form) {
      const auto has_any = [&](const auto& item) {
        return std::get<0>(item.first) == wanted && std::get<2>(item.first) == static_cast<Form>(form);
      };
      if (std::none_of(rates_.begin(), rates_.end(), has_any)) continue;
      std::printf("| %s |", forms.at(form));
      for (const std::size_t column : columns) print_cell(rates_, {wanted, column, static_cast<Form>(form)});
      std::printf("\n");
    }
  }

  std::map<std::tuple<Table, std::size_t, Form>, Rate> rates_;
  std::map<std::pair<std::string, Table>, Rate> tiers_;
  std::map<std::string, Rate> reports_;  ///< `left` are those that were held
  std::set<std::string> failed_;
  std::size_t shown_ = 0;
};

std::size_t values_of_the_test() { return test::is_long_run() ? values_in_full : values_ordinarily; }

void measure(const std::string& tier, const Dictionary& dictionary, const redaction::Plan& plan,
             policy::Disposition disposition, const Json& shape, std::size_t values, Tally& tally) {
  Planter planter(dictionary, plan, shape, 20261128);
  for (std::size_t done = 0; done < values;) {
    const Report report = planter.next(std::min(values_of_a_report, values - done));
    if (report.planted.empty()) throw std::runtime_error("nothing could be planted");
    done += report.planted.size();
    const Haystack before(report.text);
    const auto payload = leaving(report.text, dictionary, plan, disposition);
    tally.add_report(tier, !payload);
    const Haystack behind(payload.value_or("{}"));
    for (const Planted& planted : report.planted) {
      // A search that cannot see what was planted would find that nothing left.
      if (!is_in(before, planted)) {
        throw std::runtime_error("not found where it was planted: `" + planted.pieces[0] + "`, " +
                                 name_of(column_of(planted, Table::own_place), Table::own_place) + " " + planted.where +
                                 ", " + forms.at(static_cast<std::size_t>(planted.form)));
      }
      tally.add(tier, planted, is_in(behind, planted));
    }
  }
}

int run(int argc, char** argv) {
  const bool tables = argc == 6 && std::string_view(argv[4]) == "--tables";
  if (argc != 4 && !tables) throw std::runtime_error("usage: leak_rate DICTIONARY POLICY REPORT [--tables N]");
  const auto dictionary = value_or_throw(Dictionary::parse(read(argv[1]), "dictionary"));
  const auto policy = value_or_throw(policy::Policy::parse(read(argv[2]), "policy", dictionary));
  const Json shape = Json::parse(read(argv[3]));
  const std::size_t values = tables ? std::strtoul(argv[5], nullptr, 10) : values_of_the_test();
  Tally tally;
  for (const std::string& tier : policy.tiers()) {
    policy::DecisionFacts facts;
    facts.tier = tier;
    facts.licence = core::LicenceState::valid;
    facts.event = shape.at("event").get<std::string>();
    const auto decision = policy.decide(facts);
    if (decision.disposition == policy::Disposition::withhold) continue;
    const auto plan = value_or_throw(policy.plan(decision, dictionary));
    if (!plan.redacts()) continue;
    measure(tier, dictionary, plan, decision.disposition, shape, values, tally);
  }
  if (tables) {
    tally.print();
  } else {
    std::printf("counted: %zu values planted under each of %zu tiers\n", values, tally.tiers());
    std::printf("%zu passed, %zu failed\n", tally.tiers() - tally.failed(), tally.failed());
  }
  return tally.failed() > 0 || tally.tiers() == 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "leak_rate: %s\n", error.what());
    return 1;
  }
}
