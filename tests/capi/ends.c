#define _POSIX_C_SOURCE 200809L
/* Calls exit(0) after some microseconds, while four threads judge a licence.
 *     ends SITE MICROSECONDS */
#include <airlock.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { threads = 4 };
static const char* site;

static void* judge(void* unused) {
  (void)unused;
  while (site != NULL) airlock_verdict_free(airlock_verify_site(site));
  return NULL;
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  site = argv[1];
  pthread_t thread;
  for (int i = 0; i < threads; ++i) pthread_create(&thread, NULL, judge, NULL);
  const struct timespec wait = {0, atol(argv[2]) * 1000};
  nanosleep(&wait, NULL);
  exit(0);
}
