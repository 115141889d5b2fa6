#include "gate/claims.hpp"

#include <algorithm>

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "site/site.hpp"
#include "sys/drop.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/person.hpp"
#include "sys/world.hpp"

namespace airlock::gate {
namespace {

using core::Result;

/// Checks that `name` is a name in a folder: a compromised worker may have made it up.
Result<void> check_name(const std::string& name) {
  const bool is_name = !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
                       name.find('\0') == std::string::npos;
  if (is_name) return {};
  return core::fail(core::Code::usage, core::quote(name) + ": is not the name of a file in a folder");
}

std::string in(const std::string& directory, std::string_view folder, const std::string& name) {
  return directory + "/" + std::string(folder) + "/" + name;
}

/// Whether the claimed file has a name in the inbox too. If the kernel cannot rename in one step, a claim that was cut
/// short leaves both names. Or somebody who has the file open gave it a name in the inbox again.
Result<bool> is_in_inbox_too(const std::string& directory, const std::string& claimed) {
  if (sys::look_at_drop(claimed) != sys::Drop::linked) return false;
  const std::string inbox = directory + "/" + std::string(site::layout::inbox);
  AIRLOCK_TRY(const auto names, sys::list_directory(inbox));
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return sys::is_same_file(inbox + "/" + name, claimed); });
}

}  // namespace

Result<std::optional<std::string>> claim(const std::string& directory, const std::string& name,
                                         const sys::World& world) {
  AIRLOCK_CHECK(check_name(name));
  const std::string id = sys::random_uuid(world);
  AIRLOCK_TRY(const sys::TakeResult taken, sys::take_drop(in(directory, site::layout::inbox, name),
                                                          in(directory, site::layout::claimed, id), world));
  if (taken == sys::TakeResult::yes) return id;
  if (taken == sys::TakeResult::another) AIRLOCK_CHECK(put_back(directory, id, name, world));
  return std::nullopt;
}

Result<std::optional<std::string>> claim_drop(const std::string& directory, const std::string& name,
                                              const sys::World& world) {
  AIRLOCK_CHECK(check_name(name));
  std::string id = sys::random_uuid(world);
  const std::string dropped = in(directory, site::layout::approvals, name);
  const std::string claimed = in(directory, site::layout::claimed, id + std::string(claimed_drop_ending));
  AIRLOCK_TRY(const sys::TakeResult taken, sys::take_drop(dropped, claimed, world));
  if (taken == sys::TakeResult::yes) return id;
  if (taken == sys::TakeResult::another) {
    auto back = sys::rename_drop(claimed, dropped, world);
    if (!back) back = sys::rename_drop(claimed, in(directory, site::layout::approvals, id), world);
    if (!back) return core::fail(std::move(back).error());
  }
  return std::nullopt;
}

Result<Dropper> dropper_of(const std::string& directory, const std::string& id) {
  if (!core::is_uuid(id)) return core::fail(core::Code::usage, core::quote(id) + ": is not the id of a claimed file");
  const std::string claimed = in(directory, site::layout::claimed, id + std::string(claimed_drop_ending));
  AIRLOCK_TRY(const auto file, sys::attributes_of(claimed));
  AIRLOCK_TRY(const auto site, sys::attributes_of(directory));
  if (!file || !site) return core::fail(core::Code::bad_input, core::quote(claimed) + ": does not exist");
  return Dropper{file->uid, sys::login_of(file->uid), file->uid == site->uid};
}

Result<void> put_back(const std::string& directory, const std::string& id, const std::string& name,
                      const sys::World& world) {
  AIRLOCK_CHECK(check_name(id));
  AIRLOCK_CHECK(check_name(name));
  const std::string claimed = in(directory, site::layout::claimed, id);
  AIRLOCK_TRY(const bool twice, is_in_inbox_too(directory, claimed));
  if (twice) return sys::remove_file(claimed, world);
  if (sys::rename_drop(claimed, in(directory, site::layout::inbox, name), world)) return {};
  return sys::rename_drop(claimed, in(directory, site::layout::inbox, sys::random_uuid(world)), world);
}

Result<void> keep_claimed(const std::string& directory, const std::string& id, const sys::World& world) {
  if (!core::is_uuid(id)) return core::fail(core::Code::usage, core::quote(id) + ": is not the id of a report");
  AIRLOCK_CHECK(
      sys::rename_new(in(directory, site::layout::claimed, id), in(directory, site::layout::held, id), world));
  AIRLOCK_CHECK(sys::sync_directory(in(directory, site::layout::held, "."), world));
  return sys::sync_directory(in(directory, site::layout::claimed, "."), world);
}

}  // namespace airlock::gate
