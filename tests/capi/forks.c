#define _POSIX_C_SOURCE 200809L
/* Four threads judge a licence all the time while the main thread forks. Each child judges it once, in its own process, and must come
 * to an end.
 *     forks SITE CHILDREN STATE
 * Ends with the number of children, all of which found STATE. */
#include <airlock.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { threads = 4, seconds_most = 60 };
static atomic_int stop;
static const char *site;

static void *judge(void *unused) {
  (void)unused;
  while (!atomic_load(&stop)) airlock_verdict_free(airlock_verify_site(site));
  return NULL;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  site = argv[1];
  pthread_t thread[threads];
  for (int i = 0; i < threads; ++i) pthread_create(&thread[i], NULL, judge, NULL);
  int wrong = 0;
  const int children = atoi(argv[2]);
  for (int i = 0; i < children; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(seconds_most); /* a child that hangs is killed, and counted as wrong */
      airlock_verdict *verdict = airlock_verify_site(site);
      _exit(strcmp(airlock_verdict_state_name(verdict), argv[3]) != 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (status != 0) ++wrong;
  }
  atomic_store(&stop, 1);
  for (int i = 0; i < threads; ++i) pthread_join(thread[i], NULL);
  printf("%d children, %d wrong\n", children, wrong);
  return wrong != 0;
}
