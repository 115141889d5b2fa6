#include "gate/session.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "core/json.hpp"
#include "gate/open.hpp"
#include "gate/recovery.hpp"
#include "ledger/entry.hpp"
#include "made_site.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/read_file.hpp"
#include "sys/write_file.hpp"

using namespace airlock;
using core::Json;
using gate::NewerOrders;
using gate::OpenedSite;
using gate::Patience;
using gate::Session;
using ledger::Kind;

namespace {

template <typename Ledger>
concept Changes = requires(Ledger& ledger, const sys::Lock& lock) {
  ledger.change(lock);
};

static_assert(Changes<ledger::Ledger> && !Changes<const ledger::Ledger>);
static_assert(std::is_same_v<decltype(std::declval<Session&>().ledger()), const ledger::Ledger&>);
static_assert(std::is_same_v<decltype(std::declval<OpenedSite&>().ledger()), const ledger::Ledger&>);
static_assert(std::is_move_constructible_v<Session> && !std::is_copy_constructible_v<Session>);
static_assert(!std::is_constructible_v<Session, sys::Lock, std::shared_ptr<OpenedSite>>);
static_assert(!std::is_constructible_v<OpenedSite, site::Site, ledger::Ledger>);

core::Result<Session> begin(const test::MadeSite& made, NewerOrders newer = NewerOrders::are_named) {
  return Session::begin(made.open(), Patience::none, newer);
}

ledger::Entry last_entry(const ledger::Ledger& ledger) { return ledger.entry(ledger.head()->size - 1).value(); }

}  // namespace

TEST_CASE("a session does not begin while another one holds the lock") {
  const test::MadeSite made;
  const auto opened = OpenedSite::open(made.open()).value();
  {
    auto first = begin(made).value();
    const auto start = std::chrono::steady_clock::now();
    CHECK(begin(made).error().code == core::Code::not_recorded);
    CHECK(Session::begin(opened, Patience::none, NewerOrders::are_left).error().code == core::Code::not_recorded);
    CHECK(gate::lock_site(made.open(), Patience::none).error().code == core::Code::not_recorded);
    CHECK(gate::begin_session(made.open(), Patience::none, gate::Unfinished::is_left).error().code ==
          core::Code::not_recorded);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
    CHECK_FALSE(Session::begin_if_free(made.open()).value());
    // The lock goes with the session, wherever that is moved.
    const Session second = std::move(first);
    CHECK_FALSE(begin(made));
  }
  CHECK(begin(made));
  CHECK(Session::begin_if_free(made.open()).value());
}

TEST_CASE("all entries of a session have its time, which is the world's when the lock was held") {
  test::MadeSite made;
  const auto opened = OpenedSite::open(made.open()).value();
  made.world.time = made.start + std::chrono::hours(2);
  auto session = Session::begin(opened, Patience::none, NewerOrders::are_named).value();
  const core::Time begun = made.world.time;
  made.world.time = made.start + std::chrono::hours(3);
  CHECK(session.now() == begun);
  auto change = session.change().value();
  REQUIRE(change.append(Kind::hold, "", Json::object()));
  REQUIRE(change.append(Kind::release, "", Json::object()));
  REQUIRE(change.commit());
  const auto seq = session.append(Kind::hold, "", Json::object()).value();
  CHECK(seq == 3);
  for (std::uint64_t each = 1; each <= seq; ++each) CHECK(session.ledger().entry(each)->time == begun);
  CHECK(gate::open_to_read(made.open())->head()->size == 4);
}

TEST_CASE("each commit renews the rollback anchor, and orders that are newer than it are named once") {
  const test::MadeSite made;
  const std::string anchor = made.open().path(site::layout::rollback_anchor);
  const std::string before = sys::read_file(anchor, 4096).value();
  REQUIRE(begin(made)->append(Kind::hold, "", Json::object()));
  CHECK(sys::read_file(anchor, 4096).value() != before);
  CHECK(begin(made)->ledger().head()->size == 2);

  REQUIRE(sys::replace_file(anchor, before, sys::private_file));
  CHECK(begin(made, NewerOrders::are_left)->ledger().head()->size == 2);
  {
    const auto session = begin(made).value();
    const auto entry = last_entry(session.ledger());
    CHECK(entry.seq == 2);
    CHECK(entry.kind == Kind::recovered);
    CHECK(ledger::body_of(entry)->at("newer_than_anchor").at("entries") == Json::array({1}));
  }
  CHECK(begin(made)->ledger().head()->size == 3);
}

TEST_CASE("a ledger behind its rollback anchor takes only the session that adopts it") {
  const test::MadeSite made;
  const std::string file = made.open().path(site::layout::ledger);
  const std::string before = sys::read_file(file, 1 << 20).value();
  REQUIRE(begin(made)->append(Kind::hold, "", Json::object()));
  REQUIRE(sys::replace_file(file, before, sys::private_file));
  CHECK(begin(made).error().code == core::Code::integrity);
  CHECK(OpenedSite::open(made.open()).error().code == core::Code::integrity);
  CHECK(Session::begin_if_free(made.open()).error().code == core::Code::integrity);
  auto session = Session::begin_adopting(made.open()).value();
  CHECK(session.append(Kind::adopted, "", {{"reason", "a test"}, {"ledger_size", 1}}));
}

TEST_CASE("a ledger that was opened again goes on from what is committed") {
  const test::MadeSite made;
  auto session = begin(made).value();
  REQUIRE(session.append(Kind::hold, "", Json::object()));
  REQUIRE(session.reopen());
  CHECK(session.ledger().head()->size == 2);
  CHECK(session.append(Kind::release, "", Json::object()).value() == 2);
}

TEST_CASE("a rehearsal leaves the site as it was, with or without the lock's file") {
  const test::MadeSite made;
  const auto site = made.open();
  const std::string probe = site.path(site::layout::held) + "/probe";
  for (const bool without_lock : {false, true}) {
    if (without_lock) REQUIRE(sys::remove_file(site.path(site::layout::lock)));
    REQUIRE(gate::rehearse_session(site, probe));
    CHECK(sys::list_directory(site.path(site::layout::held))->empty());
    CHECK(gate::open_to_read(site)->head()->size == 1);
    CHECK(sys::exists(site.path(site::layout::lock)) == !without_lock);
  }
}
