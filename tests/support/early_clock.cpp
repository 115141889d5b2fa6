// Preloaded behind faketime, by tests/cli/harness.py: asks for the time before a program begins. faketime reads its
// environment when it is first asked, and the programs under test clear theirs.

#include <ctime>

namespace {

[[gnu::constructor]] void ask() { (void)std::time(nullptr); }

}  // namespace
