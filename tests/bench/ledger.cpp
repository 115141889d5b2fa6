// How fast a ledger of many entries is, beside bare SQLite and bare SHA-256 loops over the same bodies in the same run.
//     bench_ledger [--entries N]         measures; 1 000 000 entries where nothing is said. Ends with 0 where memory
//     stays
//                                        bounded and no reading keeps writers out for 50 ms
//     bench_ledger --grow FILE FROM N    appends N withheld reports to the ledger FILE, whose last report is FROM: for
//     tests

#include <openssl/evp.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "crypto/hash.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/ledger.hpp"
#include "ledger/verify.hpp"
#include "sys/system.hpp"
#include "sys/world.hpp"
#include "temporary_directory.hpp"

using namespace airlock;

namespace {

constexpr std::uint64_t reports_a_change = 500;
constexpr int single_commits = 400;
constexpr int proofs = 2000;
constexpr double most_locked_ms = 50;
constexpr long most_memory_mib = 192;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

template <typename T>
T must(core::Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "a measured step failed: %s\n", result.error().message.c_str());
    std::exit(2);
  }
  return std::move(*result);
}
void must(const core::Result<void>& result) {
  if (!result) {
    std::fprintf(stderr, "a measured step failed: %s\n", result.error().message.c_str());
    std::exit(2);
  }
}

long memory_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

/// A report that was withheld: two entries.
void add_report(ledger::Change& change, std::uint64_t number, core::Time now) {
  const std::string id = sys::random_uuid();
  const core::Json produced{{"number", number},
                            {"tier", "enterprise"},
                            {"decision", {{"disposition", "withhold"}, {"rules", {"tier enterprise", "site floor"}}}},
                            {"commitment", std::string(64, 'a')}};
  must(change.append(ledger::Kind::produced, id, produced, now, sys::random_bytes(ledger::nonce_size)));
  must(change.keep_original({id, crypto::sha256(id), sys::random_bytes(ledger::salt_size), 12000}));
  must(change.append(ledger::Kind::withheld, id, {{"number", number}, {"reason", "the tier withholds"}}, now,
                     sys::random_bytes(ledger::nonce_size)));
}

void grow(ledger::Ledger& book, const sys::Lock& lock, std::uint64_t from, std::uint64_t reports) {
  const core::Time now = sys::now();
  for (std::uint64_t done = 0; done < reports;) {
    auto change = must(book.change(lock));
    for (std::uint64_t i = 0; i < reports_a_change && done < reports; ++i) add_report(change, from + ++done, now);
    must(change.commit());
  }
}

/// The longest time that a piece of reading took, each of which is one transaction at most.
class Longest {
 public:
  template <typename Read>
  auto operator()(Read read) {
    const auto start = Clock::now();
    auto result = read();
    milliseconds_ = std::max(milliseconds_, seconds_since(start) * 1000);
    return result;
  }
  [[nodiscard]] double milliseconds() const { return milliseconds_; }

 private:
  double milliseconds_ = 0;
};

void row(const char* what, double seconds, std::uint64_t count) {
  std::printf("%-66s %9.2f s  %9.2f us each\n", what, seconds, seconds / static_cast<double>(count) * 1e6);
}

/// The same bodies in one table, by SQLite alone with the settings of the ledger.
class Bare {
 public:
  explicit Bare(const std::string& path) {
    check(sqlite3_open(path.c_str(), &database_));
    run("PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; CREATE TABLE t (seq INTEGER PRIMARY KEY, body TEXT) "
        "STRICT");
    check(sqlite3_prepare_v2(database_, "INSERT INTO t (body) VALUES (?)", -1, &insert_, nullptr));
  }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;
  ~Bare() {
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }
  void run(const char* sql) { check(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr)); }
  void add(const std::string& body) {
    sqlite3_bind_text(insert_, 1, body.data(), static_cast<int>(body.size()), SQLITE_STATIC);
    if (sqlite3_step(insert_) != SQLITE_DONE) std::exit(2);
    sqlite3_reset(insert_);
  }

 private:
  static void check(int code) {
    if (code != SQLITE_OK) std::exit(2);
  }
  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

