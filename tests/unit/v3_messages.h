/* SPDX-License-Identifier: ISC */
/*
 * v3_messages - what Debian's snmpd 5.9.3 said to users of every level, in hex.
 *
 * Passphrases: sandi-auth-1 and sandi-priv-1. Message and request ids are 0x11223344 with the first
 * two, 0x11223345 with V3_NOT_IN_TIME, else 0x11223346; the last three are of other conversations.
 */
#ifndef KT_TEST_V3_MESSAGES_H
#define KT_TEST_V3_MESSAGES_H

#define V3_ENGINE "80001f8880e0afb36b0b51056b00000000"
/* to an engine that is not known */
#define V3_DISCOVER                                                                                \
    "303f020103301202041122334402047fffffff0401040201030410300e0400020100020100040004"             \
    "000400301404000400a00e0204112233440201000201003000"
/* its answer, a Report of unknownEngineIDs; boots 1, time 376 */
#define V3_IDENTITY                                                                                \
    "30720201033011020411223344020300ffe304010002010304223020041180001f8880e0afb36b0b"             \
    "51056b00000000020101020201780400040004003036041180001f8880e0afb36b0b51056b000000"             \
    "000400a81f0204112233440201000201003011300f060a2b060106030f0101040041012b"
/* to a request of privsha: a Report of notInTimeWindows, signed */
#define V3_NOT_IN_TIME                                                                             \
    "3081820201033011020411223345020300ffe304010102010304353033041180001f8880e0afb36b"             \
    "0b51056b0000000002010102020178040770726976736861040c7daf52e76a53fa688d0b90bd0400"             \
    "3033041180001f8880e0afb36b0b51056b000000000400a81c0201000201000201003011300f060a"             \
    "2b060106030f01010200410133"
/* to privsha (SHA, AES): sysUpTime.0 and snmpEngineTime.0 = 376 */
#define V3_PRIV_ANSWER                                                                             \
    "3081a10201033011020411223346020300ffe3040103020103043d303b041180001f8880e0afb36b"             \
    "0b51056b0000000002010102020178040770726976736861040caa4b22eddc0ca3f77d3b49510408"             \
    "7f82337a572ff9ab044a86d0b49cfd68862dc6dea987ac0250c44602b091bc6fe6a6b627b6a8c8f7"             \
    "b1f88ab264ffa5e32b89e88a9fefaa49314878ce470f87e08fa0e19d23a4eb8f6a5e54d37c9a453f"             \
    "1488120c"
/* what that answers */
#define V3_PRIV_REQUEST                                                                            \
    "30819d020103301202041122334602047fffffff040107020103043d303b041180001f8880e0afb3"             \
    "6b0b51056b0000000002010102020178040770726976736861040ce351ed7dfd2b562ba451884404"             \
    "081460ae7440a581190445d520d984b31521e1e49cb80ee5813a13b0572c6185ee9a54e54e280960"             \
    "975ef06d3994b603e96f520222575acee5e193f0e4e3692a8cde5f862fe185913d85e469cc7ffb8d"
/* to authsha (SHA): sysUpTime.0 = 37656, snmpEngineTime.0 = 377 */
#define V3_AUTH_ANSWER                                                                             \
    "3081970201033011020411223346020300ffe304010102010304353033041180001f8880e0afb36b"             \
    "0b51056b0000000002010102020179040761757468736861040c94494cd6c348aba821ebfa240400"             \
    "3048041180001f8880e0afb36b0b51056b000000000400a231020411223346020100020100302330"             \
    "0f06082b0601020101030043030093183010060a2b060106030a0201030002020179"
/* to noauth */
#define V3_OPEN_ANSWER                                                                             \
    "30818a0201033011020411223346020300ffe304010002010304283026041180001f8880e0afb36b"             \
    "0b51056b000000000201010202017904066e6f61757468040004003048041180001f8880e0afb36b"             \
    "0b51056b000000000400a2310204112233460201000201003023300f06082b060102010103004303"             \
    "00931d3010060a2b060106030a0201030002020179"
/* to md5des (MD5, DES) */
#define V3_DES_ANSWER                                                                              \
    "3081a60201033011020411223346020300ffe3040103020103043c303a041180001f8880e0afb36b"             \
    "0b51056b000000000201010202017904066d6435646573040cf3d804dc2c1e5fcf1a223983040800"             \
    "000001a545551d0450432d58230eafd0b09867ecc1c4f1729e3d2b0104dbb911f17af3b59e879b73"             \
    "afcd4e4d5f88ead5a0da4a111c5c887376a511ab6ccf666329e0e1875d78b32aefe9622c103704c4"             \
    "af218bf372a6916154"
/* to sha512 (SHA-512, AES-256) */
#define V3_SHA512_ANSWER                                                                           \
    "3081c40201033011020411223346020300ffe30401030201030460305e041180001f8880e0afb36b"             \
    "0b51056b0000000002010102020179040673686135313204302276813b62a474e8be031f648268ad"             \
    "6585c89311dc8117cdf0b40b00809f08bc40361698f9eefc74722905a457a8eec404087f82337a57"             \
    "2ff9ad044a6d1db9301634debac1543d086755d7d943ff67b3a294f3a4d4a702b4a0d90fd9ef76d6"             \
    "6034ea71d2bb8c095c602ee20dba227fa101123dda15804057a4403acac47f45ff4b8666f88c52"
/* a Report of wrongDigests; another engine and id than above */
#define V3_WRONG_DIGEST                                                                            \
    "3078020103301102042fa59608020300ffe304010002010304283026041180001f8880c8e5d352f9"             \
    "4f056b00000000020101020110040761757468736861040004003036041180001f8880c8e5d352f9"             \
    "4f056b000000000400a81f02040be408cb0201000201003011300f060a2b060106030f0101050041"             \
    "0101"
/* a Report of unknownUserNames */
#define V3_UNKNOWN_USER                                                                            \
    "3077020103301102043da67f9c020300ffe304010002010304273025041180001f8880c8e5d352f9"             \
    "4f056b0000000002010102011004066e6f626f6479040004003036041180001f8880c8e5d352f94f"             \
    "056b000000000400a81f0204699849d10201000201003011300f060a2b060106030f010103004101"             \
    "01"
/* a Report of unsupportedSecLevels, with request-id 0 */
#define V3_WRONG_LEVEL                                                                             \
    "30750201033011020457ddb879020300ffe304010002010304283026041180001f8880c8e5d352f9"             \
    "4f056b00000000020101020110040761757468736861040004003033041180001f8880c8e5d352f9"             \
    "4f056b000000000400a81c0201000201000201003011300f060a2b060106030f01010100410101"
#endif
