#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "intake/home.hpp"
#include "sys/file.hpp"

namespace airlock::tools {
namespace intake_command {

using core::Code;
using core::Json;
using core::quote;

constexpr std::uint64_t sent_bytes_limit = 64 * 1024 * 1024;
constexpr std::string_view bundle_ending = ".p7m";

struct Options {
  std::vector<std::string> what;
  std::string sent;
};

/// Something that was handed in: what it is, or why it is not believed.
struct Item {
  std::string source;
  core::Result<intake::Arrival> arrival;
};

/// Bundles in a directory, else the file itself.
core::Result<std::vector<std::string>> files_of(const std::string& path) {
  if (!sys::is_directory(path)) return std::vector<std::string>{path};
  AIRLOCK_TRY(const auto names, sys::list_directory(path));
  std::vector<std::string> out;
  for (const std::string& name : names) {
    if (!name.starts_with('.') && name.ends_with(bundle_ending)) out.push_back(path + "/" + name);
  }
  return out;
}

core::Result<void> read_lines(intake::Home& home, const std::string& path, std::vector<Item>& into) {
  AIRLOCK_TRY(const std::string text, sys::read_file(path, sent_bytes_limit));
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = std::string_view(text).substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.empty()) continue;
    const std::string source = path + " line " + std::to_string(number);
    auto arrival = home.arrival_of_sending(line);
    if (!arrival) arrival = core::fail(std::move(arrival).error().within(quote(source)));
    into.push_back({source, std::move(arrival)});
  }
  return {};
}

core::Result<std::vector<Item>> read_all(intake::Home& home, const Options& options) {
  std::vector<Item> items;
  for (const std::string& path : options.what) {
    AIRLOCK_TRY(const auto files, files_of(path));
    for (const std::string& file : files) items.push_back({file, home.arrival_of_bundle(file)});
  }
  if (!options.sent.empty()) AIRLOCK_CHECK(read_lines(home, options.sent, items));
  // In the order in which the sites disclosed them, so that each finds the ones before it.
  std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    if (!a.arrival || !b.arrival) return a.arrival.has_value() < b.arrival.has_value();
    return std::tie(a.arrival->site_id, a.arrival->disclosure) < std::tie(b.arrival->site_id, b.arrival->disclosure);
  });
  return items;
}

Json to_json(const std::string& source, const intake::Arrival& arrival, const intake::TakenIn& taken) {
  Json out{{"source", source},
           {"site_id", arrival.site_id},
           {"kind", arrival.is_bundle ? "bundle" : "sent"},
           {"disclosure", arrival.disclosure},
           {"number", arrival.number},
           {"id", arrival.id},
           {"content_sha256", arrival.content_sha256},
           {"outcome", !taken.fork.empty() ? "fork"
                       : taken.is_former   ? "former"
                       : taken.is_new      ? "new"
                                           : "known"}};
  if (taken.standing) out["checkpoint"] = intake::name(*taken.standing);
  if (!taken.fork.empty()) out["error"] = taken.fork;
  return out;
}

std::string in_words(const intake::TakenIn& taken) {
  if (taken.is_former) return "is of a past that the site has given up, and is kept apart";
  if (!taken.is_new) return "was here already";
  std::string out = "taken in";
  if (taken.standing == intake::Standing::proven) out += ", grown from what the last receipt acknowledged";
  if (taken.standing == intake::Standing::unproven) out += ", sealed before the site imported the last receipt";
  return out;
}

/// The worst of them is what the command ends with.
void take_worse(int& exit, Code code) {
  const auto found = static_cast<int>(code);
  if (code == Code::integrity || exit == 0) exit = found;
}

int run(VendorContext& context, const Options& options) {
  const console::Console& console = context.console;
  if (options.what.empty() && options.sent.empty()) {
    return console.report({Code::usage, "name bundles, a directory of bundles, or `--sent FILE`", {}});
  }
  auto home = intake::Home::open(context.home);
  if (!home) return console.report(home.error());
  auto items = read_all(*home, options);
  if (!items) return console.report(items.error());
  int exit = 0;
  Json all = Json::array();
  std::size_t added = 0;
  for (const Item& item : *items) {
    if (!item.arrival) {
      const core::Error& error = item.arrival.error();
      console.complain(error.message, error.hint);
      all.push_back({{"source", item.source}, {"outcome", "refused"}, {"error", error.message}});
      take_worse(exit, error.code);
      continue;
    }
    const intake::Arrival& arrival = *item.arrival;
    const auto taken = home->take_in(arrival);
    if (!taken) return console.report(taken.error());
    all.push_back(to_json(item.source, arrival, *taken));
    const std::string what = "disclosure " + std::to_string(arrival.disclosure) + " of site " + arrival.site_id;
    if (!taken->fork.empty()) {
      console.complain(quote(item.source) + ": " + what + " contradicts what this site said before: " + taken->fork,
                       "keep both files and ask the site: its ledger was put back, which `airlock-vendor site readmit` "
                       "settles with its proof, or somebody else has its keys");
      take_worse(exit, Code::integrity);
      continue;
    }
    if (taken->is_new) ++added;
    console.say(what + ", report " + std::to_string(arrival.number) + ": " + in_words(*taken));
  }
  if (console.json()) {
    Json document{{"items", all}, {"new", added}, {"exit", exit}};
    if (exit != 0) {
      document["error"] = console::error_member(exit, "not every file was taken in", "`items` says of each why");
    }
    console.print(document);
  }
  return exit;
}

}  // namespace intake_command

void add_intake(VendorContext& context) {
  using namespace intake_command;
  auto options = std::make_shared<Options>();
  console::Command command = context.console.command(
      "intake", "verify bundles as `open` does and register that they arrived",
      "  airlock-vendor intake 2022-05-01-1-….p7m\n  airlock-vendor intake /media/from-the-bank\n"
      "  airlock-vendor intake --sent received.jsonl --json | jq '.items[] | select(.outcome != \"known\")'",
      [&context, options] { return run(context, *options); });
  command.exits({{5, "a bundle does not verify, or a site contradicts itself; all others were taken in"}});
  command.texts("FILE", options->what, "a bundle, or a directory with bundles");
  command.text("--sent", options->sent, "what the receiver noted of reports that were sent, a line each");
}

}  // namespace airlock::tools
