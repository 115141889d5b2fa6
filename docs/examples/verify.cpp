// The same in C++: a licence that the application carries itself, judged against a root that it brings along.
//     c++ -std=c++17 verify.cpp $(pkg-config --cflags --libs airlock) -o verify
//     ./verify licence.p7s vendor-root.crt posthog
#include <airlock.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>

static std::optional<std::string> read(const char* path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "verify LICENCE TRUST PRODUCT [SITE-ID]\n";
    return 2;
  }
  airlock::Setting setting;
  setting.trust(read(argv[2]).value_or("")).product(argv[3]);
  if (argc > 4) setting.site(argv[4]);
  const airlock::Verdict verdict = airlock::verify_bytes(read(argv[1]), setting);

  std::cout << "state " << verdict.state_name() << "\nexit " << verdict.exit_code() << "\nreason " << verdict.reason() << "\n";
  if (verdict.has_licence()) {
    std::cout << "tier " << verdict.tier() << "\ndays left " << *verdict.days_left() << "\n";
    for (const auto& [name, maximum] : verdict.limits()) std::cout << "limit " << name << " " << maximum << "\n";
  }
  return verdict.exit_code();
}
