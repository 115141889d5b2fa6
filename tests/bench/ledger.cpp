// How fast a ledger of many entries is, beside bare SQLite and bare SHA-256 loops over the same bodies in the same run.
// Times are CPU time of this process, since a machine has other work too; only how long a reading takes is by the
// clock.
//     bench_ledger --measure N FILE      measures with N entries, and writes seconds an entry of each round to FILE.
//                                        Ends with 0 where memory stays bounded and no reading keeps writers out for
//                                        50 ms
//     bench_ledger --grow FILE FROM N    appends N withheld reports to the ledger FILE, whose last report is FROM: for
//     tests

#include <openssl/evp.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "crypto/hash.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/ledger.hpp"
#include "ledger/verify.hpp"
#include "must.hpp"
#include "sys/system.hpp"
#include "sys/world.hpp"
#include "temporary_directory.hpp"

using namespace airlock;
using bench::must;

namespace {

constexpr std::uint64_t reports_a_change = 500;
constexpr int single_commits = 400;
constexpr int verifications = 3;
constexpr int proofs = 2000;
constexpr double most_locked_ms = 50;
constexpr long most_memory_mib = 192;

/// CPU seconds of this process so far, those of the kernel and of all threads too.
double cpu() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// The CPU seconds that `work` takes.
template <typename Work>
double seconds_of(Work work) {
  const double start = cpu();
  work();
  return cpu() - start;
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

void add_reports(ledger::Ledger& book, const sys::Lock& lock, std::uint64_t from, std::uint64_t reports) {
  const core::Time now = sys::now();
  auto change = must(book.change(lock));
  for (std::uint64_t i = 0; i < reports; ++i) add_report(change, from + i + 1, now);
  must(change.commit());
}

void grow(ledger::Ledger& book, const sys::Lock& lock, std::uint64_t from, std::uint64_t reports) {
  for (std::uint64_t done = 0; done < reports; done += reports_a_change) {
    add_reports(book, lock, from + done, std::min(reports_a_change, reports - done));
  }
}

/// The longest time that a piece of reading took, each of which is one transaction at most.
class Longest {
 public:
  template <typename Read>
  auto operator()(Read read) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    auto result = read();
    milliseconds_ = std::max(milliseconds_, std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    return result;
  }
  [[nodiscard]] double milliseconds() const { return milliseconds_; }

 private:
  double milliseconds_ = 0;
};

void row(const char* what, double seconds, std::uint64_t count) {
  std::printf("%-56s %9.2f s  %9.2f us each\n", what, seconds, seconds / static_cast<double>(count) * 1e6);
}

/// What was done in turn with what is compared with it: seconds of each round, in which it was done `count` times.
struct Rounds {
  std::uint64_t count;
  std::vector<double> ours = {};
  std::vector<double> peer = {};

  void row(const char* what, const char* peer_what) const {
    const double seconds = std::accumulate(ours.begin(), ours.end(), 0.0);
    const double peer_seconds = std::accumulate(peer.begin(), peer.end(), 0.0);
    ::row(what, seconds, count * ours.size());
    ::row(peer_what, peer_seconds, count * peer.size());
    std::printf("%-56s %9.1f times its peer\n", "", seconds / peer_seconds);
  }
  [[nodiscard]] core::Json json() const {
    core::Json out{{"ours", ours}, {"peer", peer}};
    for (core::Json& side : out) {
      for (core::Json& seconds : side) seconds = seconds.get<double>() / static_cast<double>(count);
    }
    return out;
  }
};

void hash(std::string_view body) {
  unsigned char digest[32];
  EVP_Digest(body.data(), body.size(), digest, nullptr, EVP_sha256(), nullptr);
}

/// The same bodies in one table, by SQLite alone with the settings of the ledger.
class Bare {
 public:
  explicit Bare(const std::string& path) {
    check(sqlite3_open(path.c_str(), &database_));
    run("PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; CREATE TABLE t (seq INTEGER PRIMARY KEY, body TEXT) "
        "STRICT");
    check(sqlite3_prepare_v2(database_, "INSERT INTO t (body) VALUES (?)", -1, &insert_, nullptr));
    check(sqlite3_prepare_v2(database_, "SELECT body FROM t ORDER BY seq", -1, &select_, nullptr));
  }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;
  ~Bare() {
    sqlite3_finalize(insert_);
    sqlite3_finalize(select_);
    sqlite3_close(database_);
  }
  /// Adds all in one commit.
  void add(const std::vector<std::string>& bodies) {
    run("BEGIN IMMEDIATE");
    for (const std::string& body : bodies) {
      sqlite3_bind_text(insert_, 1, body.data(), static_cast<int>(body.size()), SQLITE_STATIC);
      if (sqlite3_step(insert_) != SQLITE_DONE) std::exit(2);
      sqlite3_reset(insert_);
    }
    run("COMMIT");
  }
  template <typename Read>
  void read_all(Read read) {
    while (sqlite3_step(select_) == SQLITE_ROW) {
      const auto* const body = reinterpret_cast<const char*>(sqlite3_column_text(select_, 0));
      read(std::string_view(body, static_cast<std::size_t>(sqlite3_column_bytes(select_, 0))));
    }
    sqlite3_reset(select_);
  }

 private:
  void run(const char* sql) { check(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr)); }
  static void check(int code) {
    if (code != SQLITE_OK) std::exit(2);
  }
  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  sqlite3_stmt* select_ = nullptr;
};

int measure(std::uint64_t entries, const std::string& json_path) {
  const test::TemporaryDirectory folder;
  const std::string site_id = "00000000-0000-4000-8000-000000000000";
  const std::string path = folder / "ledger.db";
  const auto key = must(crypto::PrivateKey::generate(crypto::KeyKind::ed25519));
  const crypto::NoteVerifier verifier{ledger::origin(site_id), key.public_key()};
  const auto lock = must(sys::Lock::acquire(folder / "lock", 0));
  auto book = must(ledger::Ledger::create(path));

  std::printf("%llu entries, two a report, %llu entries a commit\n\n", static_cast<unsigned long long>(entries),
              static_cast<unsigned long long>(2 * reports_a_change));
  Bare bare(folder / "bare.db");
  Rounds appending{2 * reports_a_change};
  double hashing = 0;
  std::vector<std::string> bodies;
  for (std::uint64_t from = 0; from < entries; from += 2 * reports_a_change) {
    appending.ours.push_back(seconds_of([&] { add_reports(book, lock, from / 2, reports_a_change); }));
    bodies.clear();
    for (const auto& entry : must(book.entries(from, 2 * reports_a_change))) bodies.push_back(entry.body);
    appending.peer.push_back(seconds_of([&] { bare.add(bodies); }));
    hashing += seconds_of([&] {
      for (const std::string& body : bodies) hash(body);
    });
  }
  appending.row("append", "  bare SQLite: the same bodies, one table, no index");
  row("  bare SHA-256 of the same bodies", hashing, entries);

  Rounds one_by_one{1};
  bodies.resize(1);
  for (int i = 0; i < single_commits; ++i) {
    one_by_one.ours.push_back(seconds_of([&] {
      auto change = must(book.change(lock));
      must(change.append(ledger::Kind::configured, "", core::Json::object(), sys::now(),
                         sys::random_bytes(ledger::nonce_size)));
      must(change.commit());
    }));
    one_by_one.peer.push_back(seconds_of([&] { bare.add(bodies); }));
  }
  one_by_one.row("append, one entry a commit", "  bare SQLite, one entry a commit");

  ledger::VerifiedLedger checked;
  Rounds verifying{entries + single_commits};
  for (int i = 0; i < verifications; ++i) {
    verifying.ours.push_back(seconds_of([&] { checked = must(ledger::verify(book, verifier)); }));
    verifying.peer.push_back(seconds_of([&] { bare.read_all(hash); }));
  }
  verifying.row("verify", "  bare SELECT and SHA-256 of the same bodies");
  std::ofstream(json_path) << core::Json{{"append", appending.json()}, {"verify", verifying.json()}};

  Longest longest;
  double seconds = seconds_of([&] {
    for (std::uint64_t i = 0; i < proofs; ++i) {
      must(longest([&] { return book.inclusion_proof(i * (entries / proofs), checked.entries); }));
    }
  });
  row("prove inclusion", seconds, proofs);
  seconds = seconds_of([&] {
    for (std::uint64_t i = 1; i < proofs; ++i) {
      must(longest([&] { return book.consistency_proof(i * (entries / proofs), checked.entries); }));
    }
  });
  row("prove consistency", seconds, proofs);

  std::uint64_t listed = 0;
  seconds = seconds_of([&] {
    for (std::uint64_t from = 1;;) {
      const auto rows = must(longest([&] { return book.reports(from, 500); }));
      listed += rows.size();
      if (rows.empty()) break;
      from = rows.back().number + 1;
    }
  });
  row("list every report", seconds, listed);
  std::uint64_t read = 0;
  seconds = seconds_of([&] {
    for (std::uint64_t from = 0;;) {
      const auto page = must(longest([&] { return book.entries(from, 500); }));
      read += page.size();
      if (page.empty()) break;
      from = page.back().seq + 1;
    }
  });
  row("read every entry", seconds, read);

  const std::string copy = folder / "copy.db";
  std::ofstream(copy).close();
  row("copy the whole ledger, stepwise", seconds_of([&] { must(book.copy_to(copy)); }), entries);

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
  if (arguments.size() == 3 && arguments[0] == "--measure") return measure(std::stoull(arguments[1]), arguments[2]);
  return 2;
}
