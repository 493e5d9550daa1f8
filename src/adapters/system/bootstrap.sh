#!/bin/bash
# Turns a fresh Ubuntu droplet into an OpenClaw bot. Runs as root, after the exports that clawfleet puts before it.
# Every step may be repeated; one that fails is logged, the others still run, and the next boot tries again.
# Log: /var/log/openclaw-bootstrap.log. It holds no secret: never use `set -x` here.
# shellcheck disable=SC2317 # steps are called by name
set -euo pipefail
umask 022
# Kept from the environment of everything that runs below.
single_use_token=$REGISTRATION_TOKEN
unset REGISTRATION_TOKEN

SELF=$(readlink -f -- "${BASH_SOURCE[0]:-/dev/null}")
ROOT=${OPENCLAW_ROOT:-}                       # a prefix for every path, so that tests can run this in a private directory
RETRY_SECONDS=${OPENCLAW_RETRY_SECONDS:-30}   # waits are spread over this many seconds
LOG_FILE=$ROOT/var/log/openclaw-bootstrap.log
RESUME_FILE=$ROOT/var/lib/openclaw-bootstrap/user-data
OPT_DIR=$ROOT/opt/openclaw
STATE_DIR=$ROOT/var/lib/openclaw
SETTINGS_FILE=$ROOT/etc/openclaw/agent.env
AGENT=$ROOT/usr/local/lib/openclaw/agent
UNIT_DIR=$ROOT/etc/systemd/system
BOT_HOME=$ROOT/home/openclaw
STATUS_FILE=$OPT_DIR/bootstrap_status.txt
CUSTOMIZER_DIR=$OPT_DIR/customizer
CUSTOMIZER_MARKER=$OPT_DIR/.customizer_ran
CUSTOMIZER_STATUS=$OPT_DIR/customizer_status.txt

export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a GIT_TERMINAL_PROMPT=0 COREPACK_ENABLE_DOWNLOAD_PROMPT=0
export HOME=${HOME:-/root}
current_step=''
failed_steps=()   # in this run
left_over=()      # in the run before, and not reached yet by this one

log() {
  printf '%s %s\n' "$(timestamp)" "$*" >&2
}

timestamp() {
  date -u +%Y-%m-%dT%H:%M:%SZ
}

# step NAME COMMAND...: its failure is remembered and stops nothing else.
# The subshell runs in the background because bash ignores `set -e` inside anything that `if` or `||` looks at.
step() {
  current_step=$1
  shift
  log "$current_step: started"
  ("$@") 8>&- &
  if wait $!; then
    log "$current_step: done"
  else
    log "$current_step: FAILED with code $?"
    failed_steps+=("$current_step")
  fi
  reached "$current_step"
  tell_status running
}

# reached STEP: what became of it in an earlier run does not count any more.
reached() {
  local name kept=()
  for name in "${left_over[@]}"; do
    [[ $name == "$1" ]] || kept+=("$name")
  done
  left_over=("${kept[@]}")
}

# tell_status running|ended: for people, and for the agent, which reports it; then a line for each step that has failed and is not mended.
tell_status() {
  printf '%s\n' "$1" "${failed_steps[@]}" "${left_over[@]}" | write_file 644 "$STATUS_FILE" || log "$STATUS_FILE could not be written"
}

# A step counts as failed until a run has mended it.
recall_failed_steps() {
  [[ -f $STATUS_FILE ]] || return 0
  mapfile -t left_over <"$STATUS_FILE"
  left_over=("${left_over[@]:1}")
}

# retry TRIES COMMAND...: waits longer each time, and not in step with other droplets.
retry() {
  local tries=$1 attempt=1 pause
  shift
  until "$@"; do
    if ((attempt >= tries)); then
      log "$current_step: gave up after $tries tries"
      return 1
    fi
    pause=$((RETRY_SECONDS * attempt / 6 + RANDOM % (RETRY_SECONDS + 1)))
    log "$current_step: try $attempt of $tries failed, next in $pause s"
    sleep "$pause"
    attempt=$((attempt + 1))
  done
}

# limited SECONDS COMMAND...
limited() {
  timeout --kill-after=15 "$@"
}

# as_bot SECONDS COMMAND...: as the user openclaw.
as_bot() {
  local seconds=$1
  shift
  limited "$seconds" runuser -u openclaw -- env HOME="$BOT_HOME" PATH="$BOT_HOME/.cargo/bin:$PATH" "$@"
}

