#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "commands.hpp"
#include "core/text.hpp"
#include "gate/open.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/entry.hpp"
#include "ledger/merkle.hpp"
#include "office/adopt.hpp"
#include "office/backup.hpp"
#include "office/proofs.hpp"
#include "present.hpp"
#include "progress.hpp"
#include "sys/names.hpp"
#include "sys/write_file.hpp"

namespace airlock::tools {
namespace ledger_proofs_command {

using core::Code;
using core::Json;

/// The number of entries read at once. An entry has a maximum of 1 MiB.
constexpr std::size_t export_page = 32;

struct ProveOptions {
  std::string number;
  std::string entry;
  std::string extract;
};

struct ExportOptions {
  std::string format;
};

core::Result<void> extract_proof(const office::ProvenEntry& proven, const std::string& directory) {
  AIRLOCK_CHECK(sys::make_directory(directory, sys::private_directory));
  const std::vector<std::pair<std::string, std::string>> files{{"entry.json", proven.entry.body},
                                                               {"proof.txt", proven.proof},
                                                               {"checkpoint.txt", proven.head.checkpoint},
                                                               {"vkey", proven.head.ledger_key + "\n"}};
  for (const auto& [name, text] : files) {
    AIRLOCK_CHECK(sys::create_file(directory + "/" + name, text, sys::private_file));
  }
  return {};
}

int prove(Context& context, const ProveOptions& options) {
  if (options.number.empty() == options.entry.empty()) {
    return context.console.report({Code::usage, "name a report, or an entry with `--entry`", {}});
  }
  auto proven = core::Result<office::ProvenEntry>();
  if (options.entry.empty()) {
    const auto number = number_from(options.number);
    if (!number) return context.console.report(number.error());
    proven = office::prove_report(context.site, *number);
  } else {
    // `number_from` refuses 0, since reports are numbered from 1. Entries are numbered from 0.
    const auto seq = options.entry == "0" ? core::Result<std::uint64_t>(0) : number_from(options.entry);
    if (!seq) return context.console.report(seq.error());
    proven = office::prove_entry(context.site, *seq);
  }
  if (!proven) return context.console.report(proven.error());
  if (!options.extract.empty()) {
    if (const auto done = extract_proof(*proven, options.extract); !done) return context.console.report(done.error());
  }
  if (context.console.json()) {
    context.console.print({{"seq", proven->entry.seq},
                           {"kind", ledger::name(proven->entry.kind)},
                           {"entry", proven->entry.body},
                           {"proof", proven->proof},
                           {"checkpoint", proven->head.checkpoint},
                           {"ledger_key", proven->head.ledger_key},
                           {"exit", 0}});
    return 0;
  }
  if (!options.extract.empty()) {
    context.console.say("entry " + std::to_string(proven->entry.seq) + " with its proof is in " + options.extract);
    return 0;
  }
  if (const auto out = console::write_out(proven->proof); !out) return context.console.report(out.error());
  return 0;
}

int checkpoint(Context& context) {
  const auto head = office::sign_head(context.site);
  if (!head) return context.console.report(head.error());
  if (context.console.json()) {
    context.console.print({{"checkpoint", head->checkpoint},
                           {"ledger_key", head->ledger_key},
                           {"ledger_size", head->head.size},
                           {"ledger_root", head->head.root.hex()},
                           {"exit", 0}});
    return 0;
  }
  if (const auto out = console::write_out(head->checkpoint); !out) return context.console.report(out.error());
  return 0;
}

/// A field of a CSV file (RFC 4180, section 2). A spreadsheet cannot take a body for a formula, since it starts with
/// `{`.
std::string csv_field(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string csv_row(const ledger::Entry& entry) {
  return std::to_string(entry.seq) + "," + entry.time.text() + "," + std::string(ledger::name(entry.kind)) + "," +
         entry.report_id + "," + ledger::leaf_hash(entry.body).hex() + "," + csv_field(entry.body) + "\r\n";
}

/// Writes all entries that the checkpoint covers, each as its exact text, in bounded memory.
core::Result<void> write_export(const std::string& directory, bool csv, core::ProgressSink& progress) {
  AIRLOCK_TRY(const auto head, office::sign_head(directory));
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, gate::open_to_read(site));
  if (csv) {
    AIRLOCK_CHECK(console::write_out("seq,time,kind,report_id,leaf_sha256,body\r\n"));
  } else {
    const Json first{{"format", "airlock-ledger-export/1"},
                     {"site_id", site.configuration().site_id},
                     {"ledger_key", head.ledger_key},
                     {"checkpoint", head.checkpoint}};
    std::string text = first.dump();
    text.pop_back();
    AIRLOCK_CHECK(console::write_out(text + ",\"entries\":["));
  }
  for (std::uint64_t from = 0; from < head.head.size;) {
    AIRLOCK_TRY(const auto entries, ledger.entries(from, export_page));
    for (const ledger::Entry& entry : entries) {
      if (entry.seq >= head.head.size) break;
      AIRLOCK_CHECK(console::write_out(csv ? csv_row(entry) : (entry.seq == 0 ? "\n" : ",\n") + entry.body));
    }
    if (entries.empty()) return core::fail(Code::integrity, "the ledger lost entries while it was exported");
    from = entries.back().seq + 1;
    progress.show("entries exported", from, head.head.size);
  }
  if (csv) return {};
  return console::write_out("\n]}\n");
}

int write_entries(Context& context, const ExportOptions& options) {
  if (options.format != "json" && options.format != "csv") {
    return context.console.report(
        {Code::usage, "--format must be `json` or `csv`", "see `airlock ledger export --help`"});
  }
  console::Progress progress(context.console);
  if (const auto out = write_export(context.site, options.format == "csv", progress); !out) {
    return context.console.report(out.error());
  }
  return 0;
}

int backup(Context& context, const std::string& file) {
  console::Progress progress(context.console);
  const auto made = office::back_up(context.site, file, progress);
  if (!made) return context.console.report(made.error());
  if (context.console.json()) {
    context.console.print({{"file", file},
                           {"bytes", made->bytes},
                           {"sha256", made->sha256.hex()},
                           {"ledger_size", made->head.size},
                           {"ledger_root", made->head.root.hex()},
                           {"exit", 0}});
    return 0;
  }
  context.console.say({{"backup", file},
                       {"bytes", std::to_string(made->bytes)},
                       {"sha256", made->sha256.hex()},
                       {"verified", std::to_string(made->head.size) + " entries, root " + made->head.root.hex()}});
  return 0;
}

struct AdoptOptions {
  std::string reason;
  bool yes = false;
};

int adopt(Context& context, const AdoptOptions& options) {
  const std::string& reason = options.reason;
  if (const auto checked = core::check_reason(reason, office::adopt_reason_hint); !checked) {
    return context.console.report(checked.error());
  }
  const auto confirmed = context.console.confirm(
      {"this ledger, as it is, becomes the site's past: whatever it lacks is given up, and an entry says so for ever",
       "the ceiling goes back to `seal`, and all consents end; `airlock authorise` gives them again",
       "the vendor needs the proof of that entry before it accepts later bundles",
       "if this is a copy of a site that still runs elsewhere, this gives one site two ledgers: make the copy a site "
       "of its own instead"},
      "Go on with this ledger?", options.yes);
  if (!confirmed) return context.console.report(confirmed.error());
  const auto adopted = office::adopt(context.site, reason);
  if (!adopted) return context.console.report(adopted.error());
  if (context.console.json()) {
    context.console.print({{"seq", adopted->seq},
                           {"found", core::or_null(adopted->found)},
                           {"unknown_bundles", adopted->bundles},
                           {"ledger_size", adopted->head.size},
                           {"ledger_root", adopted->head.root.hex()},
                           {"exit", 0}});
    return 0;
  }
  context.console.say(adopted->found.empty() ? "nothing was wrong; the reason is recorded"
                                             : "recorded, with what was found: " + adopted->found);
  const std::string seq = std::to_string(adopted->seq);
  context.console.say("entry " + seq + " says so for ever, and the ceiling is back at `seal`");
  context.console.say(
      {{"next", "let the vendor settle what it has of the lost past: run `airlock ledger prove --entry " + seq +
                    " --extract for-the-vendor`, and send the vendor that folder"}});
  return 0;
}

}  // namespace ledger_proofs_command

void add_ledger_proofs(Context& context, console::Command& group) {
  using namespace ledger_proofs_command;
  auto prove_options = std::make_shared<ProveOptions>();
  console::Command proving = context.console.command(
      group, "prove", "prove that one entry is in the ledger, without showing the others",
      "  airlock ledger prove 1 > proof.txt\n  airlock ledger prove 1 --extract for-the-auditor",
      [&context, prove_options] { return prove(context, *prove_options); });
  proving.about("", "guides/verify-the-ledger.md");
  proving.text("N", prove_options->number, "the report's number: the entry that disclosed it, else `produced`",
               console::Kind::report);
  proving.text("--entry", prove_options->entry, "instead: any entry, by its place in the ledger",
               console::Kind::number);
  proving.text("--extract", prove_options->extract, "a new directory for entry, proof, checkpoint and verifier key",
               console::Kind::folder);
  context.console.command(group, "checkpoint", "sign and print the ledger's size and root, to be kept elsewhere",
                          "  airlock ledger checkpoint > checkpoint-$(date +%F).txt",
                          [&context] { return checkpoint(context); });
  auto export_options = std::make_shared<ExportOptions>();
  context.console
      .command(group, "export", "print every entry as it stands, with a checkpoint",
               "  airlock ledger export --format csv > ledger.csv\n"
               "  airlock ledger export --format json | jq '.entries[].kind'",
               [&context, export_options] { return write_entries(context, *export_options); })
      .text("--format", export_options->format, "`json` or `csv`", console::one_of("json csv"),
            console::Need::required);
  auto file = std::make_shared<std::string>();
  context.console
      .command(group, "backup", "copy the ledger while others use it, and verify the copy",
               "  airlock ledger backup /mnt/backup/ledger-$(date +%F).db",
               [&context, file] { return backup(context, *file); })
      .text("FILE", *file, "a new file, to be kept as safe as the ledger", console::Kind::file,
            console::Need::required);
  auto adopt_options = std::make_shared<AdoptOptions>();
  console::Command adopting = context.console.command(
      group, "adopt", "go on with a ledger that was restored or moved; recorded for ever",
      "  airlock ledger adopt --reason 'disk lost on 2026-11-20, backup of 2026-11-19 restored'",
      [&context, adopt_options] { return adopt(context, *adopt_options); });
  adopting.about(
      "For a ledger that was restored from a backup, or moved. The entry stays for ever, and the vendor then runs "
      "`airlock-vendor site readmit`.",
      "guides/restore-and-move.md");
  adopting.text("--reason", adopt_options->reason, "what happened", console::Need::required);
  adopting.flag("--yes", adopt_options->yes, "do not ask");
}

}  // namespace airlock::tools
