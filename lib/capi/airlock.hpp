/** \file
 * libairlock for C++17 and later: the functions of airlock.h with owners, text views and optional values.
 *
 *     const airlock::Verdict licence = airlock::verify_site("/var/lib/airlock");
 *     if (!licence.usable()) return refuse(licence.reason());
 *
 * For applications only; Airlock itself never includes it. It is a header and nothing else: it calls libairlock's C
 * functions, so an application links `airlock` (pkg-config) and no C++ library of ours. airlock.h says what each
 * function does. This header adds:
 *
 *  - Owners: Verdict, Setting and Outcome own a handle of airlock.h and free it. They can be moved, not copied.
 *  - Views: every std::string_view is UTF-8 with a NUL behind its end, and belongs to the object that returned it.
 *    Ranges and Limit refer to their Verdict too. None of them may be used after that object is gone or moved from.
 *  - Absent values: a number that may be absent is a std::optional; a text that is absent is empty. A licence that
 *    holds has neither an empty serial nor an empty tier.
 *  - Exceptions: nothing here throws or allocates, so it compiles with -fno-exceptions. Where memory runs out the
 *    handle is NULL, and the object reads as the verdict or the outcome "no memory is left": State::unjudged, not
 *    usable, exit code 1; for an Outcome exit code 8, not recorded. For a Setting whose handle is NULL verify_bytes
 *    returns State::unjudged with exit code 2. An object that was moved from has a NULL handle too.
 *  - Threads: any number may call functions and read one Verdict or Outcome at once. A Setting may be read by any
 *    number, but no thread may change it meanwhile. One thread moves or destroys an object.
 *  - Texts that are passed in end at their first NUL, as in C.
 */
#ifndef AIRLOCK_HPP
#define AIRLOCK_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "airlock.h"

namespace airlock {

/** A time in whole seconds, UTC. */
using Time = std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds>;

/** The state of a licence (airlock_state). A newer library may return states that are not named here. */
enum class State : int {
  unjudged = AIRLOCK_UNJUDGED,
  missing = AIRLOCK_MISSING,
  invalid = AIRLOCK_INVALID,
  revoked = AIRLOCK_REVOKED,
  superseded = AIRLOCK_SUPERSEDED,
  wrong_product = AIRLOCK_WRONG_PRODUCT,
  wrong_site = AIRLOCK_WRONG_SITE,
  clock_rollback = AIRLOCK_CLOCK_ROLLBACK,
  not_yet_valid = AIRLOCK_NOT_YET_VALID,
  expired = AIRLOCK_EXPIRED,
  grace = AIRLOCK_GRACE,
  valid = AIRLOCK_VALID
};

/** A text or path that is passed in: a text of C or a std::string. NULL: not given. Lives as long as the call. */
class Text {
 public:
  Text(const char* text) noexcept : text_(text) {}
  Text(const std::string& text) noexcept : text_(text.c_str()) {}
  Text(std::nullptr_t) noexcept {}
  const char* get() const noexcept { return text_; }

 private:
  const char* text_ = nullptr;
};

/** Bytes that are passed in: a std::string_view, or any container of bytes that lie side by side. */
class Bytes {
 public:
  Bytes(const void* data, std::size_t size) noexcept : data_(data != nullptr ? data : ""), size_(data ? size : 0) {}
  template <typename Container, typename Byte = std::remove_pointer_t<decltype(std::declval<Container&>().data())>,
            typename = std::enable_if_t<sizeof(Byte) == 1 && std::is_trivially_copyable_v<Byte>>>
  Bytes(const Container& bytes) noexcept : Bytes(bytes.data(), bytes.size()) {}
  /** Never NULL, so that an empty file is not taken for one that is missing. */
  const void* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }

 private:
  const void* data_;
  std::size_t size_;
};

/** A limit of use that the licence sets. */
struct Limit {
  std::string_view name = "";
  std::int64_t maximum = 0;
};

