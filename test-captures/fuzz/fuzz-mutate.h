/* fuzz-mutate.h
 * Mutations that keep an input a capture: of frames, of one frame's bytes, of their order
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FUZZ_MUTATE_H__
#define __SMSRC_FUZZ_MUTATE_H__

#include <stddef.h>
#include <stdint.h>

/** The maximum size of an input. */
#define FUZZ_MAX_INPUT 32768

/** As LLVMFuzzerCustomMutator() and LLVMFuzzerCustomCrossOver() have to be. */
size_t fuzz_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t fuzz_cross(const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size,
                  uint8_t *data, size_t max_size, unsigned seed);

#endif /* __SMSRC_FUZZ_MUTATE_H__ */
