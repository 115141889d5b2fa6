#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>

#include "commands.hpp"
#include "core/text.hpp"
#include "intake/home.hpp"
#include "intake/search.hpp"
#include "progress.hpp"
#include "site_gaps.hpp"
#include "sys/read_file.hpp"

namespace airlock::tools {
namespace intake_command {

using core::Code;
using core::Json;
using core::quote;

constexpr std::uint64_t sent_bytes_limit = 64ULL * 1024 * 1024;
/// How many arrivals are recorded in one commit.
constexpr std::size_t taken_in_at_once = 100;
/// The maximum number of files that were passed over and are listed by name.
constexpr std::size_t passed_over_told = 50;

struct Options {
  std::vector<std::string> what;
  std::string sent;
};

/// One bundle or sending that was handed in: the verified arrival, or why it is not believed.
struct Item {
  std::string source;
  core::Result<intake::Arrival> arrival;
};

/// Everything that was handed in to one run of the command.
struct HandedIn {
  std::vector<Item> items;
  intake::FoundBundles found;
};

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

core::Result<HandedIn> read_all(const console::Console& console, intake::Home& home, const Options& options) {
  HandedIn out;
  for (const std::string& path : options.what) intake::find_bundles(path, out.found);
  std::vector<Item>& items = out.items;
  for (auto& folder : out.found.unreadable) items.push_back({folder.path, core::fail(std::move(folder.error))});
  const std::vector<std::string>& files = out.found.bundles;
  console::Progress progress(console);
  auto arrivals = home.arrivals_of_bundles(files, progress);
  for (std::size_t i = 0; i < files.size(); ++i) items.push_back({files[i], std::move(arrivals[i])});
  if (!options.sent.empty()) AIRLOCK_CHECK(read_lines(home, options.sent, items));
  // Sorted in the order in which each site disclosed them, so that every arrival finds its predecessors stored.
  std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    if (!a.arrival || !b.arrival) return a.arrival.has_value() < b.arrival.has_value();
    return std::tie(a.arrival->site_id, a.arrival->disclosure) < std::tie(b.arrival->site_id, b.arrival->disclosure);
  });
  return out;
}

/// The number of items with each result.
struct Counts {
  std::size_t added = 0;
  std::size_t known = 0;
  std::size_t former = 0;
  std::size_t closed = 0;
  std::size_t forks = 0;
  std::size_t refused = 0;
};

std::string_view outcome_of(const intake::TakenIn& taken) {
  if (taken.is_closed) return "closed";
  if (!taken.fork.empty()) return "fork";
  if (taken.is_former) return "former";
  return taken.is_new ? "new" : "known";
}

void count(Counts& counts, const intake::TakenIn& taken) {
  if (taken.is_closed) {
    ++counts.closed;
  } else if (!taken.fork.empty()) {
    ++counts.forks;
  } else if (taken.is_former) {
    ++counts.former;
  } else {
    ++(taken.is_new ? counts.added : counts.known);
  }
}

std::string in_words(const Counts& counts, std::size_t passed_over) {
  std::string out = "in all: " + std::to_string(counts.added) + " taken in";
  const auto add = [&](std::size_t number, std::string_view what) {
    if (number != 0) out += ", " + std::to_string(number) + " " + std::string(what);
  };
  add(counts.known, "here already");
  add(counts.former, "of a ledger past that was given up");
  add(counts.closed, "of a closed fork");
  add(counts.forks, counts.forks == 1 ? "fork" : "forks");
  add(counts.refused, "refused");
  add(passed_over, "passed over");
  return out;
}

void tell_passed_over(const console::Console& console, const std::vector<intake::PassedOverFile>& list) {
  for (std::size_t i = 0; i < std::min(list.size(), passed_over_told); ++i) {
    console.warn("passed over " + quote(list[i].path) + ": " + list[i].reason, "");
  }
  if (list.size() > passed_over_told) {
    console.warn("passed over " + std::to_string(list.size() - passed_over_told) + " more",
                 "`--json` names all of them");
  }
}

Json to_json(const std::vector<intake::PassedOverFile>& list) {
  Json out = Json::array();
  for (const auto& one : list) out.push_back({{"source", one.path}, {"reason", one.reason}});
  return out;
}

Json to_json(const std::string& source, const intake::Arrival& arrival, const intake::TakenIn& taken) {
  Json out{{"source", source},
           {"site_id", arrival.site_id},
           {"kind", arrival.is_bundle ? "bundle" : "sent"},
           {"disclosure", arrival.disclosure},
           {"number", arrival.number},
           {"id", arrival.id},
           {"content_sha256", arrival.content_sha256},
           {"outcome", outcome_of(taken)}};
  if (taken.standing) out["checkpoint"] = intake::name(*taken.standing);
  if (!taken.fork.empty()) out["error"] = taken.fork;
  return out;
}

