/* 64 threads judge licences at once, each through a site, through files and through bytes, with one setting for all.
 *     threads SITE LICENCE TRUST PRODUCT ROUNDS STATE
 * Prints the number of verdicts, and how many of them were not STATE. */
#include <airlock.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { threads = 64 };
static char** arguments;
static char licence[65536];
static size_t licence_size;
static airlock_setting* setting;
static atomic_int wrong;
static atomic_int done;

static void expect(airlock_verdict* verdict) {
  if (strcmp(airlock_verdict_state_name(verdict), arguments[6]) != 0) {
    atomic_fetch_add(&wrong, 1);
    fprintf(stderr, "%s: %s\n", airlock_verdict_state_name(verdict), airlock_verdict_reason(verdict));
  }
  atomic_fetch_add(&done, 1);
  airlock_verdict_free(verdict);
}

static void* work(void* unused) {
  (void)unused;
  for (int round = atoi(arguments[5]); round > 0; --round) {
    expect(airlock_verify_bytes(licence, licence_size, setting));
    expect(airlock_verify_files(arguments[2], arguments[3], arguments[4], NULL));
    expect(airlock_verify_site(arguments[1]));
  }
  return NULL;
}

int main(int argc, char** argv) {
  if (argc != 7) return 2;
  arguments = argv;
  char trust[65536];
  FILE* file = fopen(argv[2], "rb");
  licence_size = fread(licence, 1, sizeof licence, file);
  fclose(file);
  file = fopen(argv[3], "rb");
  size_t trust_size = fread(trust, 1, sizeof trust, file);
  fclose(file);
  setting = airlock_setting_new();
  airlock_setting_trust(setting, trust, trust_size);
  airlock_setting_product(setting, argv[4]);

  pthread_t thread[threads];
  for (int i = 0; i < threads; ++i) pthread_create(&thread[i], NULL, work, NULL);
  for (int i = 0; i < threads; ++i) pthread_join(thread[i], NULL);
  airlock_setting_free(setting);
  printf("%d verdicts, %d wrong\n", atomic_load(&done), atomic_load(&wrong));
  return atomic_load(&wrong) != 0;
}
