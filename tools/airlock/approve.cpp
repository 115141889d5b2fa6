#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "gate/process.hpp"
#include "office/approve.hpp"
#include "office/sign_words.hpp"
#include "present.hpp"
#include "redaction/word_list.hpp"
#include "supervise.hpp"
#include "sys/read_file.hpp"

namespace airlock::tools {
namespace approve_command {

struct Options {
  std::string number;
  std::string words;
  std::string certificate;
  keeper::PersonKey key;
  bool yes = false;
};

/// Has the worker decide on the report. Afterwards `texts` has what is to be signed, in the supervisor only.
int ask_worker(Context& context, std::uint64_t number, std::vector<std::string>& texts) {
  return in_worker(context, {.report = std::nullopt, .texts = &texts}, [&](Worker& worker) {
    const auto preview = gate::preview_waiting(context.site, number, {});
    if (!preview) return context.console.report(preview.error());
    const auto what = office::to_approve(*preview, number);
    if (!what) return context.console.report(what.error());
    worker.hand_over(office::to_texts(*what));
    return 0;
  });
}

/// Shows what is about to be signed. At a terminal it asks; elsewhere the command itself is the person's word, since it
/// names her key. Error: refused (another answer than yes).
core::Result<void> shown(const console::Console& console, const std::vector<std::string>& sentences,
                         const Options& options) {
  return console.confirm(sentences, "Sign this?", options.yes || !console::Console::can_ask());
}

/// Tells what was dropped. `about`: members that `--json` has before the others.
int told(const console::Console& console, const crypto::Certificate& certificate, const office::Dropped& dropped,
         core::Json about) {
  if (console.json()) {
    about.update({{"officer", certificate.subject()},
                  {"key_sha256", certificate.key().sha256().hex()},
                  {"time", dropped.time.text()},
                  {"file", dropped.file},
                  {"exit", 0}});
    console.print(about);
  }
  console.say("signed, and dropped as " + core::shell_path(dropped.file));
  console.say("the owner's next `airlock process --held` takes it in");
  return 0;
}

/// Signs a list of words. The list is the officer's own, so no report is read and nothing of it is secret from her.
int run_words(Context& context, const Options& options) {
  const console::Console& console = context.console;
  const auto certificate = office::officer_certificate(context.site, options.certificate);
  if (!certificate) return console.report(certificate.error());
  const auto text = sys::read_file(options.words, redaction::word_list_bytes_limit);
  if (!text) return console.report(text.error());
  const auto words = redaction::word_list_from(*text, options.words);
  if (!words) return console.report(words.error());
  const std::vector<std::string> sentences{
      "you sign as " + core::quote(certificate->subject()) + " that " + std::to_string(words->size()) +
          (words->size() == 1 ? " word" : " words") + " must never leave this site",
      "the list replaces the one that you signed before, and adds to those of others"};
  if (const auto confirmed = shown(console, sentences, options); !confirmed) {
    return console.report(confirmed.error());
  }
  const auto dropped = office::sign_words(context.site, *words, *certificate, options.key);
  if (!dropped) return console.report(dropped.error());
  return told(console, *certificate, *dropped, {{"words", words->size()}});
}

int run(Context& context, const Options& options) {
  const console::Console& console = context.console;
  if (options.number.empty() == options.words.empty()) {
    return console.report({core::Code::usage, "give the number of a report that waits, or a list with `--words`",
                           "`airlock status` says which reports wait"});
  }
  if (!options.words.empty()) return run_words(context, options);
  const auto number = number_from(options.number);
  if (!number) return console.report(number.error());
  const auto certificate = office::officer_certificate(context.site, options.certificate);
  if (!certificate) return console.report(certificate.error());

  std::vector<std::string> texts;
  const int code = ask_worker(context, *number, texts);
  if (context.confined || code != 0) return code;
  const auto what = office::to_approve_from(texts);
  if (!what) return console.report(what.error());
  std::vector<std::string> sentences = what->sentences;
  sentences.push_back("you sign as " + core::quote(certificate->subject()) + " that report " + std::to_string(*number) +
                      " may leave as the bytes with SHA-256 " + what->payload_sha256);
  if (const auto confirmed = shown(console, sentences, options); !confirmed) {
    return console.report(confirmed.error());
  }
  const auto dropped = office::approve(context.site, *number, *what, *certificate, options.key);
  if (!dropped) return console.report(dropped.error());
  return told(
      console, *certificate, *dropped,
      {{"number", *number}, {"payload_sha256", what->payload_sha256}, {"decision_sha256", what->decision_sha256}});
}

}  // namespace approve_command

void add_approve(Context& context) {
  using namespace approve_command;
  auto options = std::make_shared<Options>();
  console::Command command = context.console.command(
      "approve", "sign, as an officer, what would leave of a report that waits, or a list of words that never leave",
      "  airlock approve 12 --key officer.key --certificate officer.crt\n"
      "  airlock approve 12 --key 'pkcs11:token=alice;object=signing' --module /usr/lib/softhsm/libsofthsm2.so \\\n"
      "    --certificate officer.crt\n"
      "  airlock approve --words names.txt --key officer.key --certificate officer.crt",
      [&context, options] { return run(context, *options); });
  command.about(
      "You sign exactly the bytes that `airlock preview` prints, with a key of your own. The next `airlock process "
      "--held` or `--inbox` of the site's owner takes your approval in.",
      "guides/approve.md");
  command.exits(
      {{3, "nothing was signed: the list has a line that is no word"},
       {4, "nothing was signed: the report does not wait for an approval, or your certificate is no officer's"}});
  command.text("N", options->number, "the number of a report that waits", console::Kind::held);
  command.text("--words", options->words, "sign this list of words that must never leave, in place of a report",
               console::Kind::file);
  command.text("--key", options->key.key, "your key: a file, or the URI of a key in a PKCS #11 token",
               console::Kind::key, console::Need::required);
  command.text("--certificate", options->certificate, "your certificate, as it is in the site's `trust/officers`",
               console::Kind::file, console::Need::required);
  command.text("--module", options->key.module, "the token's PKCS #11 module, an absolute path", console::Kind::file);
  command.flag("--yes", options->yes, "do not ask");
}

}  // namespace airlock::tools
