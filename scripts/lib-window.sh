# Read with "." by the scripts that drive the real window, with xdotool and on a
# display of its own (Xvfb). They wait on what they see: a title, a colour, a
# picture that has come to rest; or on a command that succeeds.
# shellcheck shell=bash

cd "$(dirname "$0")/.." || exit

export LC_ALL=C.UTF-8 # titles are in UTF-8

# Colours of the theme (ui/theme.go).
declare -A primary=([light]='#1F5F85' [dark]='#86BBDD')
declare -A success=([light]='#1D6A3C' [dark]='#85CC9C')

patience=${PATIENCE:-90} # seconds for a step
theme=light
work=$(mktemp -d)
home=$work/home
mkdir -p "$home" "$work/config/fyne"
# No blinking cursor: the picture comes to rest.
echo '{"no_animations": true}' >"$work/config/fyne/settings.json"

pids=()
finish() {
	local pid
	for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
	wait
	rm -rf "$work"
}
trap finish EXIT

die() {
	echo "$0: $*" >&2
	[ ! -s "$work/log" ] || { echo 'the program said:' >&2; cat "$work/log" >&2; }
	[ -z "${window-}" ] || echo "its title is $(xdotool getwindowname "$window")" >&2
	[ ! -d "${shots-}" ] || { shot gave-up || true; echo "pictures: $shots" >&2; }
	exit 1
}

# wait_for WHAT COMMAND...: runs a command until it succeeds.
wait_for() {
	local what=$1 until=$((SECONDS + patience))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $until ] || die "gave up waiting for $what"
		[ -z "${program-}" ] || kill -0 "$program" 2>/dev/null || die "the program ended; waited for $what"
		sleep 0.1
	done
}

# open_display SIZE: the server takes a free number, and says which.
open_display() {
	local number
	mkfifo "$work/display"
	Xvfb -displayfd 3 -screen 0 "$1x24" -nolisten tcp 3>"$work/display" 2>/dev/null &
	pids+=($!)
	read -r number <"$work/display"
	export DISPLAY=:$number
}

# open_window ARGUMENT...: starts the program, as on a machine where it never ran,
# and waits for its window.
open_window() {
	HOME=$home XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$home/data FYNE_THEME=$theme \
		bin/pugmark "$@" >"$work/log" 2>&1 &
	program=$!
	pids+=("$program")
	wait_for 'the window' xdotool search --name 'Pugmark$'
	window=$(xdotool search --name 'Pugmark$' | head -n 1)
	wait_for 'the focus' focused # which no window gets before it is mapped
	at_rest
}

focused() { xdotool windowfocus "$window" && [ "$(xdotool getwindowfocus)" = "$window" ]; }

# close_window: by the keyboard; it must end in good order.
close_window() {
	xdotool key ctrl+q
	local until=$((SECONDS + patience)) code=0
	while kill -0 "$program" 2>/dev/null; do
		[ $SECONDS -lt $until ] || die 'the window does not close'
		sleep 0.1
	done
	wait "$program" || code=$?
	[ $code = 0 ] || die "the program ended with $code"
	program=
}

look() { import -window root "$work/now.png"; }

# still: the window looks the same as at the looks before, each a moment apart.
same=0
still() {
	look
	if cmp -s "$work/before.png" "$work/now.png"; then same=$((same + 1)); else same=0; fi
	cp "$work/now.png" "$work/before.png"
	[ $same -ge 3 ]
}
at_rest() { same=0; wait_for "${1:-the picture} to come to rest" still; }

# changed: the window doesn't look as it did when "changing" was called.
changed() { look; ! cmp -s "$work/old.png" "$work/now.png"; }

# act WHAT COMMAND...: does something that the window must answer with another
# picture, and waits until that is complete.
act() {
	local what=$1
	shift
	look
	cp "$work/now.png" "$work/old.png"
	"$@"
	wait_for "$what" changed
	at_rest "$what"
}

press() { xdotool key "$@"; }
enter() { xdotool type --delay 8 -- "$1"; }
# replace TEXT: instead of what is in the entry.
replace() { xdotool key ctrl+a; enter "$1"; }
click() { xdotool mousemove --sync --window "$window" "$1" "$2" click 1; }

# titled PATTERN: the window has such a title.
titled() { xdotool getwindowname "$window" | grep -Eq -- "$1"; }

# largest COLOUR: the largest area of a colour, as "AREA X Y" with its middle.
largest() {
	look
	convert "$work/now.png" -fill black +opaque "$1" -fill white -opaque "$1" -colorspace gray \
		-define connected-components:verbose=true -connected-components 8 null: |
		awk '$NF ~ /255|white/ && $4 > most { most = $4; split($3, at, ","); x = at[1]; y = at[2] }
			END { print most + 0, int(x), int(y) }'
}

# has_button: there is a button of the primary colour, in front.
has_button() {
	local area
	read -r area _ < <(largest "${primary[$theme]}")
	[ "$area" -ge 1000 ]
}

# accept: clicks on the button of the primary colour.
accept() {
	local x y
	has_button || die 'there is no button to accept with'
	read -r _ x y < <(largest "${primary[$theme]}")
	click "$x" "$y"
}

# says_verified: a dialog lies over the toolbar, and its verdict is in green.
says_verified() {
	has_button && return 1
	look
	local green
	green=$(convert "$work/now.png" -fill black +opaque "${success[$theme]}" -fill white -opaque "${success[$theme]}" \
		-colorspace gray -format '%[fx:round(mean*w*h)]' info:)
	[ "$green" -ge 200 ]
}

# shot NAME: keeps a picture of the window.
shot() {
	import -window root "$work/shot.png"
	# A palette keeps the file small.
	convert "$work/shot.png" -strip -colors 256 -define png:exclude-chunks=date,time \
		-define png:compression-level=9 "PNG8:$shots/$1.png"
}

# serve_sample: serves the sample site; its address is in $site.
serve_sample() {
	scripts/go build -o "$work/serve" assets/gen/serve.go
	mkfifo "$work/site"
	"$work/serve" >"$work/site" &
	pids+=($!)
	read -r site <"$work/site"
}

# complaints: what the log must not have. That here is no language and no session
# of a desktop, which shows notifications, is not the program's fault.
complaints() {
	grep -nE 'Error in Fyne call thread|panic:|fatal error|DATA RACE|Fyne error' "$work/log" |
		grep -vE 'Error parsing user locale C$|Unable to connect to session D-Bus$'
}

for tool in Xvfb xdotool import convert jq; do
	command -v "$tool" >/dev/null || die "there is no $tool; scripts/setup test installs it"
done
