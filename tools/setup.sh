# setup.sh -- what ./run and ./check share: says what it does in a line each, installs what is missing, builds.
#
# Sourced from the project's folder.  Promise: silent and quick where nothing is to be done; on failure the end of the
# log, then a sentence that says what to do, through stop(), which the caller defines or takes from here.

packages_build='gcc libc6-dev meson ninja-build pkg-config python3 ca-certificates
    libutf8proc-dev libsodium-dev libarchive-dev zlib1g-dev libgmime-3.0-dev libxml2-dev libsqlite3-dev libmicrohttpd-dev'
packages_check='clang clang-format libclang-rt-14-dev libcmocka-dev libpcre2-dev git jq chromium'

stop() { echo "$0: $*" >&2; exit 1; }

# step WORDS -- COMMAND…: one line, details in the log.
step() {
    local words=$1 log=$2 begin=$SECONDS
    shift 2
    mkdir -p "$(dirname "$log")" || stop "cannot write in $PWD"
    printf '%s … ' "$words"
    if "$@" >"$log" 2>&1 </dev/null; then
        echo "done ($((SECONDS - begin)) s)"
    else
        echo "failed"
        tail -n 40 "$log"
        stop "$words failed${hint:-}; all of it is in $log"
    fi
}

# Debian packages of the list that are not installed.
missing_packages() {
    local installed
    installed=" $(dpkg-query -W -f='${db:Status-Status} ${Package} ' "$@" 2>/dev/null) "
    for package in "$@"; do
        [[ $installed == *" installed $package "* ]] || echo "$package"
    done
}

need_packages() {
    command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
        stop "this is not Debian: install by hand what tools/setup.sh lists, then run: meson setup build && ninja -C build"
    local missing as_root=()
    missing=$(missing_packages "$@")
    command -v npm >/dev/null || missing+=" npm"
    [ -z "$missing" ] && return
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null ||
            stop "these Debian packages are missing and neither root nor sudo is there to install them:" $missing
        sudo -n true 2>/dev/null || [ -t 0 ] ||
            stop "these Debian packages are missing and sudo asks for a password:" $missing
        sudo true || stop "these Debian packages are missing and sudo refused:" $missing
        as_root=(sudo)
    fi
    local hint=' (is the network there?)'
    as_root+=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
    step "reading Debian's package lists" "$logs/apt-update.log" "${as_root[@]}" update
    step "installing $(echo $missing | wc -w) Debian packages" "$logs/apt-install.log" \
        "${as_root[@]}" install -y --no-install-recommends $missing
}

# Under sudo, only the packages are root's business: what is built belongs to the one who asked.
leave_root() {
    [ "$(id -u)" = 0 ] && [ -n "${SUDO_UID:-}" ] && [ "$SUDO_UID" != 0 ] && [ "$(stat -c %u .)" = "$SUDO_UID" ] || return 0
    local home
    home=$(getent passwd "$SUDO_UID" | cut -d: -f6)
    exec setpriv --reuid "$SUDO_UID" --regid "$SUDO_GID" --init-groups env -u SUDO_UID HOME="${home:-/tmp}" "$@"
}

need_web_packages() {
    local hint=' (is the network there?)'
    [ "$(cat node_modules/.goodwill 2>/dev/null)" = "$(sha256sum package-lock.json)" ] ||
        step "fetching the browser packages" "$logs/npm.log" tools/web_packages
}

# build_in FOLDER WORDS COMPILER TARGET OPTION…: TARGET is "goodwill", or "all" for the tests too.
build_in() {
    local folder=$1 words=$2 compiler=$3 target=$4
    shift 4
    # None yet, one that broke off, or one that came along when the project's folder was moved: a new one.
    if [ ! -f "$folder/build.ninja" ] || ! grep -qF "\"source\": \"$PWD\"" "$folder/meson-info/meson-info.json"; then
        rm -rf "$folder"
        CC=$compiler step "preparing the $words build" "$logs/$folder-setup.log" meson setup "$folder" "$@"
    fi
    # Fuzz targets are found, not listed, and a build made before cmocka was there has no tests: then look again.
    if [ "$target" = all ] && [ "$(python3 tests/fuzz/targets.py)" != "$(cat "$folder/tests/fuzz/targets" 2>/dev/null)" ]; then
        step "preparing the $words build again" "$logs/$folder-setup.log" meson setup --reconfigure "$folder"
    fi
    if ninja -C "$folder" -n "$target" | grep -q 'no work to do'; then return; fi
    step "building ($words)" "$logs/$folder.log" ninja --quiet -C "$folder" "$target"
}
