#include "office/officer_drop.hpp"

#include "core/text.hpp"
#include "crypto/cms.hpp"
#include "crypto/pem.hpp"
#include "sys/names.hpp"
#include "sys/world.hpp"
#include "sys/write_file.hpp"

namespace airlock::office {
namespace {

using core::fail;
using core::quote;

/// Writes the file under a hidden name and then gives it its own, so that it is complete whenever it can be taken.
Result<std::string> drop(const site::Site& site, const std::string& prefix, std::string_view pem) {
  const sys::World& world = site.world();
  const std::string folder = site.path(site::layout::approvals) + "/";
  const std::string name = prefix + "-" + sys::random_uuid(world) + ".p7s";
  const std::string hidden = folder + "." + name + ".tmp";
  AIRLOCK_TRY(auto file, sys::NewFile::create(hidden, sys::public_file, world));
  AIRLOCK_CHECK(file.write(pem));
  AIRLOCK_CHECK(file.sync());
  AIRLOCK_CHECK(sys::rename_new(hidden, folder + name, world));
  file.keep();
  // Only who may list the folder can make the name durable. If it is lost, the officer signs again.
  (void)sys::sync_directory(folder, world);
  return folder + name;
}

}  // namespace

Result<std::string> sign_and_drop(const site::Site& site, const std::string& prefix, std::string_view document,
                                  const crypto::Certificate& certificate, const keeper::PersonKey& key,
                                  core::Time now) {
  AIRLOCK_TRY(const auto private_key, keeper::key_of_person(key, certificate.key()));
  AIRLOCK_TRY(const std::string der,
              crypto::sign(document, {.key = private_key, .certificate = certificate, .time = now}));
  auto file = drop(site, prefix, crypto::to_pem(crypto::cms_label, der));
  if (file) return file;
  core::Error error = std::move(file).error();
  error.hint = "ask the site's owner to let you drop files into " + quote(site.path(site::layout::approvals));
  return fail(std::move(error));
}

}  // namespace airlock::office
