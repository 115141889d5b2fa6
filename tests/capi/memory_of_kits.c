/* Judges one licence five times, each time with the memory of the verdict before: with the old kit, the new kit, the
 * old kit again, no kit, the new kit again. Prints the states. memory_of_kits LICENCE TRUST PRODUCT SITE-ID OLD-KIT
 * NEW-KIT */
#include <airlock.h>
#include <stdio.h>
#include <string.h>

static size_t read_file(const char* path, char* into, size_t size) {
  FILE* file = fopen(path, "rb");
  if (file == NULL) return 0;
  const size_t got = fread(into, 1, size, file);
  fclose(file);
  return got;
}

static char licence[65536], trust[65536], kits[2][1 << 20], memory[65536];

int main(int argc, char** argv) {
  if (argc != 7) return 2;
  const size_t licence_size = read_file(argv[1], licence, sizeof licence);
  const size_t trust_size = read_file(argv[2], trust, sizeof trust);
  const size_t kit_sizes[2] = {read_file(argv[5], kits[0], sizeof kits[0]),
                               read_file(argv[6], kits[1], sizeof kits[1])};
  const int turns[5] = {0, 1, 0, -1, 1};
  for (int i = 0; i < 5; ++i) {
    airlock_setting* setting = airlock_setting_new();
    airlock_setting_trust(setting, trust, trust_size);
    airlock_setting_product(setting, argv[3]);
    airlock_setting_site(setting, argv[4], NULL);
    if (turns[i] >= 0) airlock_setting_kit(setting, kits[turns[i]], kit_sizes[turns[i]]);
    airlock_setting_memory(setting, memory);
    airlock_verdict* verdict = airlock_verify_bytes(licence, licence_size, setting);
    printf("%s\n", airlock_verdict_state_name(verdict));
    strncpy(memory, airlock_verdict_memory(verdict), sizeof memory - 1);
    airlock_verdict_free(verdict);
    airlock_setting_free(setting);
  }
  return 0;
}
