#include "intake/home.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "crypto/pem.hpp"
#include "ledger/checkpoint.hpp"
#include "site/kit.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/new_directory.hpp"
#include "sys/read_file.hpp"
#include "sys/system.hpp"
#include "sys/write_file.hpp"

namespace airlock::intake {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::Members;
using core::quote;
using core::Time;

constexpr std::string_view home_format = "airlock-vendor/1";
constexpr std::string_view description_file = "home.json";
constexpr std::string_view register_file = "register.db";
/// How long a kit is fresh. After that a site still works, and reports that its kit is old.
constexpr std::chrono::days kit_life{366};

}  // namespace

Result<InitialisedHome> init_home(const std::string& directory, const std::string& name, const std::string& product) {
  const auto path = [&](std::string_view file) { return directory + "/" + std::string(file); };
  if (sys::exists(path(description_file))) {
    return fail(Code::refused, quote(directory) + ": there is a vendor's home already",
                "choose another directory; keys and register are never overwritten");
  }
  AIRLOCK_TRY(auto made,
              sys::NewDirectory::begin(directory, sys::private_directory, sys::NewDirectory::FileSystem::any));
  AIRLOCK_TRY(const auto root, VendorKeys(directory, name).create());
  AIRLOCK_CHECK(Register::create(path(register_file)));
  const Json description{{"format", home_format}, {"name", name}, {"product", product}};
  // The description is written last: without it the directory is no home, and `init` may run again.
  AIRLOCK_CHECK(sys::create_file(path(description_file), core::to_pretty_text(description), sys::private_file));
  AIRLOCK_CHECK(made.finish());
  made.keep();
  return InitialisedHome{root.fingerprint(), path(root_base) + ".crt", path(recipient_base) + ".crt"};
}

Result<Home> Home::open(const std::string& directory, db::Mode mode) {
  const std::string file = directory + "/" + std::string(description_file);
  if (!sys::exists(file)) {
    return fail(Code::bad_input, quote(directory) + ": is not a vendor's home: it has no " + quote(description_file),
                "make one with `airlock-vendor init`, or name another with `--home`");
  }
  AIRLOCK_TRY(const std::string text, sys::read_file(file, core::JsonLimits{}.bytes));
  AIRLOCK_TRY(const Json json, core::parse_json(text, file));
  Members in(json, file, "");
  in.format(home_format);
  std::string name = in.text("name");
  std::string product = in.text("product");
  AIRLOCK_CHECK(in.finish());
  AIRLOCK_TRY(auto reg, Register::open(directory + "/" + std::string(register_file), mode));
  return Home(directory, std::move(name), std::move(product), std::move(reg));
}

Result<std::string> Home::build_kit(const KitOrder& order) {
  AIRLOCK_TRY(const auto signing, keys_.in_force(crypto::Role::kit));
  AIRLOCK_TRY(const auto recipient, keys_.certificate(recipient_base));
  AIRLOCK_TRY(const auto revoked, register_.revoked_licences());
  AIRLOCK_TRY(const auto roots, keys_.successors());
  AIRLOCK_TRY(const auto lists, keys_.revocation_lists());
  const Time now = sys::now();
  return register_.issue_kit(now, [&](std::int64_t number) -> Result<Issued> {
    const site::KitContent content{.product = product_,
                                   .number = static_cast<std::uint64_t>(number),
                                   .issued = now,
                                   .next_update = now + kit_life,
                                   .delivery = order.delivery,
                                   .approvals = order.approvals,
                                   .policy = order.policy,
                                   .dictionary = order.dictionary,
                                   .recipients = {recipient},
                                   .revoked_licences = revoked,
                                   .successors = roots,
                                   .lists = lists};
    AIRLOCK_TRY(std::string file, site::build_kit(content, signing.signer(now)));
    return Issued{file, file};
  });
}

}  // namespace airlock::intake