int measure(std::uint64_t entries) {
  const test::TemporaryDirectory folder;
  const std::string site_id = "00000000-0000-4000-8000-000000000000";
  const std::string path = folder / "ledger.db";
  const auto key = must(crypto::PrivateKey::generate(crypto::KeyKind::ed25519));
  const crypto::NoteVerifier verifier{ledger::origin(site_id), key.public_key()};
  const auto lock = must(sys::Lock::acquire(folder / "lock", 0));
  auto book = must(ledger::Ledger::create(path));

  std::printf("%llu entries, two a report, %llu entries a commit\n\n", static_cast<unsigned long long>(entries),
              static_cast<unsigned long long>(2 * reports_a_change));
  auto start = Clock::now();
  grow(book, lock, 0, entries / 2);
  row("append", seconds_since(start), entries);

  Bare bare(folder / "bare.db");
  std::vector<std::string> bodies;
  double inserting = 0;
  double hashing = 0;
  for (std::uint64_t from = 0; from < entries;) {
    bodies.clear();
    for (const auto& entry : must(book.entries(from, 2 * reports_a_change))) bodies.push_back(entry.body);
    from += bodies.size();
    start = Clock::now();
    bare.run("BEGIN IMMEDIATE");
    for (const std::string& body : bodies) bare.add(body);
    bare.run("COMMIT");
    inserting += seconds_since(start);
    start = Clock::now();
    for (const std::string& body : bodies) {
      unsigned char digest[32];
      EVP_Digest(body.data(), body.size(), digest, nullptr, EVP_sha256(), nullptr);
    }
    hashing += seconds_since(start);
  }
  row("  bare SQLite: the same bodies, one table, no index", inserting, entries);
  row("  bare SHA-256 of the same bodies", hashing, entries);

  start = Clock::now();
  for (int i = 0; i < single_commits; ++i) {
    auto change = must(book.change(lock));
    must(change.append(ledger::Kind::configured, "", core::Json::object(), sys::now(),
                       sys::random_bytes(ledger::nonce_size)));
    must(change.commit());
  }
  row("append, one entry a commit", seconds_since(start), single_commits);
  start = Clock::now();
  for (int i = 0; i < single_commits; ++i) {
    bare.run("BEGIN IMMEDIATE");
    bare.add(bodies.front());
    bare.run("COMMIT");
  }
  row("  bare SQLite, one entry a commit", seconds_since(start), single_commits);

  start = Clock::now();
  const auto checked = must(ledger::verify(book, verifier));
  row("verify", seconds_since(start), checked.entries);

  Longest longest;
  start = Clock::now();
  for (std::uint64_t i = 0; i < proofs; ++i) {
    must(longest([&] { return book.inclusion_proof(i * (entries / proofs), checked.entries); }));
  }
  row("prove inclusion", seconds_since(start), proofs);
  start = Clock::now();
  for (std::uint64_t i = 1; i < proofs; ++i) {
    must(longest([&] { return book.consistency_proof(i * (entries / proofs), checked.entries); }));
  }
  row("prove consistency", seconds_since(start), proofs);

  start = Clock::now();
  std::uint64_t listed = 0;
  for (std::uint64_t from = 1;;) {
    const auto rows = must(longest([&] { return book.reports(from, 500); }));
    listed += rows.size();
    if (rows.empty()) break;
    from = rows.back().number + 1;
  }
  row("list every report", seconds_since(start), listed);
  start = Clock::now();
  std::uint64_t read = 0;
  for (std::uint64_t from = 0;;) {
    const auto page = must(longest([&] { return book.entries(from, 500); }));
    read += page.size();
    if (page.empty()) break;
    from = page.back().seq + 1;
  }
  row("read every entry", seconds_since(start), read);

  const std::string copy = folder / "copy.db";
  std::ofstream(copy).close();
  start = Clock::now();
  must(book.copy_to(copy));
  row("copy the whole ledger, stepwise", seconds_since(start), entries);

  const long memory = memory_mib();
  const bool bounded = memory <= most_memory_mib;
  const bool brief = longest.milliseconds() < most_locked_ms;
  std::printf("\npeak memory %ld MiB, which %s %ld; the longest reading took %.1f ms, which is %s %.0f\n", memory,
              bounded ? "is at most" : "is NOT at most", most_memory_mib, longest.milliseconds(),
              brief ? "under" : "NOT under", most_locked_ms);
  return bounded && brief && listed == entries / 2 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 4 && arguments[0] == "--grow") {
    auto book = must(ledger::Ledger::open(arguments[1], db::Mode::read_write));
    const test::TemporaryDirectory folder;
    const auto lock = must(sys::Lock::acquire(folder / "lock", 0));
    grow(book, lock, std::stoull(arguments[2]), std::stoull(arguments[3]));
    return 0;
  }
  if (arguments.empty()) return measure(1000000);
  if (arguments.size() == 2 && arguments[0] == "--entries") return measure(std::stoull(arguments[1]));
  return 2;
}
