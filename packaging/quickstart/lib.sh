# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # quickstart.sh sets and uses the rest of the names
# What quickstart.sh is built of: words for people, acting as the owner of DIR, logs, daemons. Sourced
# by it, with dir, log and run_user set by find_dir before anything here but die() is called.

# ---- talking ----

steps=9
step_number=0
step_words=
said=no
step_at=0
now() { date +%s; }

# step WORDS: what comes next. ok WORDS: it is done, and how it went.
step() {
    step_number=$((step_number + 1))
    step_at=$(now)
    step_words=$1
    printf '[%d/%d] %s\n' "$step_number" "$steps" "$1"
}
ok() {
    printf '      %s (%d s)\n' "$1" "$(($(now) - step_at))"
}

# die WHAT REMEDY [LOG]: one line, behind the end of the log that tells more.
die() {
    said=yes
    if [ -n "${3:-}" ] && [ -s "$3" ]; then
        printf -- '--- the end of the log ---\n' >&2
        tail -n 15 "$3" >&2
        printf -- '---\n' >&2
    fi
    log_keep
    told=${3:-}
    [ "$told" != "$build_log" ] || told=$log_kept
    printf 'quickstart: %s: %s%s\n' "$1" "$2" "${told:+ (log: $told)}" >&2
    exit 1
}

# ---- acting as the owner of DIR ----

is_root() { [ "$(id -u)" -eq 0 ]; }

# As the one who owns DIR. From /, because the clone may be closed to him.
as_owner() (
    if is_root; then
        cd /
        exec setpriv --reuid "$run_user" --regid "$run_user" --init-groups --reset-env \
            env PATH="$PATH" LC_ALL="$LC_ALL" HOME="$dir" "$@"
    fi
    exec "$@"
)

# write FILE MODE: from stdin, by the owner, whole or not at all.
write() {
    # shellcheck disable=SC2016 # $1 and $2 are the inner shell's
    as_owner sh -c 'umask 077 && cat >"$1.new" && chmod "$2" "$1.new" && mv "$1.new" "$1"' sh "$1" "$2"
}

# ---- logs of this script ----

scratch=$(mktemp -d)
build_log=$scratch/quickstart.log
: >"$build_log"
log_kept=
child=
trap 'on_exit' EXIT
trap 'interrupted' INT TERM HUP

interrupted() {
    [ ! -t 1 ] || printf '\n'
    said=yes
    printf 'quickstart: interrupted; --stop ends what was started, running it again goes on\n' >&2
    exit 130
}

# Every failure has its words, also one that nobody thought of.
on_exit() {
    status=$?
    [ -z "$child" ] || kill "$child" 2>/dev/null || :
    log_keep
    rm -rf "$scratch"
    if [ $status -ne 0 ] && [ $said = no ]; then
        printf 'quickstart: %s: failed unexpectedly; the reason is above%s\n' \
            "${step_words:-at the start}" "${log_kept:+ or in $log_kept}" >&2
    fi
}

log_keep() {
    if [ -s "$build_log" ] && [ -d "$dir/log" ] && [ -e "$dir/.kentongan-demo" ]; then
        write "$dir/log/quickstart.log" 0644 <"$build_log" && log_kept=$dir/log/quickstart.log
    elif [ -s "$build_log" ]; then
        log_kept=$(mktemp "${TMPDIR:-/tmp}/kentongan-quickstart.XXXXXX")
        cat "$build_log" >"$log_kept"
    fi
    : >"$build_log"
}

# logged COMMAND...: its output goes to the log; how far it is, is shown: the newest "[3/90]" or line.
logged() {
    "$@" >>"$build_log" 2>&1 </dev/null &
    child=$!
    shown=0
    while kill -0 "$child" 2>/dev/null; do
        sleep 0.2
        shown=$((shown + 1))
        last=$(tail -n 1 "$build_log" | tr -d '\r' | cut -c 1-70)
        if [ -t 1 ]; then
            printf '\r\033[K      %s' "$last"
        elif [ $((shown % 50)) -eq 0 ]; then
            printf '      %s\n' "$last"
        fi
    done
    [ ! -t 1 ] || printf '\r\033[K'
    result=0
    wait "$child" || result=$?
    child=
    return $result
}

