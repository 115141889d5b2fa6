/* An application asks for its licence at its start, and decides what the answer means.
 *     cc startup.c $(pkg-config --cflags --libs airlock) -o startup && ./startup */
#include <airlock.h>
#include <stdio.h>

int main(void) {
  airlock_verdict *licence = airlock_verify_files("public/licence.p7s", "public/vendor-root.crt", "posthog", NULL);
  int code = airlock_verdict_exit_code(licence);
  if (airlock_verdict_usable(licence)) {
    printf("running with tier %s\n", airlock_verdict_tier(licence));
  } else if (airlock_verdict_state(licence) == AIRLOCK_EXPIRED) {
    printf("reading only: %s\n", airlock_verdict_reason(licence));
    code = 0;
  } else {
    fprintf(stderr, "not started: %s\n", airlock_verdict_reason(licence));
  }
  airlock_verdict_free(licence);
  return code;
}
