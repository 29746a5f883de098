/* SPDX-License-Identifier: ISC */
#include "daemon/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define S_PER_DAY      INT64_C(86400)
#define DAYS_PER_400_Y INT64_C(146097)

/* A broken-down UTC instant; year is proleptic Gregorian. */
struct civil {
    int64_t year;
    int month, day, hour, minute, second;
    int64_t us;
};

static int64_t ask(clockid_t which)
{
    struct timespec now;

    if (clock_gettime(which, &now) < 0)
        abort(); /* only for a clock that the kernel does not know */
    return now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

struct mono mono_now(void)
{
    return (struct mono){ask(CLOCK_BOOTTIME)};
}

int64_t monotonic_us(void)
{
    return ask(CLOCK_MONOTONIC);
}

struct wall wall_now(void)
{
    return (struct wall){ask(CLOCK_REALTIME)};
}

int64_t thread_cpu_us(void)
{
    return ask(CLOCK_THREAD_CPUTIME_ID);
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days since 1970-01-01. The year begins in March here, so that the leap day is its last. */
static int64_t days_of(int64_t year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * DAYS_PER_400_Y + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
           day_of_year - 719468;
}

/* The inverse of days_of(). */
static void date_of(int64_t days, struct civil *civil)
{
    int64_t z = days + 719468;
    int64_t era = floor_div(z, DAYS_PER_400_Y);
    int64_t doe = z - era * DAYS_PER_400_Y;
    int64_t year_of_era = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t day_of_year = doe - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;

    civil->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    civil->month = (int)(month < 10 ? month + 3 : month - 9);
    civil->year = era * 400 + year_of_era + (civil->month <= 2);
}

void wall_format(struct wall at, char out[WALL_TEXT_MAX])
{
    struct civil civil = {0};
    int64_t seconds = floor_div(at.us, US_PER_S);
    int64_t days = floor_div(seconds, S_PER_DAY);
    int64_t rest = seconds - days * S_PER_DAY;

    out[0] = '\0';
    if (!wall_is_set(at))
        return;
    date_of(days, &civil);
    snprintf(out, WALL_TEXT_MAX, "%04lld-%02u-%02uT%02u:%02u:%02u.%06uZ", (long long)civil.year,
             (unsigned)civil.month % 100, (unsigned)civil.day % 100, (unsigned)(rest / 3600) % 100,
             (unsigned)(rest / 60 % 60), (unsigned)(rest % 60),
             (unsigned)(at.us - seconds * US_PER_S));
}

/* Exactly count digits; what they say must lie within [least, most]. */
static bool take_number(const char **at, int count, int least, int most, int *number)
{
    int value = 0;

    for (int i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        value = value * 10 + (**at - '0');
    }
    *number = value;
    return value >= least && value <= most;
}

static bool take_char(const char **at, char wanted)
{
    if (**at != wanted)
        return false;
    (*at)++;
    return true;
}

/* ".5" and the like; digits behind the sixth are read and dropped. None at all is 0. */
static bool take_fraction(const char **at, int64_t *us)
{
    int64_t unit = US_PER_S / 10;

    *us = 0;
    if (!take_char(at, '.'))
        return true;
    if (**at < '0' || **at > '9')
        return false;
    for (; **at >= '0' && **at <= '9'; (*at)++, unit /= 10)
        *us += unit * (**at - '0');
    return true;
}

/*
 * "Z", "+07", "+07:00" or, for old instants, PostgreSQL's "+07:07:12". RFC 3339 wants one; without
 * a zone we do not know which instant is meant.
 */
static bool take_zone(const char **at, int64_t *offset_s)
{
    int sign = **at == '-' ? -1 : 1;
    int hours = 0, minutes = 0, seconds = 0;

    *offset_s = 0;
    if (take_char(at, 'Z') || take_char(at, 'z'))
        return true;
    if (!take_char(at, '+') && !take_char(at, '-'))
        return false;
    if (!take_number(at, 2, 0, 23, &hours))
        return false;
    if (take_char(at, ':') && !take_number(at, 2, 0, 59, &minutes))
        return false;
    if (take_char(at, ':') && !take_number(at, 2, 0, 59, &seconds))
        return false;
    *offset_s = sign * (int64_t)(hours * 3600 + minutes * 60 + seconds);
    return true;
}

static bool take_date(const char **at, struct civil *civil)
{
    static const int month_days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = 0;
    bool leap;

    if (!take_number(at, 4, 1, 9999, &year) || !take_char(at, '-') ||
        !take_number(at, 2, 1, 12, &civil->month) || !take_char(at, '-') ||
        !take_number(at, 2, 1, month_days[civil->month - 1], &civil->day))
        return false;
    leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    civil->year = year;
    return leap || civil->month != 2 || civil->day <= 28;
}

/* RFC 3339 section 5.6; a second 60 is a leap second and lands on the next minute. */
static bool take_clock(const char **at, struct civil *civil)
{
    return take_number(at, 2, 0, 23, &civil->hour) && take_char(at, ':') &&
           take_number(at, 2, 0, 59, &civil->minute) && take_char(at, ':') &&
           take_number(at, 2, 0, 60, &civil->second) && take_fraction(at, &civil->us);
}

bool wall_parse(const char *text, struct wall *at)
{
    struct civil civil = {0};
    int64_t offset_s = 0;
    int64_t seconds;

    if (text == NULL || !take_date(&text, &civil))
        return false;
    if (!take_char(&text, 'T') && !take_char(&text, 't') && !take_char(&text, ' '))
        return false;
    if (!take_clock(&text, &civil) || !take_zone(&text, &offset_s) || *text != '\0')
        return false;
    seconds = days_of(civil.year, civil.month, civil.day) * S_PER_DAY + civil.hour * 3600 +
              civil.minute * 60 + civil.second - offset_s;
    *at = (struct wall){seconds * US_PER_S + civil.us};
    return true;
}
