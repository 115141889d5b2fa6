// airlock-send: sends the payloads that wait in a site's outbox. No other program of a site opens a network connection.

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>

#include "console.hpp"
#include "delivery/sender.hpp"
#include "health/watch.hpp"
#include "keeper/keeper.hpp"
#include "site/site.hpp"
#include "sys/helper.hpp"

namespace airlock::tools {
namespace {

using core::Json;

constexpr std::chrono::seconds watch_interval{5};
constexpr std::size_t reports_told = 1000;

std::atomic<bool> asked_to_stop{false};
static_assert(std::atomic<bool>::is_always_lock_free);
extern "C" void on_stop(int) { asked_to_stop = true; }

struct Settings {
  std::string site;
  delivery::EnvironmentProxy environment;
  std::string keeper;  ///< `READ,WRITE`: the descriptors of a key agent that `airlock` has started
  bool once = false;
  bool watch = false;
  bool check = false;
  bool now = false;
};

std::string from_environment(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

/// Reads the environment variables that this program needs and clears the environment. So no variable can make a
/// library use another proxy or resolver, or write a log of session keys.
Settings settings_from_environment() {
  Settings out;
  out.site = from_environment({"AIRLOCK_SITE"});
  if (out.site.empty()) out.site = site::default_directory;
  out.environment = {from_environment({"https_proxy", "HTTPS_PROXY"}), from_environment({"no_proxy", "NO_PROXY"})};
  const bool plain = std::getenv("NO_COLOR") != nullptr;
  console::Console::remember_environment();
  clearenv();
  if (plain) setenv("NO_COLOR", "1", 1);
  return out;
}

Json to_json(const delivery::SendEvent& event) {
  Json out{{"number", event.number},
           {"disclosure", event.disclosure},
           {"id", event.id},
           {"outcome", delivery::name(event.outcome)}};
  out["message"] = core::or_null(event.message);
  return out;
}

void show(const console::Console& console, const delivery::SendEvent& event) {
  console.say(
      "report " + std::to_string(event.number) + ": " + std::string(delivery::name(event.outcome)) +
      (event.outcome == delivery::SendOutcome::sent ? " as disclosure " + std::to_string(event.disclosure) : ""));
  if (!event.message.empty() && !console.json()) console.complain(event.message, event.hint);
}

int send_once(const console::Console& console, const Settings& settings) {
  Json reports = Json::array();
  const delivery::SendOptions options{settings.now, settings.environment, [] { return asked_to_stop.load(); }};
  const auto round = delivery::send_round(settings.site, options, [&](const delivery::SendEvent& event) {
    if (reports.size() < reports_told) reports.push_back(to_json(event));
    show(console, event);
  });
  for (const core::Error& error : health::tell_watchers(settings.site)) {
    console.complain("the site's watcher was not told: " + error.message, error.hint);
  }
  if (!round) return console.report(round.error());
  if (console.json()) {
    Json document{{"sent", round->sent},
                  {"withdrawn", round->withdrawn},
                  {"failed", round->failed},
                  {"payload_lost", round->lost},
                  {"held", round->held},
                  {"waiting", round->waiting},
                  {"next_try", core::or_null(round->next_try)},
                  {"reports", reports},
                  {"exit", core::exit_code(round->code())}};
    if (round->code()) {
      document["error"] =
          console::error_member(round->code(), "not everything was sent",
                                "`reports` gives the reason for each; `airlock outbox list` shows what waits");
    }
    console.print(document);
  } else if (!settings.watch && (round->waiting != 0 || reports.empty())) {
    console.say(std::to_string(round->waiting) + " waiting" +
                (round->next_try ? ", next try " + round->next_try->text() : ""));
  }
  return core::exit_code(round->code());
}

int send_for_ever(const console::Console& console, const Settings& settings) {
  // Fails only for a number that is no signal.
  static_cast<void>(std::signal(SIGTERM, on_stop));
  static_cast<void>(std::signal(SIGINT, on_stop));
  while (!asked_to_stop) {
    // A failure is reported, and the next round tries again. A service that ended would only be started again.
    (void)send_once(console, settings);
    const auto until = std::chrono::steady_clock::now() + watch_interval;
    while (!asked_to_stop && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
  return 0;
}

int check(const console::Console& console, const Settings& settings) {
  const auto checked = delivery::check_destinations(settings.site, settings.environment);
  if (!checked) return console.report(checked.error());
  Json list = Json::array();
  std::optional<core::Code> code;
  for (const auto& destination : *checked) {
    if (!destination.sound) code = core::Code::later;
    list.push_back({{"type", destination.type},
                    {"url", destination.url},
                    {"sound", destination.sound},
                    {"message", destination.message}});
    console.say(destination.type + " " + destination.url + ": " + (destination.sound ? destination.message : "fails"));
    if (!destination.sound && !console.json()) console.complain(destination.message, "");
  }
  if (console.json()) {
    Json document{{"destinations", list}, {"exit", core::exit_code(code)}};
    if (code) {
      document["error"] = console::error_member(code, "a destination does not answer as it should",
                                                "`destinations` says which one, and why");
    }
    console.print(document);
  }
  if (checked->empty()) console.say("no destination is configured");
  return core::exit_code(code);
}

/// Takes over the descriptors of a key agent that holds the site's key, as `airlock` passes them. `text` is
/// `READ,WRITE`. Error: usage.
core::Result<void> take_over_keeper(const std::string& text) {
  const auto comma = text.find(',');
  const auto number = [](const std::string& digits) {
    const bool sound = !digits.empty() && digits.size() < 6 && digits.find_first_not_of("0123456789") == digits.npos;
    return sound ? std::stoi(digits) : -1;
  };
  const int from = number(text.substr(0, comma));
  const int to = comma == text.npos ? -1 : number(text.substr(comma + 1));
  if (from <= 2 || to <= 2 || !sys::keep_to_this_program(from) || !sys::keep_to_this_program(to)) {
    return core::fail(core::Code::usage, "`--keeper` is for `airlock` only");
  }
  keeper::adopt(site::signing_key_name, from, to);
  return {};
}

int run(const console::Console& console, const Settings& settings) {
  if (!settings.keeper.empty()) {
    if (auto taken = take_over_keeper(settings.keeper); !taken) return console.report(taken.error());
  }
  if (int{settings.once} + int{settings.watch} + int{settings.check} > 1) {
    return console.report({core::Code::usage, "`--once`, `--watch` and `--check` cannot be given together", {}});
  }
  if (settings.check) return check(console, settings);
  return settings.watch ? send_for_ever(console, settings) : send_once(console, settings);
}

}  // namespace
}  // namespace airlock::tools

int main(int argc, char** argv) {
  using namespace airlock;
  tools::Settings settings = tools::settings_from_environment();
  console::Console console(
      "airlock-send",
      "Sends the reports that wait in a site's outbox over HTTPS, and records each attempt before and after.");
  console::Command command = console.alone(
      "  airlock-send --site /var/lib/airlock\n"
      "  airlock-send --watch\n"
      "  airlock-send --check",
      [&] { return tools::run(console, settings); });
  command.about(
      "Each report is decided on once more before it is sent. If the decision became stricter, the report is withdrawn "
      "and held. No other program of a site opens a network connection.",
      "guides/operate-sending.md");
  command.exits({{0, "everything due was sent, or nothing was due"},
                 {4, "a report was withdrawn or held: it may no longer leave"},
                 {5, "a payload was altered or lost"},
                 {7, "a report could not be sent: it waits, or was given up; `--check`: a destination fails"}});
  command.text("--site", settings.site, "site directory (also AIRLOCK_SITE; default /var/lib/airlock)",
               console::Kind::folder);
  command.hidden("--keeper", settings.keeper);
  command.flag("--once", settings.once, "send what is due, then end (the default)");
  command.flag("--watch", settings.watch, "keep sending what arrives, until SIGTERM");
  command.flag("--check", settings.check, "test the destinations; send no report");
  command.flag("--now", settings.now,
               "send now, whatever the next try and the maximum age say, also reports that were given up");
  return console.run(argc, argv);
}
