// Verdicts in the C ABI. No exception leaves: where memory runs out the caller gets NULL, which reads as an unjudged
// verdict.

#include <algorithm>
#include <new>
#include <optional>
#include <string>

#include "capi/airlock.h"
#include "capi/guard.hpp"
#include "capi/under_way.hpp"
#include "core/encoding.hpp"
#include "core/text.hpp"
#include "licence/verdict.hpp"
#include "public/judge.hpp"
#include "sys/system.hpp"

struct airlock_verdict {
  airlock::licence::LicenceVerdict verdict;
  std::string memory;  ///< after `airlock_verify_bytes`: what is known now
  airlock_state state = AIRLOCK_UNJUDGED;
  int exit_code = 1;
};

struct airlock_setting {
  std::string trust;
  std::string product;
  std::optional<std::string> site_id;
  std::optional<std::string> key_sha256;
  std::optional<airlock::core::Time> newest_time;
  std::int64_t newest_sequence = 0;
  std::optional<std::string> kit;
  std::optional<std::string> memory;
  std::optional<airlock::core::Time> now;
  bool incomplete = false;  ///< memory ran out while a member was set
};

namespace {

using airlock::capi::guarded;
using airlock::capi::text_or_empty;
using airlock::core::Code;
using airlock::core::Error;
using airlock::core::Result;
using airlock::licence::Licence;
using airlock::licence::LicenceVerdict;
using airlock::published::JudgedBytes;

constexpr const char* not_judged = "the licence could not be judged: no memory is left";
constexpr const char* process_ends = "the licence could not be judged: the process is ending";

airlock_state state_of(airlock::core::LicenceState state) {
  static_assert(AIRLOCK_MISSING == static_cast<int>(airlock::core::LicenceState::missing) + 1 &&
                AIRLOCK_VALID == static_cast<int>(airlock::core::LicenceState::valid) + 1);
  return static_cast<airlock_state>(static_cast<int>(state) + 1);
}

/// Runs `judge` and makes the handle for its verdict.
template <typename Judge>
airlock_verdict* verdict_of(Judge judge) noexcept {
  return guarded<airlock_verdict*>(nullptr, [&] {
    auto out = std::make_unique<airlock_verdict>();
    const airlock::capi::UnderWay under_way;
    if (!under_way.begun()) {
      out->verdict.reason = process_ends;
      return out.release();
    }
    Result<JudgedBytes> judged = judge();
    if (judged) {
      out->state = state_of(judged->verdict.state);
      out->exit_code = airlock::core::exit_code(judged->verdict.code());
      out->verdict = std::move(judged->verdict);
      out->memory = std::move(judged->memory);
    } else {
      out->exit_code = airlock::core::exit_code(judged.error().code);
      out->verdict.reason = std::move(judged.error().message);
      out->verdict.hint = std::move(judged.error().hint);
    }
    return out.release();
  });
}

/// Changes a setting.
template <typename Change>
void set(airlock_setting* setting, Change change) noexcept {
  if (setting == nullptr) return;
  const bool done = guarded(false, [&] {
    change(*setting);
    return true;
  });
  if (!done) setting->incomplete = true;
}

/// Limits a time to the years that a text can have: 1970 to 9999.
airlock::core::Time time_from(std::int64_t seconds) {
  constexpr std::int64_t last_second_of_9999 = 253'402'300'799;
  return {std::clamp(seconds, std::int64_t{0}, last_second_of_9999)};
}

Result<std::string> uuid_from(std::string_view text) {
  if (airlock::core::is_uuid(text)) return airlock::core::to_lower(text);
  return airlock::core::fail(Code::usage, airlock::core::quote(text) + " is not a UUID");
}

/// A verdict on files has no memory: the site has its own.
Result<JudgedBytes> without_memory(Result<LicenceVerdict> judged) {
  return std::move(judged).map([](LicenceVerdict verdict) { return JudgedBytes{std::move(verdict), {}}; });
}

Result<JudgedBytes> judge_bytes(std::optional<std::string> licence, const airlock_setting& setting) {
  if (setting.incomplete) return airlock::core::fail(Code::unexpected, not_judged);
  airlock::published::LicenceBytes bytes{.licence = std::move(licence),
                                         .trust = setting.trust,
                                         .product = setting.product,
                                         .site_id = {},
                                         .key_sha256 = setting.key_sha256,
                                         .newest_trusted = setting.newest_time,
                                         .newest_sequence = setting.newest_sequence,
                                         .kit = setting.kit,
                                         .memory = setting.memory};
  if (setting.site_id) {
    AIRLOCK_TRY(bytes.site_id, uuid_from(*setting.site_id));
  }
  if (bytes.key_sha256) {
    const auto key = airlock::core::from_hex(*bytes.key_sha256);
    if (!key || key->size() != 32) {
      return airlock::core::fail(Code::usage, airlock::core::quote(*bytes.key_sha256) + " is not a SHA-256 in hex");
    }
    bytes.key_sha256 = airlock::core::to_lower(*bytes.key_sha256);
  }
  return airlock::published::judge_bytes(bytes, setting.now.value_or(airlock::sys::now()));
}

const Licence* licence_of(const airlock_verdict* verdict) {
  return verdict != nullptr && verdict->verdict.licence ? &*verdict->verdict.licence : nullptr;
}

/// `read(licence)`; `otherwise` where the verdict has no licence.
template <typename T, typename Read>
T from_licence(const airlock_verdict* verdict, T otherwise, Read read) {
  const Licence* licence = licence_of(verdict);
  return licence != nullptr ? read(*licence) : otherwise;
}

}  // namespace