/** What a verdict lists, in the licence's order: `At(verdict, index)` for each index below `Count(verdict)`. */
template <typename T, std::size_t (*Count)(const airlock_verdict*), T (*At)(const airlock_verdict*, std::size_t)>
class Range {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = T;

    Iterator() noexcept = default;
    Iterator(const airlock_verdict* verdict, std::size_t index) noexcept : verdict_(verdict), index_(index) {}
    T operator*() const noexcept { return At(verdict_, index_); }
    Iterator& operator++() noexcept {
      ++index_;
      return *this;
    }
    Iterator operator++(int) noexcept { return std::exchange(*this, Iterator(verdict_, index_ + 1)); }
    friend bool operator==(const Iterator& a, const Iterator& b) noexcept { return a.index_ == b.index_; }
    friend bool operator!=(const Iterator& a, const Iterator& b) noexcept { return a.index_ != b.index_; }

   private:
    const airlock_verdict* verdict_ = nullptr;
    std::size_t index_ = 0;
  };

  explicit Range(const airlock_verdict* verdict) noexcept : verdict_(verdict) {}
  std::size_t size() const noexcept { return Count(verdict_); }
  bool empty() const noexcept { return size() == 0; }
  /** An empty text or Limit{} for an index after the last. */
  T operator[](std::size_t index) const noexcept { return At(verdict_, index); }
  Iterator begin() const noexcept { return {verdict_, 0}; }
  Iterator end() const noexcept { return {verdict_, size()}; }

 private:
  const airlock_verdict* verdict_;
};

/** Not for applications: what the classes below are made of. */
namespace detail {
struct Free {
  void operator()(airlock_verdict* handle) const noexcept { airlock_verdict_free(handle); }
  void operator()(airlock_setting* handle) const noexcept { airlock_setting_free(handle); }
  void operator()(airlock_outcome* handle) const noexcept { airlock_outcome_free(handle); }
};
inline std::string_view entitlement_at(const airlock_verdict* verdict, std::size_t index) {
  return airlock_verdict_entitlement(verdict, index);
}
inline Limit limit_at(const airlock_verdict* verdict, std::size_t index) {
  const char* name = airlock_verdict_limit_name(verdict, index);
  return *name != '\0' ? Limit{name, airlock_verdict_limit(verdict, name)} : Limit{};
}
/** Rounded down. */
template <typename Duration>
std::int64_t seconds_of(std::chrono::time_point<std::chrono::system_clock, Duration> time) noexcept {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}
}  // namespace detail

using Entitlements = Range<std::string_view, &airlock_verdict_entitlements, &detail::entitlement_at>;
using Limits = Range<Limit, &airlock_verdict_limits, &detail::limit_at>;

/** The verdict on a licence; where the licence's signature holds, also its content. */
class Verdict {
 public:
  /** Takes a handle of airlock.h over; NULL reads as "no memory is left". */
  explicit Verdict(airlock_verdict* handle) noexcept : handle_(handle) {}

  State state() const noexcept { return static_cast<State>(airlock_verdict_state(get())); }
  /** Such as "valid" or "clock_rollback". */
  std::string_view state_name() const noexcept { return airlock_verdict_state_name(get()); }
  /** Whether the state is `valid` or `grace`. */
  bool usable() const noexcept { return airlock_verdict_usable(get()) != 0; }
  /** The exit code of `airlock licence verify`. */
  int exit_code() const noexcept { return airlock_verdict_exit_code(get()); }
  /** Why, as a sentence for people; and what to do next, or "". */
  std::string_view reason() const noexcept { return airlock_verdict_reason(get()); }
  std::string_view hint() const noexcept { return airlock_verdict_hint(get()); }
  /** 30, 15, 7 or 1 where at most that many days are left of a valid licence. */
  std::optional<int> warning_days() const noexcept {
    const int days = airlock_verdict_warning_days(get());
    return days != 0 ? std::optional<int>(days) : std::nullopt;
  }
  /** After verify_bytes what is known now, for Setting::memory; "" after the other functions. */
  std::string_view memory() const noexcept { return airlock_verdict_memory(get()); }

