// What a fuzz target defines and libFuzzer or replay.c calls.
#ifndef DAVIT_TESTS_FUZZ_H
#define DAVIT_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#endif
