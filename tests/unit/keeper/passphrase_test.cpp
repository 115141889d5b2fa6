#include "keeper/passphrase.hpp"
#include "sys/write_file.hpp"

#include "support.hpp"

using namespace airlock;
using namespace airlock::test;

TEST_CASE("a secret that is nowhere is an error that names the ways; an empty or over-long one is refused") {
  keeper::secret_sources().passphrase_fd = secret_descriptor("");
  CHECK_FALSE(keeper::secret_for("site", keeper::Asked::passphrase));
  keeper::secret_sources().passphrase_fd = secret_descriptor(std::string(2000, 'x'));
  CHECK_FALSE(keeper::secret_for("site", keeper::Asked::passphrase));
  keeper::secret_sources().passphrase_fd = secret_descriptor("one\ntwo\n");
  CHECK(keeper::secret_for("site", keeper::Asked::passphrase).value().view() == "one");
  CHECK(keeper::secret_for("site", keeper::Asked::new_passphrase).value().view() == "two");
  keeper::secret_sources().passphrase_fd = -1;
  const test::TemporaryDirectory folder;
  keeper::secret_sources().credentials = folder.path();
  REQUIRE(sys::create_file(std::string(folder.path()) + "/airlock-site", "from systemd\n", sys::private_file));
  CHECK(keeper::secret_for("site", keeper::Asked::pin).value().view() == "from systemd");
  keeper::secret_sources().credentials.clear();
}