const char* airlock_version(void) { return AIRLOCK_VERSION; }

airlock_verdict* airlock_verify_site(const char* site_directory) {
  return verdict_of([&]() -> Result<JudgedBytes> {
    return without_memory(airlock::published::judge_public(text_or_empty(site_directory), airlock::sys::now()));
  });
}

airlock_verdict* airlock_verify_files(const char* licence, const char* trust, const char* product,
                                      const char* site_id) {
  return verdict_of([&]() -> Result<JudgedBytes> {
    airlock::published::LicenceFiles files{.licence = text_or_empty(licence),
                                           .trust = text_or_empty(trust),
                                           .product = text_or_empty(product),
                                           .site_id = {}};
    if (files.licence.empty() || files.trust.empty() || files.product.empty()) {
      return airlock::core::fail(Code::usage, "licence, trust and product are all needed");
    }
    if (site_id != nullptr) {
      AIRLOCK_TRY(files.site_id, uuid_from(site_id));
    }
    return without_memory(airlock::published::judge_files(files, airlock::sys::now()));
  });
}

airlock_setting* airlock_setting_new(void) { return new (std::nothrow) airlock_setting; }

void airlock_setting_trust(airlock_setting* setting, const void* pem, size_t size) {
  set(setting, [&](airlock_setting& to) { to.trust = airlock::capi::bytes_or_empty(pem, size); });
}

void airlock_setting_product(airlock_setting* setting, const char* product) {
  set(setting, [&](airlock_setting& to) { to.product = text_or_empty(product); });
}

void airlock_setting_site(airlock_setting* setting, const char* site_id, const char* key_sha256) {
  set(setting, [&](airlock_setting& to) {
    to.site_id.reset();
    to.key_sha256.reset();
    if (site_id != nullptr) to.site_id = site_id;
    if (key_sha256 != nullptr) to.key_sha256 = key_sha256;
  });
}

void airlock_setting_newest_time(airlock_setting* setting, int64_t seconds) {
  set(setting, [&](airlock_setting& to) { to.newest_time = time_from(seconds); });
}

void airlock_setting_newest_sequence(airlock_setting* setting, int64_t sequence) {
  set(setting, [&](airlock_setting& to) { to.newest_sequence = sequence; });
}

void airlock_setting_kit(airlock_setting* setting, const void* kit, size_t size) {
  set(setting, [&](airlock_setting& to) { to.kit = airlock::capi::bytes_or_empty(kit, size); });
}

void airlock_setting_memory(airlock_setting* setting, const char* memory) {
  set(setting, [&](airlock_setting& to) {
    to.memory.reset();
    if (memory != nullptr && *memory != '\0') to.memory = memory;
  });
}

void airlock_setting_now(airlock_setting* setting, int64_t seconds) {
  set(setting, [&](airlock_setting& to) { to.now = time_from(seconds); });
}

void airlock_setting_free(airlock_setting* setting) { delete setting; }

airlock_verdict* airlock_verify_bytes(const void* licence, size_t size, const airlock_setting* setting) {
  return verdict_of([&]() -> Result<JudgedBytes> {
    if (setting == nullptr) return airlock::core::fail(Code::usage, "a setting is needed");
    std::optional<std::string> bytes;
    if (licence != nullptr) bytes = airlock::capi::bytes_or_empty(licence, size);
    return judge_bytes(std::move(bytes), *setting);
  });
}

void airlock_verdict_free(airlock_verdict* verdict) { delete verdict; }

airlock_state airlock_verdict_state(const airlock_verdict* verdict) {
  return verdict == nullptr ? AIRLOCK_UNJUDGED : verdict->state;
}

