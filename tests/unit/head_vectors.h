/* SPDX-License-Identifier: ISC */
/*
 * head_vectors - requests that are refused, and requests like them that are not. One table for the
 * check alone (unit), the server (tests/web) and the fuzzer's first steps (tests/fuzz).
 */
#ifndef KT_HEAD_VECTORS_H
#define KT_HEAD_VECTORS_H

#include <stddef.h>

struct head_vector {
    const char *name;
    int status; /* of the refusal; 0: it is taken */
    const char *bytes;
    size_t count;
};

/* clang-format off */
#define HEAD_VECTOR(name, status, bytes) {name, status, bytes, sizeof(bytes) - 1}
#define GET_1 "GET /hello HTTP/1.1\r\nHost: a\r\n"
#define POST_1 "POST /echo HTTP/1.1\r\nHost: a\r\n"
#define GET_LATER "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"

static const struct head_vector head_vectors[] = {
    /* What the review found libevent 2.1.12 to take, and its neighbours. */
    HEAD_VECTOR("two different lengths", 400, POST_1 "Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde"),
    HEAD_VECTOR("the same length twice", 400, POST_1 "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"),
    HEAD_VECTOR("a list of lengths", 400, POST_1 "Content-Length: 3, 3\r\n\r\nabc"),
    HEAD_VECTOR("a length with a plus", 400, POST_1 "Content-Length: +3\r\n\r\nabc"),
    HEAD_VECTOR("a length with a minus", 400, POST_1 "Content-Length: -3\r\n\r\nabc"),
    HEAD_VECTOR("a hexadecimal length", 400, POST_1 "Content-Length: 0x3\r\n\r\nabc"),
    HEAD_VECTOR("a length with a blank inside", 400, POST_1 "Content-Length: 1 0\r\n\r\nabc"),
    HEAD_VECTOR("an empty length", 400, POST_1 "Content-Length:\r\n\r\n"),
    HEAD_VECTOR("a length of words", 400, POST_1 "Content-Length: three\r\n\r\n"),
    HEAD_VECTOR("a length past 64 bits", 413, POST_1 "Content-Length: 18446744073709551619\r\n\r\nabc"),
    HEAD_VECTOR("a length past the limit by one", 413, POST_1 "Content-Length: 65537\r\n\r\n"),
    HEAD_VECTOR("bare LF after the request line", 400, "GET /hello HTTP/1.1\nHost: a\r\n\r\n"),
    HEAD_VECTOR("bare LF after a header", 400, "GET /hello HTTP/1.1\r\nHost: a\n\r\n"),
    HEAD_VECTOR("bare LF as the end", 400, GET_1 "\n"),
    HEAD_VECTOR("bare LF everywhere", 400, "GET /hello HTTP/1.1\nHost: a\n\n"),
    HEAD_VECTOR("a lone CR in a header", 400, GET_1 "X: a\rb\r\n\r\n"),
    HEAD_VECTOR("two CR before the LF", 400, GET_1 "X: a\r\r\n\r\n"),
    HEAD_VECTOR("a lone CR as the end", 400, GET_1 "\r" GET_1 "\r\n"),
    HEAD_VECTOR("no Host", 400, "GET /hello HTTP/1.1\r\n\r\n"),
    HEAD_VECTOR("two Hosts", 400, GET_1 "Host: b\r\n\r\n"),
    HEAD_VECTOR("an empty Host", 400, "GET /hello HTTP/1.1\r\nHost:\r\n\r\n"),
    HEAD_VECTOR("a Host with a path", 400, "GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    HEAD_VECTOR("a Host with a user", 400, "GET /hello HTTP/1.1\r\nHost: a@b\r\n\r\n"),
    HEAD_VECTOR("a Host of two names", 400, "GET /hello HTTP/1.1\r\nHost: a, b\r\n\r\n"),
    HEAD_VECTOR("two Hosts in HTTP/1.0", 400, "GET /hello HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
    HEAD_VECTOR("a blank before the colon", 400, "GET /hello HTTP/1.1\r\nHost : a\r\n\r\n"),
    HEAD_VECTOR("a tab before the colon", 400, "GET /hello HTTP/1.1\r\nHost\t: a\r\n\r\n"),
    HEAD_VECTOR("a blank before the length's colon", 400, POST_1 "Content-Length : 3\r\n\r\nabc"),
    HEAD_VECTOR("a folded line", 400, GET_1 "X: a\r\n b\r\n\r\n"),
    HEAD_VECTOR("a line folded by a tab", 400, GET_1 "X: a\r\n\tb\r\n\r\n"),
    HEAD_VECTOR("a folded coding", 400, POST_1 "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
    HEAD_VECTOR("a blank before the first header", 400, "GET /hello HTTP/1.1\r\n Host: a\r\n\r\n"),
    HEAD_VECTOR("a NUL in a value", 400, GET_1 "X: a\0b\r\n\r\n"),
    HEAD_VECTOR("a NUL in a name", 400, GET_1 "X\0: a\r\n\r\n"),
    HEAD_VECTOR("a NUL in the address", 400, "GET /he\0llo HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("an escape in a value", 400, GET_1 "X: \033[2J\r\n\r\n"),
    HEAD_VECTOR("a DEL in a value", 400, GET_1 "X: \177\r\n\r\n"),
    HEAD_VECTOR("absolute-form", 400, "GET http://a/hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("absolute-form to another host", 400, "GET http://b/hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("authority-form", 501, "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("asterisk-form", 400, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("a path without its slash", 400, "GET hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("no address", 400, "GET  HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("length and coding", 400, POST_1 "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    HEAD_VECTOR("coding and length", 400, POST_1 "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"),
    HEAD_VECTOR("chunked", 411, POST_1 "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    HEAD_VECTOR("chunked on a GET", 411, GET_1 "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    HEAD_VECTOR("chunked twice", 501, POST_1 "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
    HEAD_VECTOR("two codings", 400, POST_1 "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    HEAD_VECTOR("an unknown coding", 501, POST_1 "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    HEAD_VECTOR("identity", 501, POST_1 "Transfer-Encoding: identity\r\n\r\n"),
    HEAD_VECTOR("a coding in HTTP/1.0", 400, "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    HEAD_VECTOR("a vertical tab before chunked", 400, POST_1 "Transfer-Encoding: \013chunked\r\n\r\n0\r\n\r\n"),
    HEAD_VECTOR("a POST without a length", 411, POST_1 "\r\n"),
    HEAD_VECTOR("a body on a GET", 400, GET_1 "Content-Length: 35\r\n\r\n" GET_LATER),
    HEAD_VECTOR("a body on a HEAD", 400, "HEAD /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\n" GET_LATER),
    HEAD_VECTOR("a body on an OPTIONS", 400, "OPTIONS /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"),
    /* The request line. */
    HEAD_VECTOR("HTTP/0.9", 400, "GET /hello\r\n\r\n"),
    HEAD_VECTOR("HTTP/1.2", 505, "GET /hello HTTP/1.2\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("HTTP/2.0", 505, "GET /hello HTTP/2.0\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("HTTP/2's preface", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    HEAD_VECTOR("a lower-case http", 400, "GET /hello http/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("a version of two digits", 400, "GET /hello HTTP/1.10\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("a version without its minor", 400, "GET /hello HTTP/1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("a blank after the version", 400, "GET /hello HTTP/1.1 \r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("two blanks after the method", 400, "GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("two blanks before the version", 400, "GET /hello  HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("a blank before the method", 400, " GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("an empty line before the request", 400, "\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("tabs in the request line", 400, "GET\t/hello\tHTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("a blank in the address", 400, "GET /he llo HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("a lower-case method", 501, "get /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("an unknown method", 501, "BREW /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("a method that is no word", 400, "G@T /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("TLS", 400, "\026\003\001\002\000\001\000\001\374\003\003"),
    HEAD_VECTOR("only line ends", 400, "\r\n\r\n"),
    /* The address. */
    HEAD_VECTOR("a fragment", 400, "GET /hello#x HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("raw bytes above ASCII", 400, "GET /h\303\251llo HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("a raw angle bracket", 400, "GET /<b> HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("half an escape", 400, "GET /hello%4 HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("an escape of no digits", 400, "GET /hello%zz HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("half an escape in the query", 400, "GET /hello?a=% HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("an escaped NUL", 400, "GET /hello%00 HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("an escaped line end", 400, "GET /hello%0d%0aX:%20y HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("an escaped slash", 404, "GET /he%2Fllo HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("an escaped backslash", 404, "GET /he%5cllo HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("broken UTF-8, escaped", 400, "GET /%c3%28 HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("an overlong slash, escaped", 400, "GET /%c0%af HTTP/1.1\r\nHost: a\r\n\r\n"),
    /* Headers. */
    HEAD_VECTOR("a header without a colon", 400, GET_1 "X\r\n\r\n"),
    HEAD_VECTOR("a header without a name", 400, GET_1 ": x\r\n\r\n"),
    HEAD_VECTOR("a name with a blank inside", 400, GET_1 "X Y: z\r\n\r\n"),
    HEAD_VECTOR("a name above ASCII", 400, GET_1 "X\303\251: z\r\n\r\n"),
    HEAD_VECTOR("a name in quotes", 400, GET_1 "\"X\": z\r\n\r\n"),
    HEAD_VECTOR("two authorizations", 400, GET_1 "Authorization: a\r\nauthorization: b\r\n\r\n"),
    HEAD_VECTOR("two content types", 400, POST_1 "Content-Type: a/b\r\nContent-Type: c/d\r\nContent-Length: 0\r\n\r\n"),
    HEAD_VECTOR("an unknown expectation", 417, POST_1 "Content-Length: 3\r\nExpect: tea\r\n\r\nabc"),

    /* And what is taken. */
    HEAD_VECTOR("a plain GET", 0, GET_1 "\r\n"),
    HEAD_VECTOR("a plain HEAD", 0, "HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("HTTP/1.0 without a Host", 0, "GET /hello HTTP/1.0\r\n\r\n"),
    HEAD_VECTOR("a Host with a port", 0, "GET /hello HTTP/1.1\r\nHost: kt.example:8420\r\n\r\n"),
    HEAD_VECTOR("a Host of IPv6", 0, "GET /hello HTTP/1.1\r\nHost: [::1]:8420\r\n\r\n"),
    HEAD_VECTOR("a query", 0, "GET /hello?a=b%20c&d=/?:@ HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("an escaped letter", 0, "GET /h%65llo HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("no blank after the colon", 0, "GET /hello HTTP/1.1\r\nHost:a\r\n\r\n"),
    HEAD_VECTOR("blanks around a value", 0, "GET /hello HTTP/1.1\r\nHost: \t a \t \r\n\r\n"),
    HEAD_VECTOR("an empty value", 0, GET_1 "X:\r\n\r\n"),
    HEAD_VECTOR("a value above ASCII", 0, GET_1 "X: \303\251\377\r\n\r\n"),
    HEAD_VECTOR("a value with a tab inside", 0, GET_1 "X: a\tb\r\n\r\n"),
    HEAD_VECTOR("a header twice that may be", 0, GET_1 "X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 10.0.0.2\r\n\r\n"),
    HEAD_VECTOR("a GET that says it has no body", 0, GET_1 "Content-Length: 0\r\n\r\n"),
    HEAD_VECTOR("a POST with a body", 0, POST_1 "Content-Length: 3\r\n\r\nabc"),
    HEAD_VECTOR("a POST with no body", 0, POST_1 "Content-Length: 0\r\n\r\n"),
    HEAD_VECTOR("a body of zeros and line ends", 0, POST_1 "Content-Length: 8\r\n\r\n\0\r\n\r\n\0\0\0"),
    HEAD_VECTOR("a length with leading zeros", 0, POST_1 "Content-Length: 0003\r\n\r\nabc"),
    HEAD_VECTOR("a PUT", 0, "PUT /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"),
    HEAD_VECTOR("an OPTIONS", 0, "OPTIONS /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    HEAD_VECTOR("an upgrade that is not taken up", 0, GET_1 "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n"),
};
/* clang-format on */

#define HEAD_VECTOR_COUNT (sizeof head_vectors / sizeof head_vectors[0])
#endif
