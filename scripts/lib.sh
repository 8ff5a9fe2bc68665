# Read with "." by the other scripts, which then stand in the repository's root.
# shellcheck shell=sh

cd "$(dirname "$0")/.." || exit

# The Go release that is fetched when this machine has none, or one older than
# go.mod asks for.
# shellcheck disable=SC2034 # for the script that reads this
go_version=1.26.8

# A fetched Go goes ahead of the system's; an installer's usual place comes last.
export PATH="$PWD/.tools/go/bin:$PATH:/usr/local/go/bin"

say() { printf 'setup: %s\n' "$*" >&2; }

has() { command -v "$1" >/dev/null 2>&1; }

# go_is_recent reports whether the go command is the release that go.mod asks
# for, or newer. GOTOOLCHAIN=local shows the one that is really installed, and
# outside the module an old one doesn't stumble over go.mod.
go_is_recent() {
	has go || return 1
	want=$(sed -n 's/^go 1\.\([0-9]*\).*/\1/p' go.mod)
	got=$(cd / && GOTOOLCHAIN=local go version | sed -n 's/.*go1\.\([0-9]*\).*/\1/p')
	[ "${got:-0}" -ge "$want" ]
}

# step heads a part of a longer run.
step() { printf '== %s\n' "$*"; }

# fail ends a check: what is wrong, then where.
fail() {
	printf '%s:\n%s\n' "$1" "$2" >&2
	exit 1
}

# program_version prints the version, which stands in one place.
program_version() { sed -n 's/^const Version = "\(.*\)"$/\1/p' evidence/version.go; }

# build_release OUTPUT PACKAGE FLAG... builds a program to be handed out: with no
# names of this machine, and without the toolkit's own checks of threads.
build_release() {
	output=$1 package=$2
	shift 2
	vcs=false
	! git rev-parse HEAD >/dev/null 2>&1 || vcs=true # the revision is stamped into it
	CGO_ENABLED=${CGO_ENABLED:-0} go build -buildvcs=$vcs -trimpath -tags migrated_fynedo '-ldflags=-s -w' \
		"$@" -o "$output" "$package"
}
