/* product.c
 * The product that the capture is judged as, and evidence that speaks for another one
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The user chooses the product, and nothing changes it by itself: a verdict must not depend on one
 * packet. So the first answer that speaks for another product is kept for a Note, and no more.
 */

#include "product.h"

#include <wsutil/bits_ctz.h>

static product_e judged = PRODUCT_SMS_2003;

/* The state of one capture. */
static struct {
    product_set_t speaks_for;
    uint32_t frame; /* 0: there is none */
    char reason[128];
} sign;

void
product_set_judged(product_e product)
{
    judged = product;
}

void
product_reset(void)
{
    memset(&sign, 0, sizeof sign);
}

product_e
product_judged(void)
{
    return judged;
}

const char *
product_name(product_e product)
{
    static const char *const names[NUM_PRODUCTS] = {
        [PRODUCT_SMS_2003] = "SMS 2003",
        [PRODUCT_CONFIGMGR] = "Configuration Manager, current branch",
        [PRODUCT_SMS_2] = "SMS 2.0",
    };

    return (unsigned)product < NUM_PRODUCTS ? names[product] : "";
}

bool
product_wants_sign(product_set_t speaks_for)
{
    return speaks_for != 0 && sign.frame == 0 && (speaks_for & PRODUCT_BIT(judged)) == 0;
}

void
product_note_sign(uint32_t frame, product_set_t speaks_for, const char *reason)
{
    if (!product_wants_sign(speaks_for))
        return;
    sign.speaks_for = speaks_for;
    sign.frame = frame;
    (void)g_strlcpy(sign.reason, reason, sizeof sign.reason);
}

uint32_t
product_other_frame(void)
{
    return sign.frame;
}

const char *
product_other_text(wmem_allocator_t *scope)
{
    wmem_strbuf_t *text = wmem_strbuf_new(scope, "");

    for (product_set_t left = sign.speaks_for; left != 0; left &= left - 1)
        wmem_strbuf_append_printf(text, "%s%s", left != sign.speaks_for ? " or " : "",
                                  product_name((product_e)ws_ctz(left)));
    wmem_strbuf_append_printf(text, " (%s)", sign.reason);
    return wmem_strbuf_get_str(text);
}
