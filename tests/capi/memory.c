/* Judges a site's licence while the first, the second, … allocation fails, each time in a new process, until no
 * allocation is left to fail. Prints how often each verdict came, and how often a library below ended the process
 * (airlock.h says which). The exit code is 1 where anything else ended a process. memory SITE cold|warm      cold: it
 * is the first verdict in the process; warm: the second */
#define _GNU_SOURCE
#include <airlock.h>
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static long before_failure = -1;
static int failed;

static int fails_now(void) {
  if (before_failure < 0 || before_failure-- > 0) return 0;
  failed = 1;
  errno = ENOMEM;
  return 1;
}

void* malloc(size_t size) {
  static void* (*real)(size_t);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "malloc");
  return fails_now() ? NULL : real(size);
}

void* realloc(void* at, size_t size) {
  static void* (*real)(void*, size_t);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "realloc");
  return fails_now() ? NULL : real(at, size);
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const int warm = strcmp(argv[2], "warm") == 0;
  enum { judged = 50, not_hit = 98 }; /* exit codes of the children */
  int state[not_hit - judged] = {0};
  int ended = 0;
  for (long nth = 0;; ++nth) {
    const pid_t child = fork();
    if (child == 0) {
      if (warm) airlock_verdict_free(airlock_verify_site(argv[1]));
      before_failure = nth;
      airlock_verdict* verdict = airlock_verify_site(argv[1]);
      before_failure = -1;
      if (!failed) _exit(not_hit);
      _exit(judged + (int)airlock_verdict_state(verdict));
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) return 2;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) {
      ++ended;
    } else if (!WIFEXITED(status) || WEXITSTATUS(status) < judged) {
      printf("allocation %ld: status %d\n", nth, status);
      return 1;
    } else if (WEXITSTATUS(status) == not_hit) {
      break;
    } else {
      ++state[WEXITSTATUS(status) - judged];
    }
  }
  int all = ended;
  for (int i = 0; i < not_hit - judged; ++i) all += state[i];
  printf("%d failures: %d unjudged, %d invalid, %d revoked, %d usable, %d ended by the library beneath\n", all,
         state[AIRLOCK_UNJUDGED], state[AIRLOCK_INVALID], state[AIRLOCK_REVOKED],
         state[AIRLOCK_VALID] + state[AIRLOCK_GRACE], ended);
  return all > 100 ? 0 : 1;
}
