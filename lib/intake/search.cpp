#include "intake/search.hpp"

#include <set>
#include <string_view>

#include "core/text.hpp"
#include "sys/look.hpp"

namespace airlock::intake {
namespace {

constexpr std::string_view bundle_ending = ".p7m";
constexpr std::string_view instructions_ending = ".txt";

/// The name without `ending`, in lower case, since some media have upper case only. Empty where it ends otherwise.
std::string stem_of(const std::string& name, std::string_view ending) {
  std::string lower = core::to_lower(name);
  if (lower.size() <= ending.size() || !lower.ends_with(ending)) return {};
  lower.resize(lower.size() - ending.size());
  return lower;
}

/// The stems of the bundles in a folder, given all names in it.
std::set<std::string> bundle_stems(const std::vector<std::string>& names) {
  std::set<std::string> out;
  for (const std::string& name : names) {
    if (std::string stem = stem_of(name, bundle_ending); !stem.empty()) out.insert(std::move(stem));
  }
  return out;
}

/// Why something is not looked at; empty for files and folders.
std::string_view unfit(sys::FileKind kind) {
  if (kind == sys::FileKind::link) return "is a symbolic link, which intake does not follow";
  if (kind == sys::FileKind::other) return "is neither a file nor a folder";
  return {};
}

void look_into(const std::string& folder, int depth, FoundBundles& into);

/// Looks at one name in a folder.
void look_at(const std::string& folder, const std::string& name, const std::set<std::string>& stems, int depth,
             FoundBundles& into) {
  const std::string path = folder + "/" + name;
  const auto kind = sys::kind_of(path);
  if (!kind) {
    into.unreadable.push_back({path, kind.error()});
    return;
  }
  const auto pass_over = [&](std::string_view reason) { into.passed_over.push_back({path, std::string(reason)}); };
  if (*kind == sys::FileKind::none) return;  // removed since the folder was listed
  if (const auto why = unfit(*kind); !why.empty()) return pass_over(why);
  if (name.starts_with('.')) return pass_over("its name begins with a dot");
  if (*kind == sys::FileKind::directory) {
    if (depth == folder_depth_limit) return pass_over("is too many folders deep");
    return look_into(path, depth + 1, into);
  }
  if (!stem_of(name, bundle_ending).empty()) {
    into.bundles.push_back(path);
  } else if (stems.contains(stem_of(name, instructions_ending))) {
    ++into.instructions;
  } else {
    pass_over("is not a bundle: its name does not end in `.p7m`");
  }
}

void look_into(const std::string& folder, int depth, FoundBundles& into) {
  const auto names = sys::list_directory(folder);
  if (!names) {
    into.unreadable.push_back({folder, names.error()});
    return;
  }
  const auto stems = bundle_stems(*names);
  for (const std::string& name : *names) look_at(folder, name, stems, depth, into);
}

/// Whether a file that the caller named is the instructions beside a bundle.
bool is_instructions(const std::string& path) {
  const auto slash = path.find_last_of('/');
  const std::string name = path.substr(slash + 1);  // npos + 1 is 0
  const std::string stem = stem_of(name, instructions_ending);
  if (stem.empty()) return false;
  const auto names = sys::list_directory(slash == path.npos ? "." : path.substr(0, slash + 1));
  return names && bundle_stems(*names).contains(stem);
}

}  // namespace

void find_bundles(const std::string& path, FoundBundles& into) {
  const auto kind = sys::kind_of(path);
  if (kind) {
    if (const auto why = unfit(*kind); !why.empty()) {
      into.passed_over.push_back({path, std::string(why), true});
      return;
    }
    if (*kind == sys::FileKind::directory) return look_into(path, 0, into);
    if (*kind == sys::FileKind::file && is_instructions(path)) {
      ++into.instructions;
      return;
    }
  }
  into.bundles.push_back(path);
}

}  // namespace airlock::intake
