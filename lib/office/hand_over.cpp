#include "office/hand_over.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "gate/acknowledged.hpp"
#include "gate/ceiling.hpp"
#include "gate/file_digest.hpp"
#include "gate/names.hpp"
#include "gate/recovery.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/kind.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/read_file.hpp"
#include "sys/write_file.hpp"

namespace airlock::office {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;
using core::Result;

constexpr auto nothing_recorded = "nothing was recorded, and nothing is on the medium; ";

/// One file that shall be on the medium.
struct Copy {
  std::string from;
  std::string to;      ///< its name on the medium
  std::string hidden;  ///< its name until the copy is complete and recorded
  std::string sha256;  ///< the digest that the file must have, hex
  bool is_there = false;
};

/// The directory on the medium, with all links followed. Errors: bad_input (not a directory), refused (inside the site
/// directory).
Result<std::string> check_medium(const site::Site& site, const std::string& to) {
  AIRLOCK_TRY(const bool directory, sys::look_for_directory(to));
  if (!directory) {
    return fail(Code::bad_input, quote(to) + ": is not a directory", "mount the medium and name a directory on it");
  }
  AIRLOCK_TRY(std::string medium, sys::real_path(to));
  AIRLOCK_TRY(const std::string own, sys::real_path(site.directory()));
  if (medium == own || medium.starts_with(own + "/")) {
    return fail(Code::refused, quote(to) + ": is inside the site directory", "name a directory on a mounted medium");
  }
  return medium;
}

Result<std::vector<gate::BundleInOutbox>> choose(const site::Site& site, const ledger::Ledger& ledger,
                                                 const std::vector<std::uint64_t>& numbers) {
  AIRLOCK_TRY(auto pending, gate::pending_bundles(site, ledger));
  if (numbers.empty()) return pending;
  const auto is_of = [](std::uint64_t number) {
    return [number](const gate::BundleInOutbox& one) { return one.disclosure.number == number; };
  };
  for (const std::uint64_t number : numbers) {
    if (std::any_of(pending.begin(), pending.end(), is_of(number))) continue;
    return fail(Code::usage, "report " + std::to_string(number) + " has no bundle that waits in the outbox",
                "see `airlock outbox list`");
  }
  std::vector<gate::BundleInOutbox> out;
  for (gate::BundleInOutbox& one : pending) {
    const auto wanted = std::find(numbers.begin(), numbers.end(), one.disclosure.number);
    if (wanted != numbers.end()) out.push_back(std::move(one));
  }
  return out;
}

std::string not_a_copy(sys::FileKind kind) {
  if (kind == sys::FileKind::link) return "is a symbolic link instead of a copy of the bundle";
  return "is not a regular file, so it cannot be a copy of the bundle";
}

/// The files to copy for one bundle. Writes nothing yet. Error: refused if another file has the name.
Result<std::vector<Copy>> plan_copies(const site::Site& site, const std::string& medium,
                                      const ledger::Disclosure& disclosure) {
  const std::string outbox = site.path(site::layout::outbox) + "/";
  const std::string instructions = gate::instructions_name(disclosure.file);
  std::vector<Copy> out;
  for (const std::string& name : {instructions, disclosure.file}) {
    Copy copy{outbox + name, medium + "/" + name, medium + "/." + name + ".tmp", disclosure.file_sha256, false};
    if (name == instructions) {
      AIRLOCK_TRY(const bool there, sys::look_for(copy.from));
      if (!there) continue;  // the same commands are inside the bundle
      AIRLOCK_TRY(const core::Digest digest, gate::digest_of_file(copy.from));
      copy.sha256 = digest.hex();
    }
    AIRLOCK_TRY(const sys::FileKind kind, sys::kind_of(copy.to));
    if (kind != sys::FileKind::none) {
      // A link could lead to the outbox itself, and then the medium would have no copy.
      if (kind != sys::FileKind::file) {
        return fail(Code::refused, quote(copy.to) + ": " + not_a_copy(kind),
                    nothing_recorded + std::string("remove it, or name another directory"));
      }
      AIRLOCK_TRY(const core::Digest found, gate::digest_of_file(copy.to));
      if (found.hex() != copy.sha256) {
        return fail(Code::refused, quote(copy.to) + ": another file has this name",
                    nothing_recorded + std::string("move it away, or name another directory"));
      }
      copy.is_there = true;
    }
    out.push_back(std::move(copy));
  }
  return out;
}

/// Writes one copy under its hidden name, durably, then reads it back from the medium and compares.
Result<sys::NewFile> write_copy(const Copy& copy, const sys::World& world) {
  AIRLOCK_CHECK(sys::remove_if_file(copy.hidden, world));  // a run that was cut short may have left it
  AIRLOCK_TRY(const sys::FileKind kind, sys::kind_of(copy.hidden));
  if (kind != sys::FileKind::none) {
    return fail(Code::refused, quote(copy.hidden) + ": has the name that the copy needs until it is complete",
                nothing_recorded + std::string("find out who put it there, and remove it"));
  }
  AIRLOCK_TRY(const auto from, sys::FileBlob::open(copy.from));
  AIRLOCK_TRY(auto file,
              sys::NewFile::create(copy.hidden, sys::public_file, world, sys::NewFile::Permissions::as_it_can));
  crypto::Sha256 sha256;
  core::Tee both(sha256, file);
  core::BlobSource source(from);
  AIRLOCK_CHECK(core::copy(source, both));
  AIRLOCK_CHECK(file.sync());
  if (sha256.finish().hex() != copy.sha256) {
    return fail(Code::integrity, quote(copy.from) + ": differs from the file that was sealed",
                "do not hand it over; `airlock process --again` seals the report again");
  }
  sys::forget_cached(copy.hidden);
  AIRLOCK_TRY(const core::Digest back, gate::digest_of_file(copy.hidden));
  if (back.hex() != copy.sha256) {
    return fail(Code::integrity, quote(copy.to) + ": the medium returns other bytes than were written to it",
                nothing_recorded + std::string("take another medium"));
  }
  return file;
}

tl::unexpected<core::Error> of_medium(core::Error error, const std::string& to) {
  if (error.code == Code::not_recorded) {
    error.hint = nothing_recorded + std::string("free some space in ") + quote(to) + " or take another medium";
  }
  return fail(std::move(error));
}

Result<void> record_hand_over(gate::Session& session, const std::vector<HandedBundle>& bundles,
                              const std::string& note) {
  const auto is_new = [](const HandedBundle& one) { return !one.was_there; };
  if (std::none_of(bundles.begin(), bundles.end(), is_new)) return {};
  AIRLOCK_TRY(auto change, session.change());
  for (const HandedBundle& bundle : bundles) {
    if (bundle.was_there) continue;
    const ledger::Disclosure& disclosure = bundle.disclosure;
    Json members{{"number", disclosure.number},
                 {"disclosure_id", disclosure.id},
                 {"file", disclosure.file},
                 {"file_sha256", disclosure.file_sha256}};
    if (!note.empty()) members["note"] = note;
    AIRLOCK_CHECK(change.append(ledger::Kind::handed_over, disclosure.report_id, members));
  }
  AIRLOCK_CHECK(change.commit());
  return {};
}

}  // namespace

