/* Judges licences through the C ABI and prints each verdict as one line of JSON, in the form of the command's output,
 * with the members that the tests compare. Reads from standard input what to judge, one licence a line, fields
 * separated by tabs: site DIR | files LICENCE TRUST PRODUCT SITE | bytes LICENCE TRUST PRODUCT SITE KEY SEQUENCE KIT
 * [NOW]      (`-`: not given) */
#include <airlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char* given(const char* text) { return text != NULL && strcmp(text, "-") != 0 ? text : NULL; }

static void* read_file(const char* path, size_t* size) {
  FILE* file = fopen(path, "rb");
  *size = 0;
  if (file == NULL) return NULL;
  char* bytes = malloc(1 << 20);
  *size = fread(bytes, 1, 1 << 20, file);
  fclose(file);
  return bytes;
}

static void print(airlock_verdict* verdict) {
  printf("{\"state\": \"%s\", \"exit\": %d, \"usable\": %d, \"warning_days\": %d", airlock_verdict_state_name(verdict),
         airlock_verdict_exit_code(verdict), airlock_verdict_usable(verdict), airlock_verdict_warning_days(verdict));
  if (airlock_verdict_has_licence(verdict)) {
    printf(", \"days_left\": %lld, \"serial\": \"%s\", \"sequence\": %lld, \"tier\": \"%s\", \"product\": \"%s\"",
           (long long)airlock_verdict_days_left(verdict), airlock_verdict_serial(verdict),
           (long long)airlock_verdict_sequence(verdict), airlock_verdict_tier(verdict),
           airlock_verdict_product(verdict));
    printf(", \"entitlements\": [");
    for (size_t i = 0; i < airlock_verdict_entitlements(verdict); ++i) {
      printf("%s\"%s\"", i == 0 ? "" : ", ", airlock_verdict_entitlement(verdict, i));
    }
    printf("], \"limits\": {");
    for (size_t i = 0; i < airlock_verdict_limits(verdict); ++i) {
      const char* name = airlock_verdict_limit_name(verdict, i);
      printf("%s\"%s\": %lld", i == 0 ? "" : ", ", name, (long long)airlock_verdict_limit(verdict, name));
    }
    printf("}");
  }
  printf("}\n");
  /* Names and indexes that no licence has. */
  if (*airlock_verdict_entitlement(verdict, 1000) != 0 || *airlock_verdict_limit_name(verdict, 1000) != 0 ||
      airlock_verdict_limit(verdict, "no-such-limit") != -1 || airlock_verdict_entitled(verdict, "no-such") != 0 ||
      airlock_verdict_entitled(verdict, NULL) != 0 || airlock_verdict_limit(verdict, NULL) != -1) {
    printf("wrong answers behind the end\n");
  }
  airlock_verdict_free(verdict);
}

static airlock_verdict* verify_bytes(char** field) {
  size_t trust_size = 0;
  size_t size = 0;
  void* licence = read_file(field[1], &size);
  void* trust = read_file(field[2], &trust_size);
  airlock_setting* setting = airlock_setting_new();
  airlock_setting_trust(setting, trust, trust_size);
  airlock_setting_product(setting, given(field[3]));
  airlock_setting_site(setting, given(field[4]), given(field[5]));
  size_t kit_size = 0;
  void* kit = given(field[7]) != NULL ? read_file(field[7], &kit_size) : NULL;
  if (given(field[6]) != NULL) airlock_setting_newest_sequence(setting, atoll(field[6]));
  if (given(field[8]) != NULL) airlock_setting_now(setting, strtoll(field[8], NULL, 10));
  if (kit != NULL) airlock_setting_kit(setting, kit, kit_size);
  airlock_verdict* verdict = airlock_verify_bytes(licence, size, setting);
  free(kit);
  airlock_setting_free(setting);
  free(trust);
  free(licence);
  return verdict;
}

int main(void) {
  /* NULL is a handle too. */
  print(NULL);
  print(airlock_verify_site(NULL));
  print(airlock_verify_files(NULL, NULL, NULL, NULL));
  print(airlock_verify_bytes(NULL, 0, NULL));
  airlock_setting_trust(NULL, "", 0);
  airlock_setting_free(NULL);
  airlock_outcome_free(NULL);
  if (airlock_outcome_exit_code(NULL) != 8 || *airlock_outcome_json(NULL) != 0) return 1;

  char line[8192];
  while (fgets(line, sizeof line, stdin) != NULL) {
    char* field[9] = {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    size_t count = 0;
    line[strcspn(line, "\n")] = '\0';
    for (char* at = strtok(line, "\t"); at != NULL && count < 9; at = strtok(NULL, "\t")) field[count++] = at;
    if (count == 2 && strcmp(field[0], "site") == 0) {
      print(airlock_verify_site(field[1]));
    } else if (count == 5 && strcmp(field[0], "files") == 0) {
      print(airlock_verify_files(field[1], field[2], field[3], given(field[4])));
    } else if (count >= 8 && strcmp(field[0], "bytes") == 0) {
      print(verify_bytes(field));
    } else {
      return 2;
    }
  }
  return 0;
}