  /** Whether signature and content of the licence are valid. Otherwise all that follows is absent. */
  bool has_licence() const noexcept { return airlock_verdict_has_licence(get()) != 0; }
  std::string_view serial() const noexcept { return airlock_verdict_serial(get()); }
  std::string_view licensee() const noexcept { return airlock_verdict_licensee(get()); }
  std::string_view product() const noexcept { return airlock_verdict_product(get()); }
  std::string_view tier() const noexcept { return airlock_verdict_tier(get()); }
  std::optional<std::int64_t> sequence() const noexcept { return number(airlock_verdict_sequence); }
  /** First second of the term, and first second after it. */
  std::optional<Time> not_before() const noexcept { return time(airlock_verdict_not_before); }
  std::optional<Time> not_after() const noexcept { return time(airlock_verdict_not_after); }
  std::optional<std::int64_t> grace_days() const noexcept { return number(airlock_verdict_grace_days); }
  /** Whole days to the end of the term, or, once that is over, of grace; negative after it. */
  std::optional<std::int64_t> days_left() const noexcept { return number(airlock_verdict_days_left); }
  bool entitled(Text entitlement) const noexcept { return airlock_verdict_entitled(get(), entitlement.get()) != 0; }
  Entitlements entitlements() const noexcept { return Entitlements(get()); }
  std::optional<std::int64_t> limit(Text name) const noexcept {
    const std::int64_t maximum = airlock_verdict_limit(get(), name.get());
    return maximum >= 0 ? std::optional<std::int64_t>(maximum) : std::nullopt;
  }
  Limits limits() const noexcept { return Limits(get()); }

  /** The handle, for functions of airlock.h; it stays owned. */
  const airlock_verdict* get() const noexcept { return handle_.get(); }

 private:
  using Read = std::int64_t (*)(const airlock_verdict*);
  std::optional<std::int64_t> number(Read read) const noexcept {
    return has_licence() ? std::optional<std::int64_t>(read(get())) : std::nullopt;
  }
  std::optional<Time> time(Read read) const noexcept {
    return has_licence() ? std::optional<Time>(Time(std::chrono::seconds(read(get())))) : std::nullopt;
  }

  std::unique_ptr<airlock_verdict, detail::Free> handle_;
};

/** What verify_bytes judges a licence against. Each function copies what it is given and returns the setting:
 *
 *     const auto setting = airlock::Setting().trust(root).product("posthog");
 */
class Setting {
 public:
  Setting() noexcept : handle_(airlock_setting_new()) {}

  /** The vendor's root certificates in PEM. Without them every verdict is State::unjudged. */
  Setting& trust(Bytes pem) & noexcept { return set(airlock_setting_trust, pem.data(), pem.size()); }
  Setting&& trust(Bytes pem) && noexcept { return std::move(trust(pem)); }
  /** Not set: any product will do. */
  Setting& product(Text product) & noexcept { return set(airlock_setting_product, product.get()); }
  Setting&& product(Text name) && noexcept { return std::move(product(name)); }
  /** The site's UUID, and the SHA-256 of its key in hex; without the latter only the UUID is compared. */
  Setting& site(Text id, Text key_sha256 = nullptr) & noexcept {
    return set(airlock_setting_site, id.get(), key_sha256.get());
  }
  Setting&& site(Text id, Text key_sha256 = nullptr) && noexcept { return std::move(site(id, key_sha256)); }
  /** A time that has certainly passed. */
  template <typename Duration>
  Setting& newest_time(std::chrono::time_point<std::chrono::system_clock, Duration> time) & noexcept {
    return set(airlock_setting_newest_time, detail::seconds_of(time));
  }
  template <typename Duration>
  Setting&& newest_time(std::chrono::time_point<std::chrono::system_clock, Duration> time) && noexcept {
    return std::move(newest_time(time));
  }
  /** The highest sequence of the licences seen before. */
  Setting& newest_sequence(std::int64_t sequence) & noexcept { return set(airlock_setting_newest_sequence, sequence); }
  Setting&& newest_sequence(std::int64_t sequence) && noexcept { return std::move(newest_sequence(sequence)); }
  /** The vendor's kit, which says what is revoked. */
  Setting& kit(Bytes file) & noexcept { return set(airlock_setting_kit, file.data(), file.size()); }
  Setting&& kit(Bytes file) && noexcept { return std::move(kit(file)); }
  /** What Verdict::memory returned for an earlier verdict. */
  Setting& memory(Text memory) & noexcept { return set(airlock_setting_memory, memory.get()); }
  Setting&& memory(Text known) && noexcept { return std::move(memory(known)); }
  /** Judges as if it were this time. */
  template <typename Duration>
  Setting& now(std::chrono::time_point<std::chrono::system_clock, Duration> time) & noexcept {
    return set(airlock_setting_now, detail::seconds_of(time));
  }
  template <typename Duration>
  Setting&& now(std::chrono::time_point<std::chrono::system_clock, Duration> time) && noexcept {
    return std::move(now(time));
  }

