// Runs a fuzz target without libFuzzer: the same inputs on every machine, so that every build and every test run can
// afford it. Takes libFuzzer's flags, so that one command line fits both:
//
//     fuzz_report -runs=20000 -seed=1 -dict=report.dict CORPUS...
//
// A CORPUS is a file or a folder of files. First come its files as they are, then inputs made from them. Ends with 0
// when all ran; a target that aborts, or a sanitizer that finds something, leaves the input in `crash-fuzz_<target>` in
// the working directory.

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <stdexcept>

#include "core/encoding.hpp"
#include "fuzz/mutator.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// Of the sanitizers' runtime; absent from builds without one.
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace {

namespace fs = std::filesystem;
using airlock::test::Mutator;
using airlock::test::Random;

struct Options {
  std::string target;
  std::uint64_t runs = 10000;
  std::uint64_t seed = 1;
  std::size_t longest = 64 * 1024;
  std::vector<std::string> words;
  std::vector<std::string> corpus;
};

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return bytes;
}

/// Reads a dictionary as libFuzzer and AFL know it: a line is `"word"` or `name="word"` with `\\`, `\"` and `\xNN` for
/// what cannot stand for itself, or a comment that begins with `#`.
std::vector<std::string> read_words(const fs::path& path) {
  std::vector<std::string> words;
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const auto begin = line.find('"');
    const auto end = line.rfind('"');
    if (begin == end) throw std::runtime_error(path.string() + ": not a word: " + line);
    std::string word;
    for (std::size_t at = begin + 1; at < end; ++at) {
      if (line[at] != '\\') {
        word += line[at];
      } else if (line[at + 1] == 'x') {
        word += airlock::core::from_hex(line.substr(at + 2, 2)).value();
        at += 3;
      } else {
        word += line[++at];
      }
    }
    words.push_back(word);
  }
  return words;
}

void add_corpus(Options& options, const fs::path& path) {
  if (!fs::is_directory(path)) {
    options.corpus.push_back(read_file(path));
    return;
  }
  // In the order of their names: a directory has none.
  std::set<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) files.insert(entry.path());
  }
  if (files.empty()) throw std::runtime_error("no file in " + path.string());
  for (const auto& file : files) options.corpus.push_back(read_file(file));
}

Options read_options(int argc, char** argv) {
  Options options;
  options.target = fs::path(argv[0]).filename().string().substr(std::string_view("fuzz_").size());
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument.starts_with("-runs=")) {
      options.runs = std::stoull(argument.substr(6));
    } else if (argument.starts_with("-seed=")) {
      options.seed = std::stoull(argument.substr(6));
    } else if (argument.starts_with("-max_len=")) {
      options.longest = std::stoull(argument.substr(9));
    } else if (argument.starts_with("-dict=")) {
      options.words = read_words(argument.substr(6));
    } else if (argument.starts_with("-")) {
      throw std::runtime_error("unknown flag " + argument);
    } else {
      add_corpus(options, argument);
    }
  }
  if (options.corpus.empty()) throw std::runtime_error("no corpus");
  return options;
}

std::string current_input;
std::string crash_file;

void keep_current_input() {
  std::ofstream(crash_file, std::ios::binary) << current_input;
  std::cerr << "fuzz: the input is in " << crash_file << "\n";
}

void on_abort(int) {
  keep_current_input();
  std::signal(SIGABRT, SIG_DFL);
  std::abort();
}

void run(std::string input) {
  current_input = std::move(input);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(current_input.data()), current_input.size());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options options = read_options(argc, argv);
    crash_file = "crash-fuzz_" + options.target;
    std::signal(SIGABRT, on_abort);
    if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(keep_current_input);

    for (const std::string& input : options.corpus) run(input);
    const Mutator mutator(options.corpus, options.words, options.longest);
    Random random(options.seed);
    for (std::uint64_t i = 0; i < options.runs; ++i) run(mutator.next(random));
    std::cout << "counted: " << options.corpus.size() + options.runs << " inputs to the fuzz target " << options.target
              << ", seed " << options.seed << "\n1 passed, 0 failed\n";
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "fuzz: " << error.what() << "\n";
    return 1;
  }
}