Result<std::vector<HandedBundle>> hand_over(const std::string& directory, const HandOverOptions& options,
                                            const sys::World& world) {
  AIRLOCK_CHECK(core::check_typed("the note", options.note, hand_over_note_maximum));
  AIRLOCK_TRY(const auto site, site::Site::open(directory, world));
  AIRLOCK_TRY(const std::string medium, check_medium(site, options.to));
  AIRLOCK_TRY(auto session, gate::begin_session(site, gate::Patience::report, gate::Unfinished::is_finished));
  const ledger::Ledger& ledger = session.ledger();
  AIRLOCK_CHECK(gate::may_disclose(ledger));
  AIRLOCK_TRY(const auto chosen, choose(site, ledger, options.numbers));

  std::vector<HandedBundle> bundles;
  std::vector<Copy> copies;
  for (const gate::BundleInOutbox& one : chosen) {
    AIRLOCK_TRY(auto planned, plan_copies(site, medium, one.disclosure));
    // The instructions come first, so the last one is the bundle.
    bundles.push_back({one.disclosure, planned.back().is_there && one.hand_off.times != 0});
    copies.insert(copies.end(), std::make_move_iterator(planned.begin()), std::make_move_iterator(planned.end()));
  }
  std::vector<sys::NewFile> written;  // its destructor removes the copies if anything fails before the record
  for (const Copy& copy : copies) {
    if (copy.is_there) continue;
    auto file = write_copy(copy, site.world());
    if (!file) return of_medium(std::move(file).error(), options.to);
    written.push_back(std::move(*file));
  }
  AIRLOCK_CHECK(record_hand_over(session, bundles, options.note));

  // The hand-over is recorded now. The steps below can be repeated.
  for (sys::NewFile& file : written) file.keep();
  const auto show = [&]() -> Result<void> {
    for (const Copy& copy : copies) {
      if (copy.is_there) continue;
      AIRLOCK_CHECK(sys::rename_new(copy.hidden, copy.to, world));
      // Another program that writes to the medium could have put a link in the copy's place.
      AIRLOCK_CHECK(sys::check_no_link(copy.to));
    }
    return sys::sync_directory(medium, site.world());
  };
  if (const auto shown = show(); !shown) {
    return fail(Code::later, "recorded, but not all of it is on the medium: " + shown.error().message,
                "run the same command again");
  }
  return bundles;
}

}  // namespace airlock::office
