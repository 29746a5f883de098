#!/bin/sh
# SPDX-License-Identifier: ISC
# nginx.sh ROOT PROGRAMS - the site file for nginx as it is shipped, in front of a kentongand.
#
# Only names, ports and paths are replaced. There is no database: what is tried needs none.
set -u

root=$1
programs=$2
PATH=$PATH:/usr/sbin:/sbin
for need in nginx openssl curl; do
    command -v $need >/dev/null || { echo "skipped: $need is not installed"; exit 77; }
done

scratch=$(mktemp -d)
failures=0
pids=
clean_up() {
    for pid in $pids; do kill "$pid" 2>/dev/null; done
    wait
    rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

# check WHAT GOT WANT: WANT is a pattern of the shell.
check() {
    # shellcheck disable=SC2254 # a pattern is wanted
    case $2 in
    $3) echo "ok - $1" ;;
    *)
        echo "FAILED - $1"
        printf '  got:  %s\n  want: %s\n' "$2" "$3"
        failures=$((failures + 1))
        ;;
    esac
}
within_10_s() {
    deadline=$(($(date +%s) + 10))
    until "$@" >"$scratch/last" 2>&1; do
        [ "$(date +%s)" -lt $deadline ] || return 1
    done
}

port=$((21000 + $$ % 9000))
mkdir -m 0700 "$scratch/state" "$scratch/nginx"
printf 'any = thing\n' >"$scratch/secrets"
chmod 0600 "$scratch/secrets"
cat >"$scratch/kentongand.conf" <<CONF
state_dir = "$scratch/state"
secrets_file = "$scratch/secrets"
database { conninfo = "host=$scratch/nowhere dbname=kentongan user=kentongan_app" }
web { listen = "unix:$scratch/http.sock" base_url = "https://kentongan.example.id" }
CONF
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=kentongan.example.id \
    -keyout "$scratch/privkey.pem" -out "$scratch/fullchain.pem" >"$scratch/openssl" 2>&1 || cat "$scratch/openssl"
sed "s|/etc/letsencrypt/live/kentongan.example.id|$scratch|; s|/var/log/nginx|$scratch/nginx|
    s|/run/kentongan/http.sock|$scratch/http.sock|; s|\[::\]:|[::1]:|; s|listen 80|listen 127.0.0.1:80|
    s|listen 443|listen 127.0.0.1:443|; s|:443 |:$port |; s|:80;|:$((port + 1));|" \
    "$root/packaging/nginx/kentongan.conf" >"$scratch/site"
{
    # Root's workers would be nobody, who cannot reach the socket.
    [ "$(id -u)" -ne 0 ] || echo "user root;"
    cat <<CONF
daemon off;
pid $scratch/nginx/pid;
events { worker_connections 256; }
http {
    client_body_temp_path $scratch/nginx/body;
    proxy_temp_path $scratch/nginx/proxy;
    fastcgi_temp_path $scratch/nginx/fastcgi;
    scgi_temp_path $scratch/nginx/scgi;
    uwsgi_temp_path $scratch/nginx/uwsgi;
    include $scratch/site;
}
CONF
} >"$scratch/nginx.conf"

nginx -p "$scratch/nginx" -e "$scratch/nginx/error.log" -c "$scratch/nginx.conf" -t >"$scratch/said" 2>&1
check "nginx takes it" "$?: $(tail -n 1 "$scratch/said")" '0: *test is successful'
check "and has nothing to say about it" "$(grep -cE '\[(warn|emerg|notice)\]' "$scratch/said")" 0
[ $failures -eq 0 ] || { cat "$scratch/said"; exit 1; }

"$programs/kentongand" -c "$scratch/kentongand.conf" 2>"$scratch/kentongand.log" &
pids=$!
nginx -p "$scratch/nginx" -e "$scratch/nginx/error.log" -c "$scratch/nginx.conf" 2>"$scratch/nginx/said" &
pids="$pids $!"
# ask PATH OPTIONS...: the status; the headers in $scratch/head, the body in $scratch/body.
ask() {
    path=$1
    shift
    curl -sk --noproxy '*' --max-time 10 --resolve "kentongan.example.id:$port:127.0.0.1" -D "$scratch/head" \
        -o "$scratch/body" -w '%{http_code}' "$@" "https://kentongan.example.id:$port$path"
}
answers() { [ "$(ask /healthz)" = 200 ]; }
within_10_s answers || { echo "FAILED - it answers"; cat "$scratch/kentongand.log" "$scratch/nginx/error.log"; exit 1; }

check "without TLS: sent on" \
    "$(curl -s --noproxy '*' -o "$scratch/body" -w '%{http_code} %{redirect_url}' -H 'Host: kentongan.example.id' "http://127.0.0.1:$((port + 1))/x")" \
    '301 https://kentongan.example.id/x'
token=AQ$(openssl rand -hex 40)
check "a link that is none of ours" "$(ask "/t/$token" -H 'Accept-Encoding: gzip')" 404
check "pages are compressed" "$(grep -ic '^content-encoding: gzip' "$scratch/head")" 1
check "headers of kentongand arrive" "$(grep -i '^referrer-policy' "$scratch/head" | tr -d '\r')" '*: no-referrer'
head -c 70000 /dev/zero | tr '\0' a >"$scratch/large"
check "a form has its limit" "$(ask "/t/$token" -d "@$scratch/large")" 413

burst=0
while [ $burst -lt 80 ]; do
    printf 'url = "https://kentongan.example.id:%d/t/%s"\noutput = "%s"\n' $port "$token" "$scratch/body"
    burst=$((burst + 1))
done >"$scratch/burst"
check "who asks too often is told" \
    "$(curl -sk --noproxy '*' --resolve "kentongan.example.id:$port:127.0.0.1" -w '%{http_code}\n' --config "$scratch/burst" | sort -u | tr '\n' ' ')" \
    '*429*'
check "links are in the log" "$(grep -c '"GET /t/-" 404' "$scratch/nginx/kentongan.access.log")" '[1-9]*'
check "their tokens are in none" "$(grep -rlF "$token" "$scratch/nginx" "$scratch/kentongand.log")" ''

[ $failures -eq 0 ] || { echo "$failures failed"; exit 1; }
