// The same in C++: a licence that the application carries itself, judged against a root that is compiled into it.
//     c++ -std=c++17 verify.cpp $(pkg-config --cflags --libs airlock) -o verify
//     ./verify licence.p7s vendor-root.crt posthog
#include <airlock.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

struct Free {
  void operator()(airlock_setting* setting) const { airlock_setting_free(setting); }
  void operator()(airlock_verdict* verdict) const { airlock_verdict_free(verdict); }
};

static std::string read(const char* path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "verify LICENCE TRUST PRODUCT [SITE-ID]\n";
    return 2;
  }
  const std::string licence = read(argv[1]);
  const std::string root = read(argv[2]);
  const std::unique_ptr<airlock_setting, Free> setting(airlock_setting_new());
  airlock_setting_trust(setting.get(), root.data(), root.size());
  airlock_setting_product(setting.get(), argv[3]);
  if (argc > 4) airlock_setting_site(setting.get(), argv[4], nullptr);

  const std::unique_ptr<airlock_verdict, Free> verdict(
      airlock_verify_bytes(licence.data(), licence.size(), setting.get()));
  std::cout << "state " << airlock_verdict_state_name(verdict.get()) << "\ntier " << airlock_verdict_tier(verdict.get())
            << "\ndays left " << airlock_verdict_days_left(verdict.get()) << "\n";
  return airlock_verdict_exit_code(verdict.get());
}
