#include <cstdlib>

#include "site/site.hpp"
#include "supervision.hpp"
#include "sys/look.hpp"
#include "words.hpp"

namespace airlock::tools {
namespace supervision {

using core::Result;

// How the worker of a rehearsal ends.
constexpr char stopped_word = 's';   // an error
constexpr char confined_word = 'o';  // what confines it, what was refused, the hint, and whether Landlock is in force
constexpr char worked_word = 'k';    // an error, which is empty where there was none

core::Error hear_error(sys::Worker& ends) {
  core::Error out;
  out.message = ends.hear_text().value_or("the process that reads reports has ended");
  out.hint = ends.hear_text().value_or("");
  return out;
}

void rehearse(Context& context, sys::Worker& ends) {
  const Task task{.report = std::nullopt, .records = true, .changes = true, .inbox = true};
  become_worker(context);
  const auto confinement = give_up(context, task, ends, -1);
  if (!confinement) return tell(ends, stopped_word, confinement.error());
  const bool landlock = confinement->landlock > 0;
  ends.tell(confined_word);
  ends.tell_text(std::string(confinement->seccomp ? "seccomp" : "no seccomp") + ", " +
                 (landlock ? "Landlock version " + std::to_string(confinement->landlock) : "no Landlock"));
  ends.tell_text(confinement->refused);
  ends.tell_text(confinement->hint);
  ends.tell_text(landlock ? "yes" : "");
  // Without a site there is nothing to work on.
  const bool any = sys::exists(context.site + "/" + std::string(site::layout::configuration));
  const auto worked = any ? health::rehearse_work(context.site) : Result<void>();
  tell(ends, worked_word, worked ? core::Error{} : worked.error());
}

}  // namespace supervision

health::Rehearsal rehearse_worker(Context& context) {
  using namespace supervision;
  health::Rehearsal out;
  auto ends = sys::Worker::split();
  if (!ends) {
    out.stopped = ends.error();
    return out;
  }
  if (ends->is_worker()) {
    rehearse(context, *ends);
    std::_Exit(0);
  }
  for (auto word = ends->hear(); word != worked_word; word = ends->hear()) {
    if (word != confined_word) {  // stopped, or ended
      out.stopped = hear_error(*ends);
      break;
    }
    out.confined = ends->hear_text().value_or("");
    out.refused = ends->hear_text().value_or("");
    out.hint = ends->hear_text().value_or("");
    out.kept_to_its_files = !ends->hear_text().value_or("").empty();
  }
  if (!out.stopped) {
    if (const core::Error error = hear_error(*ends); !error.message.empty()) out.work = error;
  }
  (void)ends->wait();
  return out;
}

}  // namespace airlock::tools
