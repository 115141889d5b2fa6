#include "gate/session.hpp"

#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "gate/anchor.hpp"
#include "site/words.hpp"
#include "sys/file_system.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"

namespace airlock::gate {
namespace {

using core::Json;
using core::Result;

constexpr std::size_t nonce_bytes = 16;

/// Makes a ledger that nobody else knows yet, with one entry.
Result<ledger::TreeHead> make_ledger_at(const std::string& path, const sys::Lock& lock, ledger::Kind kind,
                                        const Json& members, core::Time now, const sys::World& world) {
  AIRLOCK_TRY(auto ledger, ledger::Ledger::create(path));
  AIRLOCK_TRY(auto change, ledger.change(lock));
  AIRLOCK_CHECK(change.append(kind, "", members, now, world.random_bytes(nonce_bytes)));
  return change.commit();
}

Result<sys::Lock> acquire(const std::string& path, Patience patience) {
  return sys::Lock::acquire(path, static_cast<int>(patience));
}

}  // namespace

Json person_members(const sys::Person& person) {
  Json out{{"uid", person.uid}};
  if (!person.login.empty()) out["login"] = person.login;
  if (person.sudo) out["sudo"] = *person.sudo;
  return out;
}

Result<std::shared_ptr<OpenedSite>> OpenedSite::open_unchecked(site::Site site) {
  AIRLOCK_CHECK(check_may_change(site));
  AIRLOCK_CHECK(sys::check_local(site.directory()));
  AIRLOCK_TRY(auto ledger, ledger::Ledger::open(site.path(site::layout::ledger), db::Mode::read_write));
  AIRLOCK_TRY(auto loaded, site.ledger_key());
  const auto key = std::make_shared<const crypto::PrivateKey>(std::move(loaded));
  ledger.after_commit([site, key](const ledger::TreeHead& head) {
    // After an error the older rollback anchor is still true of this ledger, and the next commit renews it.
    (void)write_anchor(site, *key, head);
  });
  return std::shared_ptr<OpenedSite>(new OpenedSite(std::move(site), std::move(ledger)));
}

Result<std::shared_ptr<OpenedSite>> OpenedSite::open_under_lock(site::Site site) {
  AIRLOCK_TRY(auto out, open_unchecked(std::move(site)));
  AIRLOCK_CHECK(check_past(out->site(), out->ledger()));
  return out;
}

Result<std::shared_ptr<OpenedSite>> OpenedSite::open(site::Site site) {
  AIRLOCK_TRY(auto out, open_under_lock(std::move(site)));
  // A ledger of format 1 has to be read from end to end, until one new entry names the newest entries before it. If
  // another process has the lock, it appends an entry anyway.
  AIRLOCK_TRY(const bool is_old, out->ledger().is_of_format_1());
  if (is_old) {
    auto session = Session::begin(out, Patience::none, NewerOrders::are_left);
    if (session) AIRLOCK_CHECK(session->append(ledger::Kind::recovered, "", Json::object()));
  }
  return out;
}

Result<std::uint64_t> SessionChange::append(ledger::Kind kind, std::string_view report_id, const Json& members) {
  if (!ledger::is_ordered(kind) || members.contains("by")) {
    return Change::append(kind, report_id, members, time_, world_.random_bytes(nonce_bytes));
  }
  Json with = members;
  with["by"] = person_members(sys::acting_person());
  return Change::append(kind, report_id, with, time_, world_.random_bytes(nonce_bytes));
}

Session::Session(sys::Lock lock, std::shared_ptr<OpenedSite> opened)
    : lock_(std::move(lock)), opened_(std::move(opened)), now_(site().world().now()) {}

Result<Session> Session::begin(sys::Lock lock, std::shared_ptr<OpenedSite> opened, NewerOrders newer) {
  Session out(std::move(lock), std::move(opened));
  AIRLOCK_CHECK(site::ensure_words_key(out.site()));
  if (newer == NewerOrders::are_left) return out;
  AIRLOCK_TRY(const Json members, newer_than_anchor(out.ledger()));
  if (!members.empty()) AIRLOCK_CHECK(out.append(ledger::Kind::recovered, "", members));
  return out;
}

Result<Session> Session::begin(site::Site site, Patience patience, NewerOrders newer) {
  AIRLOCK_TRY(auto lock, lock_site(site, patience));
  AIRLOCK_TRY(auto opened, OpenedSite::open_under_lock(std::move(site)));
  return begin(std::move(lock), std::move(opened), newer);
}

Result<Session> Session::begin(std::shared_ptr<OpenedSite> opened, Patience patience, NewerOrders newer) {
  AIRLOCK_TRY(auto lock, lock_site(opened->site(), patience));
  return begin(std::move(lock), std::move(opened), newer);
}

Result<std::optional<Session>> Session::begin_if_free(site::Site site) {
  auto lock = lock_site(site, Patience::none);
  if (!lock) return std::nullopt;
  AIRLOCK_TRY(auto opened, OpenedSite::open_under_lock(std::move(site)));
  AIRLOCK_TRY(auto out, begin(std::move(*lock), std::move(opened), NewerOrders::are_named));
  return std::optional(std::move(out));
}

Result<Session> Session::begin_adopting(site::Site site) {
  AIRLOCK_TRY(auto lock, lock_site(site, Patience::report));
  AIRLOCK_TRY(auto opened, OpenedSite::open_unchecked(std::move(site)));
  return Session(std::move(lock), std::move(opened));
}

Result<SessionChange> Session::change() {
  AIRLOCK_TRY(auto change, opened_->ledger_.change(lock_));
  return SessionChange(std::move(change), now_, site().world());
}

Result<std::uint64_t> Session::append(ledger::Kind kind, std::string_view report_id, const Json& members) {
  AIRLOCK_TRY(auto change, this->change());
  AIRLOCK_TRY(const std::uint64_t seq, change.append(kind, report_id, members));
  AIRLOCK_CHECK(change.commit());
  return seq;
}

Result<void> Session::reopen() {
  AIRLOCK_TRY(opened_, OpenedSite::open_under_lock(site()));
  return {};
}

Result<void> check_may_change(const site::Site& site) {
  if (site.configuration().readers.empty() || site.may_change()) return {};
  AIRLOCK_TRY(const auto found, sys::attributes_of(site.path(site::layout::ledger)));
  // Something else keeps the owner from it, such as a disk that is read-only.
  if (!found || found->uid == sys::own_uid()) return {};
  const std::string owner = sys::user_in_words(found->uid);
  return core::fail(core::Code::refused,
                    core::quote(site.directory()) + ": only " + owner +
                        " may change this site; readers of it may look, and allow with `airlock approve`",
                    "ask whoever runs Airlock as " + owner);
}

Result<sys::Lock> lock_site(const site::Site& site, Patience patience, std::string_view lock) {
  AIRLOCK_CHECK(check_may_change(site));
  return acquire(site.path(lock), patience);
}

Result<ledger::TreeHead> make_ledger(const std::string& directory, const Json& members, core::Time now,
                                     const sys::World& world) {
  AIRLOCK_TRY(const auto lock, acquire(directory + "/" + std::string(site::layout::lock), Patience::person));
  return make_ledger_at(directory + "/" + std::string(site::layout::ledger), lock, ledger::Kind::site_created, members,
                        now, world);
}

Result<void> rehearse_session(const site::Site& site, const std::string& path) {
  // A site of an older release may lack the lock's file, and then nobody holds the lock.
  const std::string lock_file = site.path(site::layout::lock);
  AIRLOCK_TRY(const auto lock, acquire(sys::exists(lock_file) ? lock_file : path + "-lock", Patience::person));
  const auto made =
      make_ledger_at(path, lock, ledger::Kind::recovered, Json::object(), site.world().now(), site.world());
  for (const char* const of : {"", "-journal", "-lock"}) (void)sys::remove_file(path + of, site.world());
  if (!made) return core::fail(made.error());
  return {};
}

}  // namespace airlock::gate
