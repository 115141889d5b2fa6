// As verdicts.c, through lib/capi/airlock.hpp: reads the same lines and prints the same JSON.
#include <airlock.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

static_assert(!std::is_copy_constructible_v<airlock::Verdict> &&
              std::is_nothrow_move_constructible_v<airlock::Verdict>);
static_assert(!std::is_copy_constructible_v<airlock::Setting> && std::is_nothrow_move_assignable_v<airlock::Setting>);
static_assert(!std::is_copy_constructible_v<airlock::Outcome> &&
              std::is_nothrow_move_constructible_v<airlock::Outcome>);

using Field = std::optional<std::string>;

static Field read_file(const Field& path) {
  if (!path) return {};
  std::ifstream in(*path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(in), {});
  return in ? Field(bytes) : std::nullopt;
}

static airlock::Text text(const Field& field) { return field ? airlock::Text(*field) : nullptr; }

static void print(const airlock::Verdict& verdict) {
  std::cout << "{\"state\": \"" << verdict.state_name() << "\", \"exit\": " << verdict.exit_code()
            << ", \"usable\": " << int{verdict.usable()}
            << ", \"warning_days\": " << verdict.warning_days().value_or(0);
  if (verdict.has_licence()) {
    std::cout << ", \"days_left\": " << verdict.days_left().value() << ", \"serial\": \"" << verdict.serial()
              << "\", \"sequence\": " << verdict.sequence().value() << ", \"tier\": \"" << verdict.tier()
              << "\", \"product\": \"" << verdict.product() << "\", \"entitlements\": [";
    const char* comma = "";
    for (const std::string_view entitlement : verdict.entitlements()) {
      std::cout << std::exchange(comma, ", ") << '"' << entitlement << '"';
      if (!verdict.entitled(std::string(entitlement))) std::abort();
    }
    std::cout << "], \"limits\": {";
    comma = "";
    for (const auto& [name, maximum] : verdict.limits()) {
      std::cout << std::exchange(comma, ", ") << '"' << name << "\": " << maximum;
      if (verdict.limit(std::string(name)) != maximum) std::abort();
    }
    std::cout << "}";
    if (*verdict.not_before() >= *verdict.not_after() || verdict.grace_days().value() < 0) std::abort();
  } else if (verdict.sequence() || verdict.days_left() || verdict.not_before() || !verdict.tier().empty()) {
    std::abort();
  }
  std::cout << "}\n";
  const airlock::Limit none = verdict.limits()[1000];
  if (!none.name.empty() || none.name.data() == nullptr || none.maximum != airlock::Limit{}.maximum) std::abort();
  if (!verdict.entitlements()[1000].empty() || verdict.limit("no-such-limit") || verdict.entitled("no-such") ||
      verdict.entitled(nullptr) || verdict.limit(nullptr)) {
    std::abort();
  }
  if (verdict.usable() != (verdict.state() == airlock::State::valid || verdict.state() == airlock::State::grace))
    std::abort();
}

static airlock::Verdict verify_bytes(const std::vector<Field>& field) {
  airlock::Setting setting = airlock::Setting().product(text(field[3])).site(text(field[4]), text(field[5]));
  if (const Field trust = read_file(field[2])) setting.trust(*trust);
  if (field[6]) setting.newest_sequence(std::stoll(*field[6]));
  if (const Field kit = read_file(field[7])) setting.kit(*kit);
  if (field.size() > 8) setting.now(airlock::Time(std::chrono::seconds(std::stoll(field[8].value()))));
  return airlock::verify_bytes(read_file(field[1]), setting);
}

// Empty and moved-from objects read as "no memory"; what is given twice counts once.
static void check_the_rest(const airlock::Verdict& empty) {
  airlock::Outcome outcome = airlock::process("/nowhere", "report.json", "/no-such-program");
  const airlock::Outcome moved = std::move(outcome);
  const std::vector<unsigned char> nothing;
  airlock::Setting setting;
  setting.newest_time(std::chrono::system_clock::now()).memory("").trust(nothing);
  const bool sound =
      moved.exit_code() == 8 && !moved.recorded() &&
      moved.message().find("cannot be started") != std::string_view::npos && moved.json().empty() &&
      moved.text("outcome").empty() && outcome.message() == "the report was not recorded: no memory is left" &&
      !outcome.recorded() && airlock::process_bytes("/nowhere", nothing, "/no-such-program").exit_code() == 8 &&
      empty.reason() == "the licence could not be judged: no memory is left" && empty.memory().empty() &&
      airlock::verify_bytes(nothing, setting).state() == airlock::State::unjudged && !airlock::version().empty();
  if (!sound) std::abort();
}

int main() {
  airlock::Verdict first = airlock::verify_site("/nowhere");
  const airlock::Verdict moved = std::move(first);
  check_the_rest(first);
  print(first);
  print(airlock::verify_site(nullptr));
  print(airlock::verify_files(nullptr, nullptr, nullptr));
  airlock::Setting setting;
  const airlock::Setting taken = std::move(setting);
  const airlock::Verdict without = airlock::verify_bytes(std::nullopt, setting);
  print(without);
  if (without.state() != airlock::State::unjudged || without.usable() || without.exit_code() != 2) std::abort();

  std::string line;
  while (std::getline(std::cin, line)) {
    std::vector<Field> field;
    std::istringstream in(line);
    for (std::string each; std::getline(in, each, '\t');) field.push_back(each == "-" ? std::nullopt : Field(each));
    if (field.size() == 2 && field[0] == "site") {
      print(airlock::verify_site(text(field[1])));
    } else if (field.size() == 5 && field[0] == "files") {
      print(airlock::verify_files(text(field[1]), text(field[2]), text(field[3]), text(field[4])));
    } else if (field.size() >= 8 && field[0] == "bytes") {
      print(verify_bytes(field));
    } else {
      return 2;
    }
  }
  return 0;
}
