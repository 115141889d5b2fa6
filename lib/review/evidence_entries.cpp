#include "review/evidence_entries.hpp"

#include <map>
#include <nlohmann/json.hpp>

#include "core/csv.hpp"
#include "ledger/checkpoint.hpp"
#include "review/time_line.hpp"

namespace airlock::review {
namespace {

using core::Json;
using core::Result;

Result<std::string> row_of(const ledger::Entry& entry, const core::Digest& leaf) {
  AIRLOCK_TRY(const TimeLineEntry sentence, sentence_of(entry));
  return core::csv_row({std::to_string(entry.seq), entry.time.text(), std::string(ledger::name(entry.kind)),
                        entry.report_id, sentence.what, sentence.who, sentence.why, leaf.hex()});
}

}  // namespace

Result<EvidenceNeeds> add_entries(const ledger::Ledger& ledger, const EvidenceSelection& selection,
                                  const gate::SignedTree& tree, EvidenceArchive& archive, core::Sink& rows,
                                  core::ProgressSink& progress) {
  EvidenceNeeds needs;
  AIRLOCK_CHECK(rows.write(core::csv_row({"seq", "time", "kind", "report_id", "what", "who", "why", "leaf_sha256"})));
  std::uint64_t exported = 0;
  for (const std::uint64_t seq : selection.entries) {
    progress.show("entries exported", exported++, selection.entries.size());
    AIRLOCK_TRY(const ledger::Entry entry, ledger.entry(seq));
    AIRLOCK_TRY(const auto proof, ledger.inclusion_proof(seq, tree.head.size));
    const core::Digest leaf = ledger::leaf_hash(entry.body);
    if (auto done = ledger::verify_inclusion(seq, tree.head.size, leaf, proof, tree.head.root); !done) {
      return core::fail(std::move(done.error()).within(ledger::title(entry)));
    }
    AIRLOCK_TRY(const Json body, ledger::body_of(entry));
    read_needs(entry, body, needs);
    AIRLOCK_TRY(const std::string row, row_of(entry, leaf));
    AIRLOCK_CHECK(rows.write(row));
    AIRLOCK_CHECK(archive.add("entries/" + std::to_string(seq) + ".json", entry.body));
    AIRLOCK_CHECK(
        archive.add("proofs/" + std::to_string(seq) + ".txt", ledger::proof_text(seq, proof, tree.checkpoint)));
  }
  return needs;
}

Result<void> add_checkpoints(const ledger::Ledger& ledger, const EvidenceNeeds& needs, const ledger::KeyHistory& keys,
                             const gate::SignedTree& tree, EvidenceArchive& archive) {
  std::map<std::uint64_t, std::string> notes;
  for (const std::string& note : needs.checkpoints) {
    AIRLOCK_TRY(const ledger::TreeHead head, ledger::verify_checkpoint(note, keys));
    AIRLOCK_TRY(const ledger::TreeHead ours, ledger.head(head.size));
    if (ours != head) {
      return core::fail(core::Code::integrity,
                        "the checkpoint of " + std::to_string(head.size) + " entries in the ledger has another root",
                        "run `airlock ledger verify`");
    }
    notes.emplace(head.size, note);
  }
  notes.insert_or_assign(tree.head.size, tree.checkpoint);
  const std::string* before = nullptr;
  std::uint64_t size_before = 0;
  for (const auto& [size, note] : notes) {
    const std::string name = "checkpoints/" + std::to_string(size);
    AIRLOCK_CHECK(archive.add(name + ".txt", note));
    if (before != nullptr) {
      AIRLOCK_TRY(const auto proof, ledger.consistency_proof(size_before, size));
      AIRLOCK_CHECK(archive.add(name + ".consistency.txt", ledger::consistency_text(proof, *before)));
    }
    before = &note;
    size_before = size;
  }
  return {};
}

Result<void> add_ceilings(const ledger::Ledger& ledger, const EvidenceNeeds& needs, EvidenceArchive& archive) {
  for (const std::string& sha256 : needs.ceilings) {
    AIRLOCK_TRY(const core::Digest digest, core::Digest::from_hex(sha256));
    AIRLOCK_TRY(const std::string text, ledger.text(digest));
    AIRLOCK_CHECK(archive.add("ceilings/" + sha256 + ".json", text));
  }
  return {};
}

}  // namespace airlock::review
