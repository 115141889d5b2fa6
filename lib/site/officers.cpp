#include "site/officers.hpp"

#include "core/text.hpp"
#include "policy/approvals.hpp"
#include "site/key_files.hpp"
#include "sys/look.hpp"

namespace airlock::site {
namespace {

constexpr std::string_view certificate_ending = ".crt";

class OfficersReader {
 public:
  Result<void> read(const std::string& folder, const std::string& kind) {
    AIRLOCK_TRY(const auto names, sys::list_directory(folder));
    for (const std::string& name : names) {
      const std::string path = folder + "/" + name;
      if (name.ends_with(certificate_ending) && !name.starts_with('.')) {
        AIRLOCK_CHECK(add(path, kind));
      } else if (kind.empty() && policy::is_officer_kind(name) && sys::is_directory(path)) {
        AIRLOCK_CHECK(read(path, name));
      }
    }
    return {};
  }

  Officers take() && { return std::move(out_); }

 private:
  Result<void> add(const std::string& path, const std::string& kind) {
    if (out_.list.size() + out_.problems.size() == officers_maximum) {
      return core::fail(
          core::Code::bad_input,
          core::quote(layout::officers_trust) + ": has more than " + std::to_string(officers_maximum) + " certificates",
          "remove those of people who no longer sign");
    }
    auto certificate = read_certificate(path);
    if (certificate) {
      out_.list.push_back({kind, std::move(*certificate), path});
    } else {
      out_.problems.push_back(std::move(certificate).error());
    }
    return {};
  }

  Officers out_;
};

}  // namespace

std::vector<Officer> Officers::with(const crypto::Certificate& certificate) const {
  std::vector<Officer> out;
  for (const Officer& officer : list) {
    if (officer.certificate == certificate) out.push_back(officer);
  }
  return out;
}

std::set<std::string, std::less<>> kinds_of(const std::vector<Officer>& officers) {
  std::set<std::string, std::less<>> out;
  for (const Officer& officer : officers) {
    if (!officer.kind.empty()) out.insert(officer.kind);
  }
  return out;
}

Result<Officers> read_officers(const Site& site) {
  const std::string folder = site.path(layout::officers_trust);
  AIRLOCK_TRY(const bool there, sys::look_for_directory(folder));
  if (!there) return Officers{};
  OfficersReader reader;
  AIRLOCK_CHECK(reader.read(folder, ""));
  return std::move(reader).take();
}

}  // namespace airlock::site
