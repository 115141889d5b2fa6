/* Asks Airlock at startup what the licence of this site allows.
 *     cc verify.c $(pkg-config --cflags --libs airlock) -o verify && ./verify /var/lib/airlock */
#include <airlock.h>
#include <stdio.h>

int main(int argc, char **argv) {
  airlock_verdict *verdict = airlock_verify_site(argc > 1 ? argv[1] : "/var/lib/airlock");

  printf("state %s\n", airlock_verdict_state_name(verdict));
  printf("exit %d\n", airlock_verdict_exit_code(verdict));
  printf("reason %s\n", airlock_verdict_reason(verdict));
  if (airlock_verdict_has_licence(verdict)) {
    printf("tier %s\n", airlock_verdict_tier(verdict));
    printf("days left %lld\n", (long long)airlock_verdict_days_left(verdict));
    printf("air gap %s\n", airlock_verdict_entitled(verdict, "air_gap") ? "yes" : "no");
    for (size_t i = 0; i < airlock_verdict_limits(verdict); ++i) {
      const char *name = airlock_verdict_limit_name(verdict, i);
      printf("limit %s %lld\n", name, (long long)airlock_verdict_limit(verdict, name));
    }
  }
  if (airlock_verdict_warning_days(verdict) != 0) {
    printf("warning: %d days or less\n", airlock_verdict_warning_days(verdict));
  }
  /* What an unusable licence means is this program's decision: it goes on, as Airlock would have it. */
  int code = airlock_verdict_exit_code(verdict);
  airlock_verdict_free(verdict);
  return code;
}
