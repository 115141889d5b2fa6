#pragma once
/// \file
/// A site with kit and licence, reports for it, and what must hold of a site once recovery has run.

#include <doctest/doctest.h>

#include <filesystem>
#include <set>

#include "core/io.hpp"
#include "gate/names.hpp"
#include "gate/open.hpp"
#include "gate/process.hpp"
#include "gate/recovery.hpp"
#include "gate/settle.hpp"
#include "made_site.hpp"
#include "office/authorise.hpp"
#include "office/check.hpp"
#include "office/install_kit.hpp"
#include "office/install_licence.hpp"
#include "small_vendor.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/read_file.hpp"
#include "sys/write_file.hpp"

namespace airlock::test {

/// What a value is, or the test fails with the error's message.
template <typename Value>
Value sound(core::Result<Value> result) {
  REQUIRE_MESSAGE(result, result.error().message);
  if constexpr (!std::is_void_v<Value>) return std::move(*result);
}

inline core::Result<gate::Processed> process(const std::string& directory, const sys::World& world,
                                             const std::string& report = small_report) {
  const core::MemoryBlob bytes(report);
  core::BlobSource input(bytes);
  return gate::process(directory, input, {}, world);
}

/// A person authorises all that is proposed.
inline core::Result<void> authorise(const std::string& directory, const sys::World& world) {
  AIRLOCK_TRY(const auto proposal, office::propose(directory, {}, world));
  return office::authorise(directory, proposal, "a test", world);
}

class WorkingSite : public MadeSite {
 public:
  /// Has kit 1 and a licence of this tier; see SmallVendor.
  explicit WorkingSite(const std::string& tier) {
    sound(office::install_kit(directory(), maker.kit(1), world));
    sound(office::install_licence(directory(), maker.licence(tier), "licence", world));
  }
  [[nodiscard]] ledger::Ledger ledger() const { return gate::open_to_read(open()).value(); }
  [[nodiscard]] std::vector<std::string> in(std::string_view within) const {
    return sys::list_directory(open().path(within)).value();
  }

  SmallVendor maker;
};

/// The newest entry of each report, by number.
inline std::vector<ledger::Kind> outcomes(const std::string& directory) {
  const auto ledger = gate::open_to_read(sound(site::Site::open(directory)));
  std::vector<ledger::Kind> out;
  for (const auto& row : sound(ledger->reports(1, 100))) out.push_back(row.latest);
  return out;
}

/// Recovers as the next command does, and checks that ledger and files agree and nothing unfinished is left.
inline void recover_and_check(const std::string& directory, const sys::World& world) {
  sound(gate::settle_before(directory, world));
  sound(gate::begin_session(directory, gate::Patience::none, gate::Unfinished::is_finished, world));
  sound(office::check_site(directory));
  const auto site = sound(site::Site::open(directory));
  const auto ledger = sound(gate::open_to_read(site));
  for (const auto& each : std::filesystem::recursive_directory_iterator(directory)) {
    const std::string name = each.path().filename().string();
    CHECK_MESSAGE(!name.starts_with('.'), name);
    CHECK_MESSAGE(!name.starts_with("next-"), name);
  }
  using ledger::Kind;
  for (const Kind kind : outcomes(directory)) {
    CHECK_MESSAGE((kind != Kind::produced && kind != Kind::decided && kind != Kind::sealed), ledger::name(kind));
  }
  std::set<std::string> named;
  std::set<std::string> kept;
  for (const auto& disclosure : sound(ledger.disclosures(1, 100))) {
    using ledger::Stage;
    CHECK(disclosure.stage != Stage::recorded);
    CHECK(disclosure.stage != Stage::sealed);
    if (ledger::waits_to_be_sent(disclosure.stage)) kept.insert(disclosure.report_id);
    if (ledger::waits_to_be_sent(disclosure.stage) || disclosure.stage == Stage::released) {
      CHECK_MESSAGE(std::filesystem::exists(gate::in_outbox(site, disclosure.file)), disclosure.file);
      named.insert(disclosure.file);
      if (disclosure.stage == Stage::released) named.insert(gate::instructions_name(disclosure.file));
    }
  }
  for (const std::string& name : sound(sys::list_directory(site.path(site::layout::outbox)))) {
    CHECK_MESSAGE(named.contains(name), name);
  }
  for (const auto& row : sound(ledger.reports(1, 100))) {
    if (row.latest == Kind::held || row.latest == Kind::refused) kept.insert(row.report_id);
  }
  for (const std::string& name : sound(sys::list_directory(site.path(site::layout::held)))) {
    CHECK_MESSAGE(kept.contains(name), name);
  }
  CHECK(sys::list_directory(site.path(site::layout::claimed)).value().empty());
}

}  // namespace airlock::test
