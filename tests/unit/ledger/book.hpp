#pragma once
/// \file
/// A ledger with entries for tests: ids, nonces and times count up, so every run makes the same one.

#include <doctest/doctest.h>

#include <array>
#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "crypto/hash.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/ledger.hpp"
#include "temporary_directory.hpp"

namespace airlock::test {

using core::Json;
using ledger::Kind;
using ledger::Ledger;

inline constexpr std::string_view site_id = "00000000-0000-4000-8000-000000000000";

/// The ids of the nth report and of the nth disclosure.
inline std::string id(char group, std::uint64_t n) {
  std::string digits = std::to_string(n);
  return std::string(8, group) + "-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}
inline std::string report_id(std::uint64_t n) { return id('a', n); }
inline std::string disclosure_id(std::uint64_t n) { return id('d', n); }

/// `text` with its first `from`, which must be there, replaced by `to`.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

inline ledger::Original original_of(std::uint64_t report) {
  return {report_id(report), crypto::sha256("report " + std::to_string(report)), std::string(32, 's'), 9};
}

class Book {
 public:
  Book() : ledger(Ledger::create(path()).value()) {}

  [[nodiscard]] std::string path() const { return folder / "ledger.db"; }

  [[nodiscard]] ledger::Change change() {
    auto begun = ledger.change(lock);
    REQUIRE_MESSAGE(begun, begun.error().message);
    return std::move(*begun);
  }

  core::Result<std::uint64_t> append(ledger::Change& to, Kind kind, std::string_view report, const Json& members) {
    ++steps;
    const auto time = now + std::chrono::minutes(static_cast<std::int64_t>(steps));
    return to.append(kind, report, members, time, core::big_endian_64(steps) + "nonce ..");
  }

  /// Appends one entry in a change of its own.
  std::uint64_t add(Kind kind, std::uint64_t report = 0, const Json& members = Json::object()) {
    auto to = change();
    const auto seq = append(to, kind, report == 0 ? "" : report_id(report), members);
    REQUIRE_MESSAGE(seq, seq.error().message);
    if (kind == Kind::produced) REQUIRE(to.keep_original(original_of(report)));
    REQUIRE(to.commit());
    return *seq;
  }

  /// Report `n`, with disclosure `disclosure` where that is not 0.
  std::uint64_t produce(std::uint64_t n, std::uint64_t disclosure = 0) {
    return add(Kind::produced, n, numbered(n, disclosure));
  }
  static Json numbered(std::uint64_t n, std::uint64_t disclosure) {
    Json members = {{"number", n}};
    if (disclosure != 0) members["disclosure"] = {{"id", disclosure_id(disclosure)}, {"number", disclosure}};
    return members;
  }

  [[nodiscard]] std::string checkpoint() const {
    return ledger::sign_checkpoint(ledger.head().value(), site_id, key).value();
  }
  /// Members of a `sealed` entry; the checkpoint is of the tree as it is now.
  [[nodiscard]] Json sealing(std::uint64_t disclosure) const {
    const std::string n = std::to_string(disclosure);
    return {{"disclosure_id", disclosure_id(disclosure)},
            {"file", "bundle-" + n + ".p7m"},
            {"file_sha256", crypto::sha256("file " + n).hex()},
            {"content_sha256", crypto::sha256("content " + n).hex()},
            {"size", 1000 + disclosure},
            {"checkpoint", checkpoint()}};
  }
  /// Seals and keeps the checkpoint, in one change, as the gate does.
  void seal(std::uint64_t report, std::uint64_t disclosure) {
    const auto head = ledger.head().value();
    const Json members = sealing(disclosure);
    auto to = change();
    REQUIRE(append(to, Kind::sealed, report_id(report), members));
    REQUIRE(to.keep_checkpoint(head, members.at("checkpoint").get<std::string>()));
    REQUIRE(to.commit());
  }
  /// Queues what is to be sent, as the gate does.
  void queue(std::uint64_t report, std::uint64_t disclosure) {
    const auto head = ledger.head().value();
    const Json members = sealing(disclosure);
    auto to = change();
    REQUIRE(append(to, Kind::queued, report_id(report), members));
    REQUIRE(to.keep_checkpoint(head, members.at("checkpoint").get<std::string>()));
    REQUIRE(to.commit());
  }
  /// Members of a `send_failed` entry; without `next_try` it is given up.
  [[nodiscard]] static Json failing(std::uint64_t disclosure, const std::string& next_try,
                                    const std::string& delivered = "no") {
    Json members{{"disclosure_id", disclosure_id(disclosure)}, {"error", "no answer"}, {"delivered", delivered}};
    if (next_try.empty()) {
      members["final"] = true;
    } else {
      members["next_try"] = next_try;
    }
    return members;
  }
  void end(Kind kind, std::uint64_t report, std::uint64_t disclosure) {
    add(kind, report, {{"disclosure_id", disclosure_id(disclosure)}});
  }

  TemporaryDirectory folder;
  sys::Lock lock = sys::Lock::acquire(folder / "lock", 0).value();
  crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyKind::ed25519).value();
  crypto::NoteVerifier verifier{ledger::origin(site_id), key.public_key()};
  core::Time now = core::Time::from_text("2026-11-01T00:00:00Z").value();
  std::uint64_t steps = 0;
  Ledger ledger;
};

/// The message with which the ledger refuses an entry; afterwards the ledger is as it was.
inline std::string why_not(Book& book, Kind kind, std::string_view report, const Json& members) {
  const auto before = book.ledger.head().value();
  std::string message;
  {
    auto change = book.change();
    const auto seq = book.append(change, kind, report, members);
    REQUIRE_FALSE(seq);
    CHECK(seq.error().code == core::Code::unexpected);
    CHECK_FALSE(change.commit());
    message = seq.error().message;
  }
  CHECK(book.ledger.head().value() == before);
  return message;
}

inline Json about(std::uint64_t disclosure) { return {{"disclosure_id", disclosure_id(disclosure)}}; }

/// A ledger in which everything happens once: a report that leaves, one that is withheld, one whose first bundle is
/// lost and whose second leaves, and one in the middle of leaving. Entries 0 to 12; the last checkpoint is of 10.
inline void fill(Book& book) {
  book.add(Kind::site_created);                      // 0
  book.produce(1, 1);                                // 1
  book.seal(1, 1);                                   // 2, with the checkpoint of 2
  book.end(Kind::released, 1, 1);                    // 3
  book.produce(2);                                   // 4
  book.add(Kind::withheld, 2);                       // 5
  book.produce(3, 2);                                // 6
  book.seal(3, 2);                                   // 7, with the checkpoint of 7
  book.end(Kind::payload_lost, 3, 2);                // 8
  book.add(Kind::decided, 3, Book::numbered(3, 3));  // 9
  book.seal(3, 3);                                   // 10, with the checkpoint of 10
  book.end(Kind::released, 3, 3);                    // 11
  book.produce(4, 4);                                // 12
}

}  // namespace airlock::test
