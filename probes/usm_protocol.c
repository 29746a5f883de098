/* SPDX-License-Identifier: ISC */
#include "probes/usm_protocol.h"

#define DES_KEY_BYTES 16

static const u_int auth_types[USM_AUTH_END] = {
    [USM_AUTH_MD5] = NETSNMP_USMAUTH_HMACMD5,
    [USM_AUTH_SHA] = NETSNMP_USMAUTH_HMACSHA1,
    [USM_AUTH_SHA224] = NETSNMP_USMAUTH_HMAC128SHA224,
    [USM_AUTH_SHA256] = NETSNMP_USMAUTH_HMAC192SHA256,
    [USM_AUTH_SHA384] = NETSNMP_USMAUTH_HMAC256SHA384,
    [USM_AUTH_SHA512] = NETSNMP_USMAUTH_HMAC384SHA512,
};

static const u_int priv_types[USM_PRIV_END] = {
    [USM_PRIV_DES] = USM_CREATE_USER_PRIV_DES,
    [USM_PRIV_AES128] = USM_CREATE_USER_PRIV_AES,
    [USM_PRIV_AES192] = USM_CREATE_USER_PRIV_AES192,
    [USM_PRIV_AES256] = USM_CREATE_USER_PRIV_AES256,
    [USM_PRIV_AES192_CISCO] = USM_CREATE_USER_PRIV_AES192_CISCO,
    [USM_PRIV_AES256_CISCO] = USM_CREATE_USER_PRIV_AES256_CISCO,
};

const netsnmp_auth_alg_info *usm_auth_protocol(enum usm_auth auth)
{
    return auth_types[auth] == 0 ? NULL : sc_find_auth_alg_bytype(auth_types[auth]);
}

const netsnmp_priv_alg_info *usm_priv_protocol(enum usm_priv priv)
{
    return priv_types[priv] == 0 ? NULL : sc_get_priv_alg_bytype(priv_types[priv]);
}

size_t usm_priv_key_bytes(const netsnmp_priv_alg_info *priv)
{
    return priv->type == USM_CREATE_USER_PRIV_DES ? DES_KEY_BYTES : (size_t)priv->proper_length;
}