const char* airlock_verdict_state_name(const airlock_verdict* verdict) {
  if (airlock_verdict_state(verdict) == AIRLOCK_UNJUDGED) return "unjudged";
  return airlock::core::name(verdict->verdict.state).data();  // a string literal, so it ends in NUL
}

int airlock_verdict_usable(const airlock_verdict* verdict) {
  const airlock_state state = airlock_verdict_state(verdict);
  return state == AIRLOCK_VALID || state == AIRLOCK_GRACE ? 1 : 0;
}

int airlock_verdict_exit_code(const airlock_verdict* verdict) { return verdict == nullptr ? 1 : verdict->exit_code; }

const char* airlock_verdict_reason(const airlock_verdict* verdict) {
  return verdict == nullptr ? not_judged : verdict->verdict.reason.c_str();
}

const char* airlock_verdict_hint(const airlock_verdict* verdict) {
  return verdict == nullptr ? "" : verdict->verdict.hint.c_str();
}

int airlock_verdict_warning_days(const airlock_verdict* verdict) {
  return verdict == nullptr ? 0 : static_cast<int>(verdict->verdict.warning.value_or(0));
}

const char* airlock_verdict_memory(const airlock_verdict* verdict) {
  return verdict == nullptr ? "" : verdict->memory.c_str();
}

int airlock_verdict_has_licence(const airlock_verdict* verdict) { return licence_of(verdict) != nullptr ? 1 : 0; }

const char* airlock_verdict_serial(const airlock_verdict* verdict) {
  return from_licence(verdict, "", [](const Licence& licence) { return licence.serial.c_str(); });
}

int64_t airlock_verdict_sequence(const airlock_verdict* verdict) {
  return from_licence(verdict, std::int64_t{0}, [](const Licence& licence) { return licence.sequence; });
}

const char* airlock_verdict_licensee(const airlock_verdict* verdict) {
  return from_licence(verdict, "", [](const Licence& licence) { return licence.licensee.c_str(); });
}

const char* airlock_verdict_product(const airlock_verdict* verdict) {
  return from_licence(verdict, "", [](const Licence& licence) { return licence.product.c_str(); });
}

const char* airlock_verdict_tier(const airlock_verdict* verdict) {
  return from_licence(verdict, "", [](const Licence& licence) { return licence.tier.c_str(); });
}

int64_t airlock_verdict_not_before(const airlock_verdict* verdict) {
  return from_licence(verdict, std::int64_t{0}, [](const Licence& licence) { return licence.not_before.seconds; });
}

int64_t airlock_verdict_not_after(const airlock_verdict* verdict) {
  return from_licence(verdict, std::int64_t{0}, [](const Licence& licence) { return licence.not_after.seconds; });
}

int64_t airlock_verdict_grace_days(const airlock_verdict* verdict) {
  return from_licence(verdict, std::int64_t{0}, [](const Licence& licence) { return licence.grace_days; });
}

int64_t airlock_verdict_days_left(const airlock_verdict* verdict) {
  return verdict == nullptr ? 0 : verdict->verdict.days_left.value_or(0);
}

int airlock_verdict_entitled(const airlock_verdict* verdict, const char* entitlement) {
  return from_licence(verdict, 0, [&](const Licence& licence) {
    for (const std::string& held : licence.entitlements) {
      if (entitlement != nullptr && held == entitlement) return 1;
    }
    return 0;
  });
}

size_t airlock_verdict_entitlements(const airlock_verdict* verdict) {
  return from_licence(verdict, std::size_t{0}, [](const Licence& licence) { return licence.entitlements.size(); });
}

const char* airlock_verdict_entitlement(const airlock_verdict* verdict, size_t index) {
  return from_licence(verdict, "", [&](const Licence& licence) {
    return index < licence.entitlements.size() ? licence.entitlements[index].c_str() : "";
  });
}

int64_t airlock_verdict_limit(const airlock_verdict* verdict, const char* name) {
  return from_licence(verdict, std::int64_t{-1}, [&](const Licence& licence) {
    for (const auto& [limit, maximum] : licence.limits) {
      if (name != nullptr && limit == name) return maximum;
    }
    return std::int64_t{-1};
  });
}

size_t airlock_verdict_limits(const airlock_verdict* verdict) {
  return from_licence(verdict, std::size_t{0}, [](const Licence& licence) { return licence.limits.size(); });
}

const char* airlock_verdict_limit_name(const airlock_verdict* verdict, size_t index) {
  return from_licence(verdict, "", [&](const Licence& licence) {
    return index < licence.limits.size() ? licence.limits[index].first.c_str() : "";
  });
}
