#pragma once
/// \file
/// Changes of a ledger file past all its rules, and what `verify` says about them.

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "book.hpp"
#include "ledger/body.hpp"
#include "ledger/schema.hpp"
#include "ledger/verify.hpp"

namespace airlock::test {

/// Lets `act` change the file as an intruder can: its triggers are gone while `act` runs, and back afterwards.
template <typename Act>
void tamper(const std::string& path, Act act) {
  auto database = db::Database::open(path, db::Mode::read_write).value();
  auto transaction = db::Transaction::begin(database).value();
  std::vector<std::string> triggers;
  for (const std::string_view sql : ledger::schema().statements) {
    if (sql.starts_with("CREATE TRIGGER ")) triggers.emplace_back(sql);
  }
  REQUIRE(triggers.size() == 6);
  for (const std::string& sql : triggers) {
    const auto name = sql.substr(15, sql.find(' ', 15) - 15);
    REQUIRE(database.run("DROP TRIGGER " + name));
  }
  act(database);
  for (const std::string& sql : triggers) REQUIRE(database.run(sql));
  REQUIRE(transaction.commit());
}

/// Gives entry `seq` another body, its leaf and its columns, as a careful intruder would.
inline void write_entry(db::Database& database, std::uint64_t seq, const std::string& body) {
  const auto facts = ledger::read_body(body, seq).value_or(ledger::EntryFacts{});
  auto put = database
                 .prepare(
                     "REPLACE INTO entries (seq, body, leaf, time, kind, report_id, number, disclosure_id) "
                     "VALUES (?, ?, ?, ?, ?, nullif(?, ''), nullif(?, 0), nullif(?, ''))")
                 .value();
  put.bind(static_cast<std::int64_t>(seq)).bind(body).bind_blob(ledger::leaf_hash(body).view());
  put.bind(facts.time.text()).bind(ledger::name(facts.kind)).bind(facts.report_id);
  put.bind(facts.kind == Kind::produced ? static_cast<std::int64_t>(facts.number) : 0);
  put.bind(facts.disclosure_id);
  REQUIRE(put.run());
}

/// Makes all leaves and nodes anew from the bodies.
inline void rebuild_tree(db::Database& database) {
  REQUIRE(database.run("DELETE FROM nodes"));
  std::vector<std::string> bodies;
  {
    auto query = database.prepare("SELECT body FROM entries ORDER BY seq").value();
    while (query.step().value()) bodies.push_back(query.text(0));
  }
  ledger::Frontier frontier;
  auto put = database.prepare("INSERT INTO nodes VALUES (?, ?, ?)").value();
  for (const std::string& body : bodies) {
    REQUIRE(
        frontier.append(ledger::leaf_hash(body), [&](unsigned level, std::uint64_t index, const core::Digest& hash) {
          put.reset();
          return put.bind(std::int64_t{level}).bind(static_cast<std::int64_t>(index)).bind_blob(hash.view()).run();
        }));
  }
}

inline std::string body_at(db::Database& database, std::uint64_t seq) {
  auto query = database.prepare("SELECT body FROM entries WHERE seq = " + std::to_string(seq)).value();
  REQUIRE(query.step().value());
  return query.text(0);
}

inline std::string verdict(const std::string& path, const crypto::NoteVerifier& verifier) {
  const auto opened = Ledger::open(path, db::Mode::read_only);
  if (!opened) return opened.error().message;
  const auto checked = ledger::verify(*opened, verifier);
  if (checked) return "sound";
  CHECK(checked.error().code == core::Code::integrity);
  CHECK_FALSE(checked.error().hint.empty());
  const std::string prefix = "`" + path + "`: ";
  REQUIRE(checked.error().message.starts_with(prefix));
  return checked.error().message.substr(prefix.size());
}

inline std::string verdict(const Book& book) { return verdict(book.path(), book.verifier); }

/// A full ledger that nobody changes.
inline const Book& original() {
  struct Full : Book {
    Full() { fill(*this); }
  };
  static const Full book;
  return book;
}

/// The verdict on a copy of a full ledger, after `act` changed its file.
template <typename Act>
std::string after(Act act) {
  const TemporaryDirectory folder;
  std::filesystem::copy(original().path(), folder / "copy.db");
  tamper(folder / "copy.db", act);
  return verdict(folder / "copy.db", original().verifier);
}

inline std::string after_sql(const std::string& sql) {
  return after([&](db::Database& database) {
    const auto done = database.run(sql);
    REQUIRE_MESSAGE(done, done.error().message);
  });
}

/// Appends entries past all rules: bodies with their leaves, columns and nodes.
inline std::string after_append(Kind kind, const std::string& report, const Json& members) {
  return after([&](db::Database& database) {
    const auto time = core::Time::from_text("2026-12-01T00:00:00Z").value();
    const auto last = ledger::read_body(body_at(database, 12), 12).value();
    const auto newest = ledger::after(*last.newest, last);
    write_entry(database, 13, ledger::make_body(13, kind, report, members, time, std::string(16, 'n'), newest).value());
    rebuild_tree(database);
  });
}

}  // namespace airlock::test
