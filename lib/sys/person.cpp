#include "sys/person.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "sys/read_file.hpp"

namespace airlock::sys {
namespace {

/// An entry of the user database with all its members may be large.
constexpr std::size_t record_bytes = 64UL * 1024;
/// What `/proc/self/loginuid` holds where nobody has logged in.
constexpr unsigned no_login = 0xFFFFFFFF;
constexpr std::uint64_t loginuid_bytes = 32;

std::optional<unsigned> number_in(std::string_view text) {
  return core::number_from<unsigned>(text.substr(0, text.find('\n')));
}

/// The user of the login session.
std::optional<unsigned> session_user() {
  // The file says that it has no bytes, so it is read as a stream.
  auto file = InputSource::open("/proc/self/loginuid");
  if (!file) return std::nullopt;
  std::string text(loginuid_bytes, '\0');
  const auto got = file->read(text);
  if (!got) return std::nullopt;
  const auto uid = number_in(std::string_view(text).substr(0, *got));
  return uid == no_login ? std::nullopt : uid;
}

std::optional<unsigned> sudo_user() {
  const char* const uid = std::getenv("SUDO_UID");
  return uid == nullptr ? std::nullopt : number_in(uid);
}

}  // namespace

unsigned own_uid() { return ::geteuid(); }

std::string login_of(unsigned uid) {
  std::vector<char> buffer(record_bytes);
  struct passwd record {};
  struct passwd* found = nullptr;
  if (::getpwuid_r(uid, &record, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return "";
  return core::printable(found->pw_name);
}

std::string user_in_words(unsigned uid) {
  const std::string login = login_of(uid);
  return login.empty() ? "user " + std::to_string(uid) : core::quote(login);
}

Person acting_person() {
  Person out{.uid = ::getuid(), .login = login_of(::getuid()), .sudo = std::nullopt};
  auto behind = session_user();
  if (!behind || *behind == out.uid) behind = sudo_user();
  if (!behind || *behind == out.uid) return out;
  const std::string login = login_of(*behind);
  out.sudo = login.empty() ? std::to_string(*behind) : login;
  return out;
}

Result<unsigned> group_id(const std::string& name) {
  std::vector<char> buffer(record_bytes);
  struct group record {};
  struct group* found = nullptr;
  if (::getgrnam_r(name.c_str(), &record, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    return core::fail(core::Code::bad_input, "the system knows no group " + core::quote(name),
                      "make it with `groupadd`, or name another group");
  }
  return found->gr_gid;
}

std::string group_in_words(unsigned gid) {
  std::vector<char> buffer(record_bytes);
  struct group record {};
  struct group* found = nullptr;
  if (::getgrgid_r(gid, &record, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    return "group " + std::to_string(gid);
  }
  return core::quote(found->gr_name);
}

}  // namespace airlock::sys
