// The ledger's file, as anybody may have changed it. Whatever `verify` is content with has the root that the seed's
// site signed.

#include <fstream>

#include "fuzz/target.hpp"
#include "fuzz/trust.hpp"
#include "ledger/ledger.hpp"
#include "ledger/verify.hpp"
#include "temporary_directory.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const TemporaryDirectory directory;
  static const std::string path = directory / "ledger.db";
  static const crypto::NoteVerifier verifier = crypto::NoteVerifier::from_text(trusted("ledger.vkey")).value();
  static const std::string root = trusted("ledger.root");
  std::ofstream(path, std::ios::binary | std::ios::trunc) << input_text(data, size);
  const auto ledger = ledger::Ledger::open(path, db::Mode::read_only);
  if (!ledger) return 0;
  const auto checked = ledger::verify(*ledger, verifier);
  if (!checked) return 0;
  const auto head = ledger->head();
  require(head && head->root.hex() == root, "what verifies is what was written");
  return 0;
}