download() {
  curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --connect-timeout 15 --max-time 120 "$1"
}

# Waits for a lock that unattended-upgrades may hold on a first boot. After a power cut nothing installs before dpkg has finished.
apt_get() {
  limited 900 apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Dpkg::Options::=--force-confold -qq "$@" && return 0
  limited 900 dpkg --force-confold --configure -a || true
  return 1
}

apt_install() {
  retry 4 apt_get install -y -- "$@"
}

# write_file MODE PATH, content on stdin: whole or not at all.
write_file() {
  mkdir -p "$(dirname "$2")" && cat >"$2.new" && chmod "$1" "$2.new" && mv -f "$2.new" "$2"
}

# split VALUE: sets `words` to its words; nothing is expanded.
split() {
  words=()
  read -r -d '' -a words <<<"$1" || true
}

check_inputs() {
  [[ $BOT_ID =~ ^[A-Za-z0-9._-]+$ ]] || { log 'BOT_ID is no bot id'; return 1; }
  [[ -z $CONTROL_PLANE_URL || $CONTROL_PLANE_URL =~ ^https?://[^[:space:]]+$ ]] || { log 'CONTROL_PLANE_URL is no http(s) URL'; return 1; }
  [[ $TOOLCHAIN_NODE_MAJOR =~ ^[1-9][0-9]{0,2}$ ]] || { log 'TOOLCHAIN_NODE_MAJOR is no whole number'; return 1; }
}

# cloud-init runs user-data once in a droplet's life. A reboot half-way would leave the rest undone without this.
keep_for_next_boot() {
  [[ -f $SELF && ! $SELF -ef $RESUME_FILE ]] || return 0
  mkdir -p "$(dirname "$RESUME_FILE")"
  chmod 700 "$(dirname "$RESUME_FILE")"
  write_file 700 "$RESUME_FILE" <"$SELF"
  write_file 644 "$UNIT_DIR/openclaw-bootstrap.service" <<'UNIT'
[Unit]
Description=OpenClaw bootstrap, resumed after a reboot
ConditionPathExists=/var/lib/openclaw-bootstrap/user-data
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=/var/lib/openclaw-bootstrap/user-data

[Install]
WantedBy=multi-user.target
UNIT
  systemctl daemon-reload
  systemctl enable --quiet openclaw-bootstrap.service
}

create_user() {
  id -u openclaw >/dev/null 2>&1 || useradd --create-home --home-dir "$BOT_HOME" --shell /bin/bash --user-group openclaw
  mkdir -p "$OPT_DIR" "$STATE_DIR"
  chmod 700 "$STATE_DIR"
  chown openclaw:openclaw "$STATE_DIR"
  # Where bots look for their config.
  ln -sfn "$STATE_DIR/config.json" "$OPT_DIR/config.json"
}

install_curl() {
  command -v curl >/dev/null && return 0
  retry 5 apt_get update
  apt_install curl ca-certificates
}

# The agent enrols, beats and keeps the config; root owns its code, openclaw owns its state.
install_agent() {
  printf 'BOT_ID=%q\nCONTROL_PLANE_URL=%q\n' "$BOT_ID" "${CONTROL_PLANE_URL%/}" | write_file 644 "$SETTINGS_FILE"
  write_file 755 "$AGENT" <<'AGENT'
#!/bin/bash
# Speaks for this bot to its control plane.
#   agent enrol   takes a registration token on stdin and trades it for a token of this droplet's own; one traded before changes nothing
#   agent run     beats, keeps the config as declared and acknowledges it, for ever
# No token is ever an argument or in the environment: both are for others to see.
set -euo pipefail
umask 077

STATE_DIR=${OPENCLAW_ROOT:-}/var/lib/openclaw
BOOTSTRAP_STATUS=${OPENCLAW_ROOT:-}/opt/openclaw/bootstrap_status.txt
BEAT_SECONDS=${OPENCLAW_BEAT_SECONDS:-30}
RETRY_SECONDS=${OPENCLAW_RETRY_SECONDS:-30}   # failed calls of a whole fleet are spread over this many seconds
LONGEST_RETRY_AFTER=300
MAX_ANSWER_BYTES=1048576
MAX_FAILED_STEPS=32
ID='^[A-Za-z0-9._-]{1,200}$'
BOT_ID='' CONTROL_PLANE_URL=''
# shellcheck source=/dev/null
. "${OPENCLAW_ROOT:-}/etc/openclaw/agent.env"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
urls=() turn=0                          # where the control plane may be, and which of them is called
code='' retry_after=0 why='' tag=''     # of the last call; its body is $scratch/answer
status=''                               # of the bootstrap, to go with a call
acknowledged='' desired='' outdated=''  # ids of configs
held_tag=''                             # the ETag of the config that is held, as it came
now=0 due=0                             # in hundredths of a second; `due` is the next beat
last_note=''

# note TEXT: a log line, unless it repeats the one before.
note() {
  [[ $1 == "$last_note" ]] || printf '%s\n' "$1"
  last_note=$1
}

# Sets `now`; a change of the date does not move it.
clock() {
  local uptime
  read -r uptime _ </proc/uptime
  now=$((10#${uptime/./}))
}

# pause HUNDREDTHS
pause() {
  local seconds
  printf -v seconds '%d.%02d' $(($1 / 100)) $(($1 % 100))
  sleep "$seconds"
}

# Until the next beat.
rest() {
  clock
  ((now >= due)) || pause $((due - now))
}

# store NAME, content on stdin: after a crash the file is the old one or the new one, whole.
store() {
  local temporary
  temporary=$(mktemp "$STATE_DIR/.$1.XXXXXX") || return 1
  if cat >"$temporary" && sync "$temporary" && mv -f "$temporary" "$STATE_DIR/$1"; then
    sync "$STATE_DIR"
  else
    rm -f "$temporary"
    return 1
  fi
}

# The addresses that the config names, the one that it came from, the one that this droplet was made with: a move goes forward,
# and a wrong move does not cut the bot off.
learn_urls() {
  local url
  urls=() turn=0
  while IFS= read -r url; do
    url=${url%/}
    [[ " ${urls[*]} " == *" $url "* ]] || ! may_call "$url" || urls+=("$url")
  done < <(known_urls)
}

known_urls() {
  jq -r '.control_plane_urls | arrays | .[:8][] | strings' "$STATE_DIR/config.json" 2>/dev/null || true
  kept config_source
  printf '%s\n' "$CONTROL_PLANE_URL"
}

# No token leaves in the clear unless this droplet was made for that.
may_call() {
  [[ $1 =~ ^https?://[^[:space:]?#@]+$ && ($1 == https:* || $CONTROL_PLANE_URL == http:*) ]]
}

# call PATH TOKEN-FILE SECONDS CURL-OPTION...: sets `code` (000 when no whole answer came), `retry_after`, `tag` and `why`.
call() {
  local path=$1 token=$STATE_DIR/$2 seconds=$3
  shift 3
  code=000 retry_after=0 tag='' why="no $token"
  [[ -s $token ]] || return 0
  : >"$scratch/headers"
  # The size is limited by `head`, because curl checks only a length that is announced.
  if curl --disable --silent --show-error --globoff --proto '=http,https' --connect-timeout 10 --max-time "$seconds" \
    --dump-header "$scratch/headers" --header @<(printf 'Authorization: Bearer %s\n' "$(<"$token")") \
    --url "${urls[turn]}$path" "$@" 2>"$scratch/error" | head -c "$MAX_ANSWER_BYTES" >"$scratch/answer"; then
    read_headers
    why="answer $code from ${urls[turn]}"
  else
    why=$(tr -d '\n' <"$scratch/error")
    why=${why/ after * ms/}
  fi
}

# The last answer counts: others may come before it, of a proxy or with a status below 200.
read_headers() {
  local line
  while IFS= read -r line; do
    line=${line%$'\r'}
    if [[ $line =~ ^HTTP/[0-9.]+\ ([0-9]{3}) ]]; then
      code=${BASH_REMATCH[1]} retry_after=0 tag=''
    elif [[ $line =~ ^[Ee][Tt][Aa][Gg]:[[:space:]]*((W/)?\"[!#-~]{1,300}\") ]]; then
      tag=${BASH_REMATCH[1]}
    elif [[ ${line,,} =~ ^retry-after:[[:space:]]*([0-9]{1,6})[[:space:]]*$ ]]; then
      retry_after=$((10#${BASH_REMATCH[1]}))
    fi
  done <"$scratch/headers"
}

# post PATH TOKEN-FILE JSON
post() {
  call "$1" "$2" 30 --header 'Content-Type: application/json' --data-binary @- < <(printf '%s' "$3")
}

# answer_text FIELD: a text of the answer, read without jq, which may not be there yet.
answer_text() {
  local text='' pattern="\"$1\"[[:space:]]*:[[:space:]]*\"([^\"\\\\]*)\""
  IFS= read -r -d '' -n 4096 text <"$scratch/answer" || true
  [[ ! $text =~ $pattern ]] || printf '%s' "${BASH_REMATCH[1]}"
}

# locked COMMAND...: one at a time. Two tokens made at once would leave one of them refused for good.
locked() {
  { flock --timeout 60 9 && "$@"; } 9>"$STATE_DIR/.lock"
}

enrol() {
  local token=''
  read -r token || true
  [[ -n $token ]] || { note 'no registration token on stdin'; return 1; }
  learn_urls
  locked take_token "$token"
  register
}

take_token() {
  [[ $(fingerprint "$1") != "$(kept enrolment)" && $1 != "$(kept registration_token)" ]] || return 0
  # A new token, or an image of another bot's disk: nothing of the old identity may speak for this one.
  rm -f "$STATE_DIR"/{agent_token,config.json,config_source,last_heartbeat}
  printf '%s\n' "$1" | store registration_token
}

fingerprint() {
  printf '%s %s' "$BOT_ID" "$1" | sha256sum
}

kept() {
  cat "$STATE_DIR/$1" 2>/dev/null || true
}

register() {
  [[ ! -s $STATE_DIR/registration_token ]] || locked register_once
}

# The agent's token is on disk before it is sent: when the answer is lost, the same pair is sent again and accepted again.
register_once() {
  local registration_token
  registration_token=$(kept registration_token)
  [[ -n $registration_token ]] || return 0
  [[ -s $STATE_DIR/agent_token ]] || make_agent_token || { note 'the token of this droplet could not be written'; return 1; }
  read_status
  post /v1/bot/register registration_token "{\"bot_id\":\"$BOT_ID\",\"agent_token\":\"$(kept agent_token)\"${status:+,$status}}"
  if [[ $code == 401 ]]; then
    note 'registration refused (401): the token is used, replaced or too old; hand a new one to "agent enrol"'
    return 1
  elif [[ $code != 200 || $(answer_text status) != registered ]]; then
    note "registration failed, to be tried again: $why"
    return 1
  fi
  fingerprint "$registration_token" | store enrolment || return 1
  rm -f "$STATE_DIR/registration_token"
  acknowledged=''
  note 'registered'
}

# 256 bits.
make_agent_token() {
  local token
  token=$(od -An -N32 -v -tx1 /dev/urandom | tr -d ' \n') || return 1
  printf '%s\n' "$token" | store agent_token
}

# Sets `status` to a JSON member that says how the bootstrap stands, or to nothing where there is no word of it.
# Read for each call, because people mend steps too; that the call is made shows that registration and runner work.
read_status() {
  local line='' running=false steps='' count=0
  status=''
  [[ -f $BOOTSTRAP_STATUS && -r $BOOTSTRAP_STATUS ]] || return 0
  while read -r line || [[ -n $line ]]; do
    line=${line//[^A-Za-z0-9 ._+-]/_}
    case $line in
      '' | ended | registration | runner) continue ;;
      running) running=true ;;
      *) ((count++ >= MAX_FAILED_STEPS)) || steps+="${steps:+,}\"${line:0:64}\"" ;;
    esac
  done < <(head -c 4096 "$BOOTSTRAP_STATUS" 2>/dev/null)
  status="\"bootstrap\":{\"running\":$running,\"failed_steps\":[$steps]}"
}

beat() {
  read_status
  post "/v1/bot/$BOT_ID/heartbeat" agent_token "{$status}"
  if [[ $code == 400 && -n $status ]]; then
    note "the report of the bootstrap was refused, the beat goes without it: $why"
    post "/v1/bot/$BOT_ID/heartbeat" agent_token '{}'
  fi
  if [[ $code != 200 || $(answer_text status) != ok ]]; then
    note "heartbeat failed, to be tried again: $why"
    return 1
  fi
  touch "$STATE_DIR/last_heartbeat"
  desired=$(answer_text desired_config_id)
}

# Until the next beat is due.
keep_config() {
  if ! command -v jq >/dev/null; then
    note 'no config before jq is installed'
    rest
  fi
  while clock && ((now < due)); do
    follow_config $(((due - now + 99) / 100)) || return 1
  done
}

# follow_config SECONDS: the control plane holds the call until there is another config than the one acknowledged, or time is over.
follow_config() {
  local condition=()
  [[ -s $STATE_DIR/config.json ]] || acknowledged='' # taken away when a new token was handed over
  [[ -z $acknowledged || -z $held_tag || ${desired:-$acknowledged} != "$acknowledged" ]] ||
    condition=(--header "If-None-Match: $held_tag")
  call "/v1/bot/$BOT_ID/config?wait=${1}s" agent_token $(($1 + 15)) "${condition[@]}"
  case $code in
    200) take_config ;;
    304 | 404) rest ;; # the same, none yet; at once when the control plane holds too many calls
    *) note "config not fetched, to be tried again: $why"; return 1 ;;
  esac
}

take_config() {
  local id
  id=$(config_id) || true
  if [[ ! $id =~ $ID ]]; then
    note 'the config served is not one JSON object with an id: kept the last good one'
    return 1
  fi
  keep_answer || { note "config $id could not be written"; return 1; }
  [[ $id == "$acknowledged" ]] || { acknowledge "$id" "$tag"; return; }
  # The same config; the addresses beside it are no part of its id.
  [[ $tag == "$held_tag" ]] || learn_urls
  held_tag=$tag
  rest
}

keep_answer() {
  ! cmp -s "$scratch/answer" "$STATE_DIR/config.json" || return 0
  printf '%s\n' "${urls[turn]}" | store config_source || return 1
  store config.json <"$scratch/answer"
}

# Fails on all that is not exactly one JSON object with an id.
config_id() {
  jq -ers 'if length == 1 then .[0] | objects | .id | strings else empty end' "$scratch/answer" 2>/dev/null
}

# acknowledge ID TAG
acknowledge() {
  post "/v1/bot/$BOT_ID/config_ack" agent_token "{\"config_id\":\"$1\"}"
  if [[ $code == 409 && $outdated != "$1" ]]; then
    note "config $1 is outdated already: the newer one is fetched"
    outdated=$1 desired=''
  elif [[ $code == 200 ]]; then
    note "config $1 written and acknowledged"
    acknowledged=$1 desired=$1 outdated='' held_tag=$2
    learn_urls
  else
    note "config $1 not acknowledged, to be fetched again: $why"
    return 1
  fi
}

run() {
  local good_beats=0
  learn_urls
  while true; do
    clock
    due=$((now + BEAT_SECONDS * 100))
    if register && beat && keep_config; then
      note "in touch with ${urls[turn]}, config: ${acknowledged:-none yet}"
      # The first address is preferred, as soon as it answers again.
      good_beats=$((good_beats + 1))
      ((good_beats % 20)) || turn=0
    else
      back_off
    fi
  done
}

back_off() {
  local asked=$((retry_after < LONGEST_RETRY_AFTER ? retry_after : LONGEST_RETRY_AFTER))
  turn=$(((turn + 1) % ${#urls[@]}))
  pause $((asked * 100 + RANDOM % (RETRY_SECONDS * 100 + 1)))
}

case ${1-} in
  enrol | run) "$1" ;;
  *) echo 'usage: agent enrol|run' >&2; exit 64 ;;
esac
AGENT
}

# Straight after curl: the registration token's life is short, a toolchain takes long.
enrol() {
  retry 5 hand_over_token
}

hand_over_token() {
  printf '%s\n' "$single_use_token" | as_bot 180 "$AGENT" enrol 2>&1 |
    while IFS= read -r line; do log "$line"; done
}

install_base_packages() {
  retry 5 apt_get update
  apt_install ca-certificates curl git jq ufw
}

configure_firewall() {
  ufw default deny incoming
  ufw default allow outgoing
  ufw allow ssh
  ufw --force enable
}

start_runner() {
  write_file 644 "$UNIT_DIR/openclaw-bot.service" <<'UNIT'
[Unit]
Description=OpenClaw bot: heartbeat and config
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/local/lib/openclaw/agent run
User=openclaw
Group=openclaw
Restart=always
RestartSec=5
UMask=0077
StateDirectory=openclaw
StateDirectoryMode=0700
CapabilityBoundingSet=
DevicePolicy=closed
KeyringMode=private
LockPersonality=yes
MemoryDenyWriteExecute=yes
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
LimitCORE=0
MemoryMax=256M
TasksMax=64

[Install]
WantedBy=multi-user.target
UNIT
  systemctl daemon-reload
  systemctl enable --quiet openclaw-bot.service
  limited 180 systemctl restart openclaw-bot.service
}

install_health_script() {
  write_file 755 "$OPT_DIR/health.sh" <<'HEALTH'
#!/bin/bash
# Says how this bot is; exit code 0 when all is well. Needs root or the user openclaw.
# shellcheck disable=SC2317 # checks are called by name
set -u
STATE_DIR=${OPENCLAW_ROOT:-}/var/lib/openclaw
healthy=0

check() {
  local what=$1
  shift
  if "$@" >/dev/null 2>&1; then
    echo "ok      $what"
  else
    echo "FAILED  $what"
    healthy=1
  fi
}

registered() { [[ -s $STATE_DIR/agent_token && ! -e $STATE_DIR/registration_token ]]; }
heard() { [[ -n $(find "$STATE_DIR/last_heartbeat" -mmin -2) ]]; }

if [[ -e ${OPENCLAW_ROOT:-}/etc/openclaw/agent.env ]]; then
  check 'the runner is active' systemctl is-active --quiet openclaw-bot.service
  check 'registered with the control plane' registered
  check 'heartbeat answered within two minutes' heard
  check 'config present and valid' jq -e .id "$STATE_DIR/config.json"
fi
check 'bootstrap complete' test -e "${OPENCLAW_ROOT:-}/opt/openclaw/.bootstrapped"
exit "$healthy"
HEALTH
}

install_node() {
  local have
  have=$(node --version 2>/dev/null || echo v0)
  have=${have#v}
  if ((${have%%.*} >= TOOLCHAIN_NODE_MAJOR)); then
    log "node $have is new enough"
    return 0
  fi
  local key
  key=$(retry 5 download https://deb.nodesource.com/gpgkey/nodesource-repo.gpg.key)
  write_file 644 "$ROOT/etc/apt/keyrings/nodesource.asc" <<<"$key"
  write_file 644 "$ROOT/etc/apt/sources.list.d/nodesource.list" <<<"deb [signed-by=/etc/apt/keyrings/nodesource.asc] https://deb.nodesource.com/node_$TOOLCHAIN_NODE_MAJOR.x nodistro main"
  retry 5 apt_get update
  apt_install nodejs
}

# The corepack that comes with older Nodes does not know the registry's present signing keys; newer Nodes come without one.
install_pnpm() {
  [[ $TOOLCHAIN_INSTALL_PNPM == true ]] || return 0
  retry 4 limited 300 npm install --global --force corepack
  corepack enable
  retry 4 as_bot 300 corepack install --global "pnpm@${TOOLCHAIN_PNPM_VERSION:-latest}"
}

install_extra_apt_packages() {
  split "$TOOLCHAIN_EXTRA_APT_PACKAGES"
  ((${#words[@]} == 0)) || apt_install "${words[@]}"
}

install_docker() {
  command -v docker >/dev/null || apt_install docker.io
  limited 180 systemctl enable --quiet --now docker.service
}

install_rust() {
  [[ $TOOLCHAIN_INSTALL_RUST == true ]] || return 0
  apt_install build-essential
  if [[ -x $BOT_HOME/.cargo/bin/rustup ]]; then
    retry 4 as_bot 900 rustup toolchain install --profile minimal "$TOOLCHAIN_RUST_TOOLCHAIN"
    return
  fi
  local installer
  installer=$(retry 5 download https://sh.rustup.rs)
  retry 3 run_rustup_installer "$installer"
}

run_rustup_installer() {
  as_bot 900 sh -s -- -y --no-modify-path --profile minimal --default-toolchain "$TOOLCHAIN_RUST_TOOLCHAIN" <<<"$1"
}

install_cargo_crates() {
  split "$TOOLCHAIN_CARGO_CRATES"
  ((${#words[@]} == 0)) || retry 2 as_bot 3600 cargo install -- "${words[@]}"
}

install_global_npm_packages() {
  split "$TOOLCHAIN_GLOBAL_NPM_PACKAGES"
  ((${#words[@]} == 0)) || retry 4 limited 900 npm install --global -- "${words[@]}"
}

# Once in a droplet's life, as far as `init`: it is the part that a second run would not leave as it is.
# A failing `init` is the customizer's own affair, told in the status file.
customize() {
  if [[ -e $CUSTOMIZER_MARKER ]]; then
    log 'the customizer ran before'
    return 0
  fi
  customizer_outcome='failed before init, to be tried again at the next boot'
  trap 'printf "%s %s\nref %s\n" "$(timestamp)" "$customizer_outcome" "$CUSTOMIZER_REF" >"$CUSTOMIZER_STATUS"' EXIT
  fetch_customizer
  local program
  program=$(jq -er '.bin | if type == "object" then first(.[]) else . end' "$CUSTOMIZER_DIR/package.json")
  touch "$CUSTOMIZER_MARKER"
  if run_customizer "$CUSTOMIZER_DIR/$program"; then
    customizer_outcome='succeeded'
  else
    customizer_outcome="init failed with code $?"
  fi
  log "customizer: $customizer_outcome"
}

fetch_customizer() {
  make_for_bot "$CUSTOMIZER_DIR"
  make_for_bot "$ROOT$CUSTOMIZER_WORKSPACE_DIR"
  as_bot 30 git init --quiet "$CUSTOMIZER_DIR"
  retry 4 as_bot 300 git -C "$CUSTOMIZER_DIR" fetch --quiet --depth 1 -- "$CUSTOMIZER_REPO_URL" "$CUSTOMIZER_REF"
  as_bot 60 git -C "$CUSTOMIZER_DIR" checkout --quiet --force --detach FETCH_HEAD
  retry 3 as_bot 600 npm --prefix "$CUSTOMIZER_DIR" ci
}

run_customizer() {
  local options=(--yes --force --agent-name "$CUSTOMIZER_AGENT_NAME" --owner-name "$CUSTOMIZER_OWNER_NAME")
  [[ $CUSTOMIZER_SKIP_QMD != true ]] || options+=(--skip-qmd)
  [[ $CUSTOMIZER_SKIP_CRON != true ]] || options+=(--skip-cron)
  [[ $CUSTOMIZER_SKIP_GIT != true ]] || options+=(--skip-git)
  [[ $CUSTOMIZER_SKIP_HEARTBEAT != true ]] || options+=(--skip-heartbeat)
  as_bot 900 node "$1" init -d "$ROOT$CUSTOMIZER_WORKSPACE_DIR" "${options[@]}"
}

# Gives away only what it makes: a declared directory may be one of the system's own.
make_for_bot() {
  [[ ! -d $1 ]] || return 0
  mkdir -p "$1"
  chown openclaw:openclaw "$1"
}

finish() {
  left_over=()
  tell_status ended
  if ((${#failed_steps[@]} > 0)); then
    log "bootstrap ended with failed steps, to be tried again at the next boot: ${failed_steps[*]}"
    return 1
  fi
  touch "$OPT_DIR/.bootstrapped"
  rm -f "$RESUME_FILE"
  log 'bootstrap complete'
}

main() {
  mkdir -p "$(dirname "$LOG_FILE")"
  touch "$LOG_FILE"
  chmod 640 "$LOG_FILE"
  echo "OpenClaw bootstrap: the log is $LOG_FILE"
  exec >>"$LOG_FILE" 2>&1 </dev/null
  cd "$ROOT/"
  check_inputs
  mkdir -p "$(dirname "$RESUME_FILE")"
  exec 8>"$(dirname "$RESUME_FILE")/lock"
  flock --nonblock 8 || { log 'another run of the bootstrap is at work: nothing done'; return 1; }
  log "bootstrap of bot $BOT_ID started"
  rm -f "$OPT_DIR/.bootstrapped"
  recall_failed_steps
  tell_status running
  step 'resume after a reboot' keep_for_next_boot
  step 'user' create_user
  step 'curl' install_curl
  if [[ -n $CONTROL_PLANE_URL ]]; then
    step 'agent' install_agent
    step 'registration' enrol
    step 'runner' start_runner
  else
    log 'no control plane: neither registration nor runner'
  fi
  step 'base packages' install_base_packages
  step 'health script' install_health_script
  step 'firewall' configure_firewall
  step 'node' install_node
  step 'pnpm' install_pnpm
  step 'extra apt packages' install_extra_apt_packages
  step 'docker' install_docker
  step 'rust' install_rust
  step 'cargo crates' install_cargo_crates
  step 'global npm packages' install_global_npm_packages
  step 'customizer' customize
  finish
}

main