  const airlock_setting* get() const noexcept { return handle_.get(); }

 private:
  template <typename... Parameters, typename... Arguments>
  Setting& set(void (*change)(airlock_setting*, Parameters...), Arguments... arguments) noexcept {
    change(handle_.get(), arguments...);
    return *this;
  }

  std::unique_ptr<airlock_setting, detail::Free> handle_;
};

/** Judges the licence of a site by the files in `public/` of its directory. */
inline Verdict verify_site(Text site_directory) noexcept { return Verdict(airlock_verify_site(site_directory.get())); }
/** Judges a licence file without a site. Without `site_id` only a licence for any site fits. */
inline Verdict verify_files(Text licence, Text trust, Text product, Text site_id = nullptr) noexcept {
  return Verdict(airlock_verify_files(licence.get(), trust.get(), product.get(), site_id.get()));
}
/** Judges the bytes of a licence file; std::nullopt: there is none, which is State::missing. */
inline Verdict verify_bytes(const std::optional<Bytes>& licence, const Setting& setting) noexcept {
  return Verdict(
      airlock_verify_bytes(licence ? licence->data() : nullptr, licence ? licence->size() : 0, setting.get()));
}

/** What became of a report: the output and the exit code of `airlock process --json`. */
class Outcome {
 public:
  /** Takes a handle of airlock.h over; NULL reads as "no memory is left". */
  explicit Outcome(airlock_outcome* handle) noexcept : handle_(handle) {}

  int exit_code() const noexcept { return airlock_outcome_exit_code(get()); }
  /** Whether the report is in the ledger. If not, keep it and try again. */
  bool recorded() const noexcept { return exit_code() == 0 || (exit_code() >= 3 && exit_code() <= 7); }
  /** The JSON document that the command printed, or "". */
  std::string_view json() const noexcept { return airlock_outcome_json(get()); }
  /** A text member of that document, such as "outcome" or "bundle"; "" where it has no such member. */
  std::string_view text(Text member) const noexcept { return airlock_outcome_text(get(), member.get()); }
  /** What the command wrote for people, or why it could not be run. */
  std::string_view message() const noexcept { return airlock_outcome_message(get()); }

  const airlock_outcome* get() const noexcept { return handle_.get(); }

 private:
  std::unique_ptr<airlock_outcome, detail::Free> handle_;
};

/** Hands a report file to the `airlock` at the path `program`; not given: the one installed with the library. */
inline Outcome process(Text site_directory, Text report, Text program = nullptr) noexcept {
  return Outcome(airlock_process(program.get(), site_directory.get(), report.get()));
}
/** The same for a report in memory. */
inline Outcome process_bytes(Text site_directory, Bytes report, Text program = nullptr) noexcept {
  return Outcome(airlock_process_bytes(program.get(), site_directory.get(), report.data(), report.size()));
}

/** The library's version, such as "0.1.0". */
inline std::string_view version() noexcept { return airlock_version(); }

}  // namespace airlock

#endif