# ---- daemons: run/NAME.pid holds "PID START BOOT STAMP", so that a pid that was given to another
# ---- process is never taken for ours, and STAMP says what the daemon was started with.

start_of() { sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }

# The pid of daemon NAME, when it runs and is ours.
pid_of() {
    [ -r "$dir/run/$1.pid" ] || return 1
    read -r pid began boot _ <"$dir/run/$1.pid" || return 1
    case $pid in '' | *[!0-9]*) return 1 ;; esac
    [ "$boot" = "$(cat /proc/sys/kernel/random/boot_id)" ] && [ "$began" = "$(start_of "$pid")" ] &&
        [ "$(stat -c %U "/proc/$pid")" = "$run_user" ] || return 1
    # A zombie has ended already.
    [ "$(sed 's/^.*) //' "/proc/$pid/stat" 2>/dev/null | cut -c 1)" != Z ] || return 1
    echo "$pid"
}

stamp_of() { cat "$@" | cksum | tr ' ' '-'; }

# Decimal port, "tcp" or "udp": does anybody have it?
is_taken() {
    hex=$(printf ':%04X' "$1")
    cat "/proc/net/$2" "/proc/net/${2}6" 2>/dev/null |
        awk -v port="$hex" -v listening="$([ "$2" = udp ] || echo 0A)" \
            'substr($2, length($2) - 4) == port && (listening == "" || $4 == listening) { found = 1 } END { exit !found }'
}

# daemon NAME STAMP PROTOCOL PORT COMMAND...: in the background, unless it runs with this very stamp.
daemon() {
    name=$1
    stamp=$2
    protocol=$3
    wanted_port=$4
    shift 4
    if pid=$(pid_of "$name"); then
        [ "$(cut -d ' ' -f 4 "$dir/run/$name.pid")" != "$stamp" ] || return 0
        end "$name"
    fi
    if is_taken "$wanted_port" "$protocol"; then
        die "$protocol port $wanted_port is in use by another program" "stop that, or choose another --port"
    fi
    as_owner rm -f "$dir/run/$name.pid"
    # The shell writes down its own pid and then becomes the daemon. In a session of its own, so that
    # Ctrl-C is for this script alone.
    # shellcheck disable=SC2016 # all of it is the inner shell's
    as_owner setsid -f sh -c 'log=$1; file=$2; stamp=$3; shift 3
        exec >>"$log" 2>&1 </dev/null || exit 1
        began=$(sed "s/^.*) //" /proc/$$/stat | cut -d " " -f 20)
        echo "$$ $began $(cat /proc/sys/kernel/random/boot_id) $stamp" >"$file.new" && mv "$file.new" "$file"
        exec "$@"' sh "$log/$name.log" "$dir/run/$name.pid" "$stamp" "$@" 9<&-
    tries=0
    until [ -s "$dir/run/$name.pid" ]; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || die "$name could not be started" "see why, then run this again" "$log/$name.log"
        sleep 0.1
    done
}

# end NAME: TERM, then what does not listen is killed. Says nothing when it does not run.
end() {
    tries=0
    while pid=$(pid_of "$1"); do
        case $tries in
        0) as_owner sh -c "kill $pid" ;;
        200) as_owner sh -c "kill -KILL $pid" ;;
        300) die "$1 (pid $pid) cannot be ended" "see what it waits for" ;;
        esac
        tries=$((tries + 1))
        sleep 0.1
    done
    as_owner rm -f "$dir/run/$1.pid"
}

# answers DAEMON COMMAND...: within a minute, while the daemon lives.
answers() {
    name=$1
    shift
    deadline=$(($(now) + 60))
    until "$@" >"$scratch/answer" 2>&1; do
        pid_of "$name" >/dev/null ||
            die "$name ended" "see why, then run this again" "$log/$name.log"
        [ "$(now)" -lt $deadline ] ||
            die "$name is not ready after a minute, it says: $(head -c 300 "$scratch/answer" | tr '\n' ' ')" \
                "see its log, then run this again" "$log/$name.log"
        sleep 0.2
    done
}