std::string in_words(const intake::TakenIn& taken) {
  if (taken.is_closed) return "belongs to a fork that was closed, and is kept apart: " + taken.fork;
  if (taken.is_former) return "belongs to a past that the site has given up, and is kept apart";
  if (!taken.is_new) return "was here already";
  std::string out = "taken in";
  if (taken.standing == intake::CheckpointStanding::proven)
    out += ", and its ledger continues the one that the last receipt acknowledged";
  if (taken.standing == intake::CheckpointStanding::unproven)
    out += ", sealed before the site imported the last receipt";
  return out;
}

/// Keeps the worst code for the end of the command: integrity before any other, and otherwise the first failure.
void take_worse(std::optional<Code>& worst, Code code) {
  if (code == Code::integrity || !worst) worst = code;
}

int run(VendorContext& context, const Options& options) {
  const console::Console& console = context.console;
  if (options.what.empty() && options.sent.empty()) {
    return console.report({Code::usage, "name bundles, a directory of bundles, or `--sent FILE`", {}});
  }
  auto home = intake::Home::open(context.home);
  if (!home) return console.report(home.error());
  auto handed = read_all(console, *home, options);
  if (!handed) return console.report(handed.error());
  const auto& passed_over = handed->found.passed_over;
  tell_passed_over(console, passed_over);
  std::optional<Code> worst;
  Json all = Json::array();
  Counts counts;
  std::vector<intake::Arrival> arrivals;
  std::vector<std::string> sources;  // of the arrivals
  for (Item& item : handed->items) {
    if (!item.arrival) {
      const core::Error& error = item.arrival.error();
      console.complain(error.message, error.hint);
      all.push_back({{"source", item.source}, {"outcome", "refused"}, {"error", error.message}});
      take_worse(worst, error.code);
      ++counts.refused;
      continue;
    }
    arrivals.push_back(std::move(*item.arrival));
    sources.push_back(item.source);
  }
  for (std::size_t from = 0; from < arrivals.size(); from += taken_in_at_once) {
    const auto some = std::span(arrivals).subspan(from, std::min(taken_in_at_once, arrivals.size() - from));
    const auto all_taken = home->take_in(some);
    if (!all_taken) return console.report(all_taken.error());
    for (std::size_t i = 0; i < some.size(); ++i) {
      const intake::Arrival& arrival = some[i];
      const intake::TakenIn& taken = (*all_taken)[i];
      const std::string& source = sources[from + i];
      all.push_back(to_json(source, arrival, taken));
      count(counts, taken);
      const std::string what = "disclosure " + std::to_string(arrival.disclosure) + " of site " + arrival.site_id;
      if (!taken.fork.empty() && !taken.is_closed) {
        console.complain(quote(source) + ": " + what + " contradicts what this site said before: " + taken.fork,
                         "keep both files, and " + std::string(fork_hint));
        take_worse(worst, Code::integrity);
        continue;
      }
      console.say(what + ", report " + std::to_string(arrival.number) + ": " + in_words(taken));
    }
  }
  // If everything that the person named was passed over, the command did not do what they wanted, and fails.
  const bool in_vain = handed->items.empty() && handed->found.instructions == 0 &&
                       std::any_of(passed_over.begin(), passed_over.end(), [](const auto& one) { return one.named; });
  if (in_vain) {
    console.complain("the files and folders that you named have no bundle",
                     "instead of a link, name the file or folder that it leads to");
    worst = Code::bad_input;
  }
  console.say(in_words(counts, passed_over.size()));
  if (console.json()) {
    Json document{{"items", all},
                  {"new", counts.added},
                  {"known", counts.known},
                  {"former", counts.former},
                  {"closed", counts.closed},
                  {"forks", counts.forks},
                  {"refused", counts.refused},
                  {"passed_over", to_json(passed_over)},
                  {"instructions", handed->found.instructions},
                  {"exit", core::exit_code(worst)}};
    if (worst) {
      document["error"] =
          console::error_member(worst, "not every file was taken in", "`items` gives the reason for each");
    }
    console.print(document);
  }
  return core::exit_code(worst);
}

}  // namespace intake_command

void add_intake(VendorContext& context) {
  using namespace intake_command;
  auto options = std::make_shared<Options>();
  console::Command command = context.console.command(
      "intake", "verify bundles as `open` does, and register their arrival",
      "  airlock-vendor intake 2022-05-01-1-….p7m\n  airlock-vendor intake /media/from-the-bank\n"
      "  airlock-vendor intake --sent received.jsonl --json | jq '.items[] | select(.outcome != \"known\")'",
      [&context, options] { return run(context, *options); });
  command.about(
      "Each bundle is opened, verified and compared with the register. What is new is noted, what is known changes "
      "nothing, and what contradicts the register is put apart as a fork.",
      "guides/vendor.md");
  command.exits({{5, "a bundle does not verify, or a site contradicts itself; all others were taken in"}});
  command.texts("FILE", options->what, "a bundle, or a folder that is searched with all its subfolders",
                console::Kind::file);
  command.text("--sent", options->sent, "a file from the receiver of sent reports, with one line for each report",
               console::Kind::file);
}

}  // namespace airlock::tools
