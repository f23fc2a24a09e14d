/* product.h
 * The product that the capture is judged as, and evidence that speaks for another one
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_PRODUCT_H__
#define __SMSRC_PRODUCT_H__

#include "smsrc-compat.h"

/** The products, one for each published list of ports. */
typedef enum {
    PRODUCT_SMS_2003,
    PRODUCT_CONFIGMGR, /* Configuration Manager, current branch */
    PRODUCT_SMS_2,
    NUM_PRODUCTS
} product_e;

/** A set of products, one bit each. */
typedef unsigned product_set_t;

#define PRODUCT_BIT(product) (1U << (product))

/** The product of which the roles are learned. Call before evidence_reset(). */
void product_set_judged(product_e product);

/** Forgets the sign of the capture before. Call from an init routine. */
void product_reset(void);

/** Returns the product of which the roles are learned. Cheap. */
product_e product_judged(void);

/** The name of a product, as users read it. Static. */
const char *product_name(product_e product);

/**
 * A host has answered as only hosts of the products @p speaks_for do, in this frame: @p reason says
 * how, and is copied. The first one of a capture that speaks for other products than the one that
 * it is judged as is kept. Call on the first pass.
 */
void product_note_sign(uint32_t frame, product_set_t speaks_for, const char *reason);

/** True while a sign that speaks for @p speaks_for would be kept. Cheap. */
bool product_wants_sign(product_set_t speaks_for);

/** The frame that has shown another product; 0 for none. Cheap. */
uint32_t product_other_frame(void);

/** What it has shown: "Configuration Manager, current branch (DNS ...)". In @p scope. */
const char *product_other_text(wmem_allocator_t *scope);

#endif /* __SMSRC_PRODUCT_H__ */
