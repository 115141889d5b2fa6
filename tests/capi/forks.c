#define _POSIX_C_SOURCE 200809L
/* Forks while four threads judge a licence all the time. Each child judges the licence once, and must end.
 *     forks SITE CHILDREN STATE
 * Prints the number of children, and how many of them did not find STATE. */
#include <airlock.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { threads = 4, seconds_maximum = 60 };
static atomic_int stop;
static const char* site;

static void* judge(void* unused) {
  (void)unused;
  while (!atomic_load(&stop)) airlock_verdict_free(airlock_verify_site(site));
  return NULL;
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  site = argv[1];
  pthread_t thread[threads];
  for (int i = 0; i < threads; ++i) pthread_create(&thread[i], NULL, judge, NULL);
  int wrong = 0;
  const int children = atoi(argv[2]);
  for (int i = 0; i < children; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(seconds_maximum); /* a child that hangs is killed, and counted as wrong */
      airlock_verdict* verdict = airlock_verify_site(site);
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
