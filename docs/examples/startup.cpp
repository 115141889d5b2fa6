// An application asks for its licence at its start, and decides what the answer means.
//     c++ -std=c++17 startup.cpp $(pkg-config --cflags --libs airlock) -o startup && ./startup
#include <airlock.hpp>
#include <iostream>

int main() {
  const auto licence = airlock::verify_files("public/licence.p7s", "public/vendor-root.crt", "posthog");
  if (licence.usable()) {
    std::cout << "running with tier " << licence.tier() << "\n";
  } else if (licence.state() == airlock::State::expired) {
    std::cout << "reading only: " << licence.reason() << "\n";
  } else {
    std::cerr << "not started: " << licence.reason() << "\n";
    return licence.exit_code();
  }
}
