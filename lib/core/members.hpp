#pragma once
/// \file
/// Reads one JSON object member by member. Remembers the first failure with file and JSON path, and refuses members
/// that nobody asked for:
///
///     Members in(json, "licence.p7s", "");
///     licence.serial = in.text("serial");
///     licence.sequence = in.integer("sequence", 1, max);
///     AIRLOCK_CHECK(in.finish());

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace airlock::core {

/// Longest text that `Members::text` accepts unless told otherwise, in bytes.
inline constexpr std::size_t text_limit = 1024;

/// The reader of one object. Every getter marks its member as known. After the first failure the getters return empty
/// values, so check `finish` before you use any value. A getter whose name ends in `_if` allows the member to be
/// absent.
class Members {
 public:
  /// `object` must outlive this. `path` is the JSON Pointer of the object within the document `name`.
  Members(const Json& object, std::string_view name, std::string path);

  [[nodiscard]] bool has(std::string_view member) const;

  /// Reads the member `format`, which must be exactly `expected`, such as `airlock-policy/1`. The failure of a later
  /// format of the same document says that a newer Airlock is needed.
  void format(std::string_view expected);

  /// A text of 1 to `limit` bytes without control characters (`is_document_text`).
  std::string text(std::string_view member, std::size_t limit = text_limit);
  std::optional<std::string> text_if(std::string_view member, std::size_t limit = text_limit);
  /// One of the given words.
  std::string word(std::string_view member, std::initializer_list<std::string_view> words);
  /// A UUID, returned in lower case.
  std::string uuid(std::string_view member);
  /// A SHA-256 in lower-case hex, returned as text.
  std::string sha256(std::string_view member);
  std::int64_t integer(std::string_view member, std::int64_t minimum, std::int64_t maximum);
  std::optional<std::int64_t> integer_if(std::string_view member, std::int64_t minimum, std::int64_t maximum);
  /// A whole number from `minimum`, which is not negative, up to the largest that a document may have.
  std::uint64_t count(std::string_view member, std::int64_t minimum = 0);
  bool boolean(std::string_view member);
  std::optional<bool> boolean_if(std::string_view member);
  /// A time in UTC, as `Time::from_text` reads it.
  Time time(std::string_view member);
  /// An array of at most `maximum` texts, no two of them equal. `texts_if` returns an empty list where the member is
  /// absent.
  std::vector<std::string> texts(std::string_view member, std::size_t maximum);
  std::vector<std::string> texts_if(std::string_view member, std::size_t maximum);
  /// The member itself; null where it is absent or of another type (then `finish` fails).
  const Json* object(std::string_view member);
  const Json* object_if(std::string_view member);
  const Json* array(std::string_view member, std::size_t maximum);
  const Json* array_if(std::string_view member, std::size_t maximum);
  /// A member of any type; null where it is absent.
  const Json* any(std::string_view member);

  /// What a nested object may have besides the members that are asked for.
  enum class Unknown : std::uint8_t { refused, allowed };
  using Read = std::function<void(Members&)>;
  /// Reads a member that is an object with `read`, unless something failed before. The first failure in it is one of
  /// this object too.
  void inner(std::string_view member, const Read& read, Unknown unknown = Unknown::refused);
  void inner_if(std::string_view member, const Read& read, Unknown unknown = Unknown::refused);
  /// Reads each element of an array of objects with `read`, up to the first failure.
  void each(std::string_view member, std::size_t maximum, const Read& read);
  void each_if(std::string_view member, std::size_t maximum, const Read& read);

  /// Records a failure of a member, or of the object itself where `member` is empty: "`NAME`: `/path/member`: WHY".
  void refuse(std::string_view member, std::string_view why);
  /// Records the failure of a nested reader.
  void refuse(Error error);
  [[nodiscard]] bool ok() const { return !error_; }

  /// The JSON Pointer of a member.
  [[nodiscard]] std::string path_of(std::string_view member) const;
  [[nodiscard]] const std::string& name() const { return name_; }

  /// The first failure. Where there is none: bad_input for a member that no getter was asked for.
  [[nodiscard]] Result<void> finish();

 private:
  const Json* find(std::string_view member);
  const Json* need(std::string_view member);
  void read_inner(const Json* object, std::string path, const Read& read, Unknown unknown);
  void read_each(const Json* list, std::string_view member, const Read& read);

  const Json& object_;
  std::string name_;
  std::string path_;
  std::vector<bool> known_;  ///< by the place of the member in `object_`
  std::optional<Error> error_;
};

}  // namespace airlock::core
