# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# shellcheck disable=SC2154 # quickstart.sh and lib.sh set the rest of the names
# How people get in: tokens that last from one run to the next, and what is worth opening. Sourced by
# quickstart.sh. A token is in DIR/tokens and in what the summary shows, in no log and no argument list.

# Who gets a token: a role, or party:CODE for each contractor of the inventory.
token_names() {
    printf '%s\n' admin staff auditor
    [ "$demo" = no ] ||
        awk -F '[,;]' 'NR > 1 && $3 == "contractor" { print "party:" $1 }' "$dir/inventory/parties.csv"
}

# Does the daemon know the token in $token? $known is yes or no when it has said so.
ask_token() {
    # A site that there is not: whoever is let in is told 404.
    said_http=$(printf 'header = "Authorization: Bearer %s"\n' "$token" |
        curl --config - --silent --noproxy '*' --max-time 5 -o "$scratch/body" -w '%{http_code}' \
            "http://127.0.0.1:$port/api/v1/sites/none") || :
    echo "HTTP $said_http"
    case $said_http in
    200 | 404) known=yes ;;
    401) known=no ;;
    *) return 1 ;;
    esac
}

add_token() {
    case $1 in
    party:*) cli token add party --party "${1#party:}" --label quickstart ;;
    *) cli token add "$1" --label quickstart ;;
    esac 2>>"$build_log" | head -n 1
}

# One line "NAME TOKEN" each. Those of the last time stay while the daemon knows them.
make_tokens() {
    step "Access tokens, kept in $dir/tokens"
    kept=$(as_owner cat "$dir/tokens" 2>/dev/null || :)
    tokens=
    added=0
    for whose in $(token_names); do
        token=$(printf '%s\n' "$kept" | sed -n "s/^$whose \(kt_[A-Za-z0-9_-]*\)$/\1/p" | head -n 1)
        known=no
        [ -z "$token" ] || answers kentongand ask_token
        if [ $known = no ]; then
            token=$(add_token "$whose")
            added=$((added + 1))
        fi
        [ -n "$token" ] || die "no token could be made for $whose" "see why, then run this again" "$build_log"
        tokens="$tokens$whose $token
"
    done
    printf '# Made by quickstart.sh. Sign in with any user name; the token is the password.\n%s' "$tokens" |
        write "$dir/tokens" 0600
    ok "$added made"
}

summary() {
    # Who became root by sudo is somebody else at his prompt.
    sudo=
    [ -z "${SUDO_USER:-}" ] || sudo='sudo '
    web=http://127.0.0.1:$port
    cat <<TEXT

  Kentongan runs in $dir.

  ready?          $web/readyz
  figures         $web/metrics
  the report      $web/reports/$(TZ=Asia/Jakarta date +%Y-%m)
                  sign in with any user name; the password is the staff token
  the API         ${sudo}sed -n 's/^staff /user = staff:/p' $dir/tokens | curl -sK - $web/api/v1/tickets

  the sites       $sudo$built/kentongan -c $conf sites
  the tickets     $sudo$built/kentongan -c $conf tickets
TEXT
    if [ "$demo" = yes ]; then
        cat <<TEXT
  cut a village   $sudo$built/kentongan-fleet ctl --control $dir/fleet.sock cut 33.14.01.2003
  the link        ${sudo}sh $src/packaging/quickstart/link.sh $dir
                  20 s after a cut: the page on which the contractor works the ticket
  restore it      $sudo$built/kentongan-fleet ctl --control $dir/fleet.sock restore 33.14.01.2003
  see webhooks    ${sudo}tail -f $log/webhooks.jsonl
TEXT
    else
        cat <<TEXT
  the inventory   $sudo$built/kentongan -c $conf import $dir/inventory
                  once its files are filled; they are those of packaging/demo
  for a party     $sudo$built/kentongan -c $conf token add party --party CODE
TEXT
    fi
    cat <<TEXT
  the log         tail -f $log/kentongand.log
  stop            ${sudo}sh $src/packaging/quickstart.sh --stop --dir $dir

  Access tokens, kept in $dir/tokens:
$(printf '%s' "$tokens" | awk '{ sub(":", " ", $1); printf "    %-24s %s\n", $1, $2 }')

TEXT
}
